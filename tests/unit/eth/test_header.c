/* Headers: mainnet's own, of each number of fields, and every rule at its boundary. */
#include "headers.h"

#include "hash/keccak.h"

static tr_bytes encode(const tr_header *header)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_header_encode(&out, header);
    TR_CHECK_OK(tr_buf_err(&out));
    TR_CHECK_EQ(out.len, tr_header_size(header));
    return tr_buf_view(&out);
}

TR_TEST(known)
{
    unsigned seen = 0;
    for (size_t i = 0; i < TR_COUNTOF(known_headers); i++) {
        tr_header header = read_known(i);
        tr_hash hash = tr_header_hash(&header);
        TR_CHECK_EQ(header.number, known_headers[i].number);
        TR_CHECK_BYTES(TR_VIEW(hash.b), tr_test_hex(known_headers[i].hash));
        TR_CHECK_BYTES(encode(&header), tr_test_hex(known_headers[i].rlp));
        tr_fork fork = tr_chain_fork(&tr_chain_config_mainnet, header.number, header.time, false);
        TR_CHECK_EQ(tr_fork_rules_of(fork)->header_fields, header.fields);
        seen |= 1u << header.fields;
    }
    TR_CHECK_EQ(seen, 1u << 15 | 1u << 16 | 1u << 17 | 1u << 20);
}

TR_TEST(cut_short_or_long)
{
    tr_bytes raw = tr_test_hex(known_headers[TR_COUNTOF(known_headers) - 1].rlp);
    tr_header header;
    for (size_t len = 0; len < raw.len; len++)
        TR_CHECK(tr_header_decode(NULL, (tr_bytes){raw.data, len}, &header) != TR_OK);
    uint8_t *longer = TR_ARENA_ARRAY(tr_test_arena(), uint8_t, raw.len + 1);
    memcpy(longer, raw.data, raw.len);
    longer[raw.len] = 0x80;
    tr_trail trail;
    TR_CHECK_ERR(tr_header_decode(&trail, (tr_bytes){longer, raw.len + 1}, &header), TR_E_TRAILING);
    TR_CHECK_EQ(trail.offset, raw.len);
}

/* A header of as many fields as wanted, those beyond the last one empty. */
static tr_err decode_with(unsigned count, tr_header *out)
{
    tr_header header = some_header(TR_PRAGUE);
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    tr_rlp_mark mark = tr_rlp_begin(&buf, 600);
    tr_record_write(&buf, &tr_header_record, TR_MIN(count, TR_HEADER_FIELDS), &header);
    for (unsigned i = TR_HEADER_FIELDS; i < count; i++) tr_rlp_put_u64(&buf, 0);
    tr_rlp_end(&buf, mark);
    return tr_header_decode(NULL, tr_buf_view(&buf), out);
}

TR_TEST(counts_of_fields)
{
    for (unsigned count = 0; count < 25; count++) {
        bool known = count == 15 || count == 16 || count == 17 || count == 20 || count == 21;
        tr_header header;
        TR_CHECK_ERR(decode_with(count, &header), known ? TR_OK : TR_E_HEADER_FIELDS);
        if (known) TR_CHECK_EQ(header.fields, count);
    }
}

TR_TEST(faults_have_an_offset)
{
    tr_bytes raw = tr_test_hex(known_headers[0].rlp);
    uint8_t *bad = TR_ARENA_ARRAY(tr_test_arena(), uint8_t, raw.len);
    tr_trail trail;
    tr_header header;
    memcpy(bad, raw.data, raw.len);
    bad[3] = 0x9f; /* the first field is no hash */
    TR_CHECK(tr_header_decode(&trail, (tr_bytes){bad, raw.len}, &header) != TR_OK);
    TR_CHECK(trail.offset >= 3 && trail.offset < raw.len);
    TR_CHECK_ERR(tr_header_decode(&trail, TR_LIT("\x80"), &header), TR_E_TYPE);
    TR_CHECK_EQ(trail.offset, 0);
}

TR_TEST(hash_with_extra_of_any_length)
{
    static const size_t lengths[] = {0, 1, 2, 32, 55, 56, 57, 255, 256, 97 + 65536};
    for (size_t i = 0; i < TR_COUNTOF(lengths); i++) {
        for (uint8_t byte = 0x7f; byte <= 0x80; byte++) {
            uint8_t *extra = TR_ARENA_ARRAY(tr_test_arena(), uint8_t, lengths[i] + 1);
            memset(extra, byte, lengths[i]);
            tr_header header = some_header(TR_LONDON);
            header.extra = (tr_bytes){extra, lengths[i]};
            tr_hash hash = tr_header_hash(&header), want = tr_keccak256(encode(&header));
            TR_CHECK_BYTES(TR_VIEW(hash.b), TR_VIEW(want.b));
        }
    }
}

TR_PROP(read_is_what_was_written)
{
    static const uint8_t counts[] = {15, 16, 17, 20, 21};
    tr_header header = {.number = tr_gen_u64(g),
                        .gas_limit = tr_gen_u64(g),
                        .gas_used = tr_gen_u64(g),
                        .time = tr_gen_u64(g),
                        .extra = tr_gen_bytes(g, 100),
                        .fields = counts[tr_gen_below(g, sizeof(counts))]};
    for (unsigned i = 0; i < 4; i++) header.difficulty.w[i] = tr_gen_u64(g);
    tr_gen_fill(g, header.parent_hash.b, 32);
    tr_gen_fill(g, header.bloom, sizeof(header.bloom));
    tr_gen_fill(g, header.nonce, sizeof(header.nonce));
    if (header.fields > 15) header.base_fee = tr_u256_of(tr_gen_u64(g));
    if (header.fields > 17) header.excess_blob_gas = tr_gen_u64(g);
    tr_bytes raw = encode(&header);
    tr_header again;
    TR_CHECK_OK(tr_header_decode(NULL, raw, &again));
    TR_CHECK_BYTES(encode(&again), raw);
    TR_CHECK_EQ(again.number, header.number);
    TR_CHECK_EQ(again.excess_blob_gas, header.excess_blob_gas);
    TR_CHECK(tr_u256_eq(again.difficulty, header.difficulty));
    tr_hash hash = tr_header_hash(&header), want = tr_keccak256(raw);
    TR_CHECK_BYTES(TR_VIEW(hash.b), TR_VIEW(want.b));
}

static tr_err check(const tr_chain_config *config, const tr_header *parent, const tr_header *header)
{
    tr_hash hash = tr_header_hash(parent);
    return tr_header_check(NULL, config, parent, &hash, header, false);
}

TR_TEST(children_on_mainnet)
{
    static const uint64_t pairs[][2] = {{0, 1}, {12964999, 12965000}};
    for (size_t i = 0; i < TR_COUNTOF(pairs); i++) {
        tr_header parent = read_known(known_at(pairs[i][0]));
        tr_header child = read_known(known_at(pairs[i][1]));
        TR_CHECK_OK(check(&tr_chain_config_mainnet, &parent, &child));
        child.difficulty.w[0] ^= 1;
        TR_CHECK_ERR(check(&tr_chain_config_mainnet, &parent, &child), TR_E_HEADER_DIFFICULTY);
    }
}

TR_TEST(good_children_of_each_fork)
{
    for (unsigned fork = 0; fork < TR_FORKS; fork++) {
        tr_chain_config config = tr_chain_config_at((tr_fork)fork, 1);
        tr_header parent = some_header((tr_fork)fork), child = good_child((tr_fork)fork, &parent);
        TR_CHECK_ERR(check(&config, &parent, &child), TR_OK);
    }
}

/* Each fork wants its own number of fields. */
TR_TEST(fields_of_the_fork)
{
    for (unsigned fork = 0; fork < TR_FORKS; fork++) {
        tr_chain_config config = tr_chain_config_at((tr_fork)fork, 1);
        for (unsigned other = 0; other < TR_FORKS; other++) {
            tr_header parent = some_header((tr_fork)fork);
            tr_header child = good_child((tr_fork)fork, &parent);
            child.fields = tr_fork_rules_of((tr_fork)other)->header_fields;
            bool same = child.fields == parent.fields;
            TR_CHECK_ERR(check(&config, &parent, &child), same ? TR_OK : TR_E_HEADER_FIELDS);
        }
    }
}

/* Two headers and the code that the second one must meet. */
typedef struct pair {
    tr_fork fork;
    tr_chain_config config;
    tr_header parent, child;
} pair;

static pair pair_of(tr_fork fork)
{
    pair p = {.fork = fork, .config = tr_chain_config_at(fork, 1), .parent = some_header(fork)};
    p.child = good_child(fork, &p.parent);
    return p;
}

#define TRY(p, code) TR_CHECK_ERR(check(&(p).config, &(p).parent, &(p).child), code)

TR_TEST(parent)
{
    pair p = pair_of(TR_OSAKA);
    p.child.parent_hash.b[31] ^= 1;
    TRY(p, TR_E_HEADER_PARENT);
}

TR_TEST(number)
{
    for (unsigned fork = TR_FRONTIER; fork < TR_FORKS; fork += TR_PARIS) {
        pair p = pair_of((tr_fork)fork);
        p.child.number++;
        TRY(p, TR_E_HEADER_NUMBER);
        p.child.number -= 2;
        TRY(p, TR_E_HEADER_NUMBER);
        p.parent.number = UINT64_MAX;
        p.child.number = 0;
        p.child.parent_hash = tr_header_hash(&p.parent);
        TRY(p, TR_E_HEADER_NUMBER);
    }
}

TR_TEST(time)
{
    pair p = pair_of(TR_OSAKA);
    p.child.time = p.parent.time + 1;
    TRY(p, TR_OK);
    p.child.time = p.parent.time;
    TRY(p, TR_E_HEADER_TIME);
    p.child.time = 0;
    TRY(p, TR_E_HEADER_TIME);
}

TR_TEST(extra)
{
    static const uint8_t extra[33] = {0};
    pair p = pair_of(TR_OSAKA);
    p.child.extra = tr_bytes_of(extra, 32);
    TRY(p, TR_OK);
    p.child.extra = tr_bytes_of(extra, 33);
    TRY(p, TR_E_HEADER_EXTRA);
}

TR_TEST(extra_of_the_dao_fork)
{
    for (unsigned support = 0; support < 2; support++) {
        for (uint64_t age = 0; age < 12; age++) {
            pair p = pair_of(TR_HOMESTEAD);
            p.config.dao_block = p.child.number - age + 1;
            p.config.dao_support = support != 0;
            bool in = age >= 1 && age < 11;
            TRY(p, in && support ? TR_E_HEADER_EXTRA : TR_OK);
            p.child.extra = TR_LIT("dao-hard-fork");
            TRY(p, in && !support ? TR_E_HEADER_EXTRA : TR_OK);
        }
    }
}

TR_TEST(gas_limit)
{
    static const struct {
        uint64_t parent, limit;
        bool ok;
    } cases[] = {
        {30000000, 30000000 + 30000000 / 1024 - 1, true},
        {30000000, 30000000 + 30000000 / 1024, false},
        {30000000, 30000000 - 30000000 / 1024 + 1, true},
        {30000000, 30000000 - 30000000 / 1024, false},
        {5000, 5000, true},
        {5001, 5000, true},
        {5003, 4999, false},
        {(uint64_t)INT64_MAX, (uint64_t)INT64_MAX, true},
        {(uint64_t)INT64_MAX, (uint64_t)INT64_MAX + 1, false},
        {0, 5000, false},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++)
        TR_CHECK_EQ(tr_gas_limit_ok(cases[i].parent, cases[i].limit, false), cases[i].ok);
    TR_CHECK(tr_gas_limit_ok(15000000, 30000000, true));
    TR_CHECK(!tr_gas_limit_ok(15000000, 15000000, true));
    TR_CHECK(tr_gas_limit_ok(UINT64_MAX / 2 + 1, INT64_MAX, false));
    TR_CHECK(!tr_gas_limit_ok(UINT64_MAX, INT64_MAX, true));
    pair p = pair_of(TR_FRONTIER);
    p.child.gas_limit += 30000000 / 1024;
    TRY(p, TR_E_HEADER_GAS_LIMIT);
}

TR_TEST(gas_used)
{
    pair p = pair_of(TR_FRONTIER);
    p.child.gas_used = p.child.gas_limit;
    TRY(p, TR_OK);
    p.child.gas_used++;
    TRY(p, TR_E_HEADER_GAS_USED);
}

TR_TEST(base_fee)
{
    pair p = pair_of(TR_LONDON);
    p.child.base_fee.w[0]++;
    TRY(p, TR_E_HEADER_BASE_FEE);
    p.child.base_fee = (tr_u256){{1000000000, 1, 0, 0}};
    TRY(p, TR_E_HEADER_BASE_FEE);
}

TR_TEST(first_of_london)
{
    pair p = pair_of(TR_LONDON);
    p.config.start[TR_LONDON] = p.child.number;
    p.parent.fields = TR_HEADER_FRONTIER;
    p.parent.gas_limit = 15000000;
    p.child.parent_hash = tr_header_hash(&p.parent);
    TRY(p, TR_OK);
    p.child.gas_limit = 15000000;
    TRY(p, TR_E_HEADER_GAS_LIMIT);
    p.child.gas_limit = 30000000;
    p.child.base_fee.w[0]--;
    TRY(p, TR_E_HEADER_BASE_FEE);
}

TR_TEST(after_paris)
{
    pair p = pair_of(TR_PARIS);
    p.child.difficulty = TR_U256_ONE;
    TRY(p, TR_E_HEADER_DIFFICULTY);
    p = pair_of(TR_PARIS);
    p.child.nonce[7] = 1;
    TRY(p, TR_E_HEADER_NONCE);
    p = pair_of(TR_PARIS);
    p.child.uncles_hash.b[0] ^= 1;
    TRY(p, TR_E_HEADER_UNCLES);
    p = pair_of(TR_GRAY_GLACIER);
    p.child.nonce[7] = 1;
    p.child.uncles_hash.b[0] ^= 1;
    TRY(p, TR_OK);
}

/* The total difficulty decides where no number is known. */
TR_TEST(merged_by_total_difficulty)
{
    pair p = pair_of(TR_GRAY_GLACIER);
    p.config.has_ttd = true;
    tr_hash hash = tr_header_hash(&p.parent);
    TR_CHECK_ERR(tr_header_check(NULL, &p.config, &p.parent, &hash, &p.child, true),
                 TR_E_HEADER_DIFFICULTY);
    p.child.difficulty = TR_U256_ZERO;
    TR_CHECK_OK(tr_header_check(NULL, &p.config, &p.parent, &hash, &p.child, true));
    TRY(p, TR_E_HEADER_DIFFICULTY);
}

TR_TEST(blob_gas)
{
    pair p = pair_of(TR_CANCUN);
    p.child.blob_gas_used = 6 * TR_BLOB_GAS;
    TRY(p, TR_OK);
    p.child.blob_gas_used++;
    TRY(p, TR_E_HEADER_BLOB_GAS);
    p.child.blob_gas_used = 7 * TR_BLOB_GAS;
    TRY(p, TR_E_HEADER_BLOB_GAS);
    p.child.blob_gas_used = TR_BLOB_GAS - 1;
    TRY(p, TR_E_HEADER_BLOB_GAS);
    p.child.blob_gas_used = 0;
    p.child.excess_blob_gas = 1;
    TRY(p, TR_E_HEADER_EXCESS_BLOB_GAS);
}

/* A chain without blob parameters (one of OP's) has none in its blocks. */
TR_TEST(blob_gas_without_parameters)
{
    pair p = pair_of(TR_CANCUN);
    p.config.blob_count = 0;
    TRY(p, TR_OK);
    p.child.blob_gas_used = TR_BLOB_GAS;
    TRY(p, TR_E_HEADER_BLOB_GAS);
}

/* The trail has a sentence with the numbers. */
TR_TEST(trail)
{
    tr_trail trail;
    pair p = pair_of(TR_OSAKA);
    p.child.gas_used = p.child.gas_limit + 1;
    tr_hash hash = tr_header_hash(&p.parent);
    TR_CHECK_ERR(tr_header_check(&trail, &p.config, &p.parent, &hash, &p.child, false),
                 TR_E_HEADER_GAS_USED);
    TR_CHECK_STR(trail.text, "30000001 gas used, above the limit of 30000000.");
}
