/* Blocks, their roots, requests, deposits, and what is checked of a body. */
#include "eth/block.h"
#include "hash/keccak.h"
#include "headers.h"

static tr_bytes encode(const tr_block *block)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_block_encode(&out, block);
    TR_CHECK_OK(tr_buf_err(&out));
    TR_CHECK_EQ(out.len, tr_block_size(block));
    return tr_buf_view(&out);
}

static tr_err decode(tr_bytes raw, tr_block *out)
{
    return tr_block_decode(NULL, tr_test_arena(), raw, out);
}

static tr_err check(tr_fork fork, const tr_block *block)
{
    return tr_block_check(NULL, tr_test_arena(), NULL, tr_fork_rules_of(fork), block);
}

static tr_list known_list_of_withdrawals(void)
{
    static const tr_field field = {.kind = TR_FIELD_LIST, .of = &tr_withdrawal_record};
    static const tr_record record = {"withdrawals", &field, 1, sizeof(tr_list)};
    tr_rlp r = tr_rlp_open(tr_test_hex(known_withdrawals));
    tr_list list;
    tr_record_read(&r, &record, 1, tr_test_arena(), &list);
    TR_CHECK_OK(tr_rlp_finish(&r, NULL, "withdrawals"));
    return list;
}

TR_TEST(known)
{
    tr_bytes raw = tr_test_hex(known_block);
    tr_block block;
    TR_CHECK_OK(decode(raw, &block));
    TR_CHECK_EQ(block.header.number, 46147);
    TR_CHECK_EQ(block.txs.count, 1);
    TR_CHECK_EQ(block.uncles.count, 0);
    TR_CHECK(!block.has_withdrawals);
    TR_CHECK_EQ(block.encoded_size, raw.len);
    tr_hash hash = tr_header_hash(&block.header), of_view = tr_keccak256(block.header_encoding);
    TR_CHECK_BYTES(TR_VIEW(hash.b),
                   tr_test_hex("4e3a3754410177e6937ef1f84bba68ea139e8d1a2258c5f85db9f1cd715a1bdd"));
    TR_CHECK_BYTES(TR_VIEW(hash.b), TR_VIEW(of_view.b));
    TR_CHECK_BYTES(encode(&block), raw);
    TR_CHECK_OK(check(TR_FRONTIER, &block));
    /* Its one receipt: a root, 21,000 gas, no logs. */
    tr_receipt receipt = {.has_root = true, .cumulative_gas = 21000};
    memcpy(receipt.root.b,
           tr_test_hex("96a8e009d2b88b1483e6941e6812e32263b05683fac202abc622a3e31aed1957").data,
           32);
    tr_hash root;
    TR_CHECK_OK(tr_receipts_root(NULL, tr_test_arena(), NULL, 1, &receipt, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(block.header.receipts_root.b));
}

TR_TEST(cut_short_or_long)
{
    tr_bytes raw = tr_test_hex(known_block);
    tr_block block;
    for (size_t len = 0; len < raw.len; len++)
        TR_CHECK(decode((tr_bytes){raw.data, len}, &block) != TR_OK);
    uint8_t *longer = TR_ARENA_ARRAY(tr_test_arena(), uint8_t, raw.len + 1);
    memcpy(longer, raw.data, raw.len);
    longer[raw.len] = 0xc0;
    TR_CHECK_ERR(decode((tr_bytes){longer, raw.len + 1}, &block), TR_E_TRAILING);
}

TR_TEST(known_root_of_withdrawals)
{
    tr_header header = read_known(known_at(19426587));
    tr_list list = known_list_of_withdrawals();
    tr_hash root;
    TR_CHECK_EQ(list.count, 16);
    TR_CHECK_OK(tr_withdrawals_root(NULL, tr_test_arena(), NULL, list.count, list.at, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(header.withdrawals_root.b));
    TR_CHECK_OK(tr_withdrawals_root(NULL, tr_test_arena(), NULL, 0, NULL, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(tr_trie_empty_root.b));
    TR_CHECK_OK(tr_transactions_root(NULL, tr_test_arena(), NULL, 0, NULL, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(tr_trie_empty_root.b));
    TR_CHECK_OK(tr_receipts_root(NULL, tr_test_arena(), NULL, 0, NULL, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(tr_trie_empty_root.b));
}

/* A block of a fork with everything that it may have, its roots in its header. */
static tr_block full_block(tr_fork fork)
{
    static tr_tx txs[3];
    static tr_header uncles[2];
    static const tr_hash blobs[2] = {{{1, 1}}, {{1, 2}}};
    const tr_fork_rules *rules = tr_fork_rules_of(fork);
    tr_block block = {.header = some_header(fork), .txs = {txs, 2}, .uncles = {uncles, 2}};
    txs[0] = (tr_tx){.nonce = 5, .gas = 21000, .v = 27, .r = {1}, .s = {2}};
    txs[1] = (tr_tx){.type = 1, .chain_id = 1, .gas = 50000, .data = TR_LIT("data")};
    if (rules->blobs) {
        txs[2] = (tr_tx){.type = 3, .chain_id = 1, .to = {.some = true}, .blob_hashes = {blobs, 2}};
        block.txs.count = 3;
        block.header.blob_gas_used = 2 * TR_BLOB_GAS;
    }
    for (size_t i = 0; i < block.txs.count; i++)
        TR_CHECK_OK(tr_tx_seal(NULL, tr_test_arena(), &txs[i]));
    uncles[0] = uncles[1] = some_header(fork);
    uncles[1].number++;
    if (rules->difficulty == TR_DIFFICULTY_NONE) block.uncles.count = 0;
    tr_header *header = &block.header;
    TR_CHECK_OK(tr_transactions_root(NULL, tr_test_arena(), NULL, block.txs.count, txs,
                                     &header->transactions_root));
    TR_CHECK_OK(
        tr_uncles_hash(NULL, tr_test_arena(), block.uncles.count, uncles, &header->uncles_hash));
    block.has_withdrawals = rules->withdrawals;
    if (rules->withdrawals) {
        block.withdrawals = known_list_of_withdrawals();
        TR_CHECK_OK(tr_withdrawals_root(NULL, tr_test_arena(), NULL, 16, block.withdrawals.at,
                                        &header->withdrawals_root));
    }
    return block;
}

TR_TEST(blocks_of_each_fork)
{
    for (unsigned fork = 0; fork < TR_FORKS; fork++) {
        tr_block block = full_block((tr_fork)fork), again;
        tr_bytes raw = encode(&block);
        TR_CHECK_OK(decode(raw, &again));
        TR_CHECK_BYTES(encode(&again), raw);
        TR_CHECK_EQ(again.txs.count, block.txs.count);
        TR_CHECK_EQ(again.uncles.count, block.uncles.count);
        TR_CHECK_EQ(again.withdrawals.count, block.withdrawals.count);
        TR_CHECK_OK(check((tr_fork)fork, &block));
        TR_CHECK_OK(check((tr_fork)fork, &again));
    }
}

TR_TEST(bodies_that_are_not_the_headers)
{
    tr_block block = full_block(TR_LONDON);
    block.txs.count--;
    TR_CHECK_ERR(check(TR_LONDON, &block), TR_E_BLOCK_TRANSACTIONS);
    block = full_block(TR_LONDON);
    block.uncles.count--;
    TR_CHECK_ERR(check(TR_LONDON, &block), TR_E_BLOCK_UNCLES);
    block = full_block(TR_LONDON);
    block.has_withdrawals = true;
    TR_CHECK_ERR(check(TR_LONDON, &block), TR_E_BLOCK_WITHDRAWALS);
    block = full_block(TR_SHANGHAI);
    block.has_withdrawals = false;
    TR_CHECK_ERR(check(TR_SHANGHAI, &block), TR_E_BLOCK_WITHDRAWALS);
    block = full_block(TR_SHANGHAI);
    block.withdrawals.count--;
    TR_CHECK_ERR(check(TR_SHANGHAI, &block), TR_E_BLOCK_WITHDRAWALS);
    block = full_block(TR_CANCUN);
    block.header.blob_gas_used += TR_BLOB_GAS;
    TR_CHECK_ERR(check(TR_CANCUN, &block), TR_E_BLOCK_BLOB_GAS);
}

TR_TEST(size)
{
    tr_block block = full_block(TR_OSAKA);
    block.encoded_size = 8388608;
    TR_CHECK_OK(check(TR_OSAKA, &block));
    block.encoded_size++;
    TR_CHECK_ERR(check(TR_OSAKA, &block), TR_E_BLOCK_SIZE);
    TR_CHECK_OK(check(TR_PRAGUE, &block));
    /* One that was built is measured. */
    static uint8_t data[8388608];
    tr_tx tx = {.data = TR_VIEW(data)};
    block.encoded_size = 0;
    block.txs = (tr_list){&tx, 1};
    TR_CHECK_ERR(check(TR_OSAKA, &block), TR_E_BLOCK_SIZE);
}

/* Whatever is still accepted with a byte changed is written back as it was. */
TR_TEST(changed_bytes)
{
    tr_block block = full_block(TR_LONDON), again;
    tr_bytes raw = encode(&block);
    uint8_t *bad = TR_ARENA_ARRAY(tr_test_arena(), uint8_t, raw.len);
    for (size_t at = 3; at < raw.len; at++) {
        memcpy(bad, raw.data, raw.len);
        bad[at] ^= 0x55;
        if (decode((tr_bytes){bad, raw.len}, &again) != TR_OK) continue;
        TR_CHECK_BYTES(encode(&again), tr_bytes_of(bad, raw.len));
    }
}

/* Of many items that are nothing good none gets memory. */
TR_TEST(memory_is_bounded_by_the_input)
{
    enum { LEN = 300000 };
    uint8_t *many = TR_ARENA_ARRAY(tr_test_arena(), uint8_t, LEN);
    for (unsigned which = 0; which < 3; which++) {
        memset(many, which == 0 ? 0x04 : 0xc0, LEN);
        tr_header header = some_header(TR_LONDON);
        tr_buf out;
        tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
        tr_rlp_mark mark = tr_rlp_begin(&out, LEN);
        tr_header_encode(&out, &header);
        for (unsigned i = 0; i < which; i++) tr_rlp_put_list(&out, 0);
        tr_rlp_put_list(&out, LEN);
        tr_buf_put(&out, (tr_bytes){many, LEN});
        tr_rlp_end(&out, mark);
        tr_arena arena;
        tr_block block;
        tr_arena_init(&arena, tr_test_alloc(), (size_t)TR_RECORD_FACTOR * out.len);
        tr_err err = tr_block_decode(NULL, &arena, tr_buf_view(&out), &block);
        TR_CHECK(err != TR_OK && err != TR_E_MEMORY);
        tr_arena_free(&arena);
    }
}

static tr_err decode_and_check(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_block block;
    tr_hash hash;
    tr_receipt receipts[3] = {{.type = 1}, {.type = 2}, {.type = 3}};
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_block_decode(NULL, &arena, *(tr_bytes *)context, &block);
    if (err == TR_OK) err = check(TR_LONDON, &block);
    if (err == TR_OK) err = tr_block_check(NULL, &arena, NULL, tr_fork_rules_of(TR_LONDON), &block);
    if (err == TR_OK) err = tr_receipts_root(NULL, &arena, NULL, 3, receipts, &hash);
    if (err == TR_OK) {
        tr_list list = known_list_of_withdrawals();
        err = tr_withdrawals_root(NULL, &arena, NULL, list.count, list.at, &hash);
    }
    tr_arena_free(&arena);
    return err;
}

TR_TEST(out_of_memory)
{
    tr_block block = full_block(TR_LONDON);
    tr_bytes raw = encode(&block);
    tr_test_out_of_memory(decode_and_check, &raw);
}

/* What a root took is given back. */
TR_TEST(scratch_goes_back)
{
    tr_block block = full_block(TR_CANCUN);
    tr_arena arena;
    tr_arena_init(&arena, tr_test_alloc(), SIZE_MAX);
    TR_CHECK_OK(tr_block_check(NULL, &arena, NULL, tr_fork_rules_of(TR_CANCUN), &block));
    TR_CHECK_EQ(arena.used, 0);
    tr_arena_free(&arena);
}

static tr_err requests_hash(size_t n, const tr_request requests[], const char *want)
{
    tr_hash hash;
    TR_TRY(tr_requests_hash(NULL, n, requests, &hash));
    TR_CHECK_BYTES(TR_VIEW(hash.b), tr_test_hex(want));
    return TR_OK;
}

/* The hashes are hashlib's, of the definition in EIP-7685. */
TR_TEST(requests)
{
    static const char nothing[] =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    uint8_t withdrawal[76];
    memset(withdrawal, 0x11, sizeof(withdrawal));
    const tr_request one = {TR_REQUEST_WITHDRAWAL, TR_VIEW(withdrawal)};
    const tr_request three[] = {
        {TR_REQUEST_DEPOSIT, TR_LIT("\xaa")},
        {TR_REQUEST_WITHDRAWAL, TR_LIT("")},
        {TR_REQUEST_CONSOLIDATION, TR_LIT("\xbb\xcc")},
    };
    TR_CHECK_OK(requests_hash(0, NULL, nothing));
    TR_CHECK_OK(requests_hash(1, &three[1], nothing));
    TR_CHECK_OK(requests_hash(3, three,
                              "3a6828ccf5d0289a015948aece59df1ff29bf8f949846d6f5f6f94ff1120a014"));
    TR_CHECK_OK(
        requests_hash(1, &one, "677f1bcd910f7df1b7fc13a255ee937e71858a382d5a5f4174b56b2610c3a305"));
    const tr_request twice[] = {three[0], three[0]}, falling[] = {three[2], three[0]};
    TR_CHECK_ERR(requests_hash(2, twice, nothing), TR_E_BLOCK_REQUESTS);
    TR_CHECK_ERR(requests_hash(2, falling, nothing), TR_E_BLOCK_REQUESTS);
}

TR_TEST(deposits)
{
    tr_receipt receipt;
    TR_CHECK_OK(tr_receipt_decode(NULL, tr_test_arena(), tr_test_hex(known_receipt), &receipt));
    tr_receipt_log log = *TR_LIST_AT(tr_receipt_log, receipt.logs, 0);
    uint8_t request[192], data[576];
    bool is_deposit;
    TR_CHECK_OK(tr_deposit_of_log(NULL, &log, request, &is_deposit));
    TR_CHECK(is_deposit);
    TR_CHECK_BYTES(TR_VIEW(request), tr_test_hex(known_deposit));
    /* Each byte of the five offsets and the five lengths counts; what is between does not. */
    memcpy(data, log.data.data, sizeof(data));
    log.data = TR_VIEW(data);
    unsigned refused = 0;
    for (size_t i = 0; i < sizeof(data); i++) {
        data[i] ^= 0x80;
        tr_err err = tr_deposit_of_log(NULL, &log, request, &is_deposit);
        TR_CHECK(err == TR_OK || err == TR_E_BLOCK_DEPOSIT);
        refused += err != TR_OK;
        data[i] ^= 0x80;
    }
    TR_CHECK_EQ(refused, 10 * 32);
    log.data.len--;
    TR_CHECK_ERR(tr_deposit_of_log(NULL, &log, request, &is_deposit), TR_E_BLOCK_DEPOSIT);
    /* Other events are none of ours, whatever they hold. */
    tr_hash other = *TR_LIST_AT(tr_hash, log.topics, 0);
    other.b[0] ^= 1;
    log.topics.at = &other;
    TR_CHECK_OK(tr_deposit_of_log(NULL, &log, request, &is_deposit));
    TR_CHECK(!is_deposit);
    log.topics.count = 0;
    TR_CHECK_OK(tr_deposit_of_log(NULL, &log, request, &is_deposit));
    TR_CHECK(!is_deposit);
}

/* A chain of headers, newest first as tr_uncles_check wants them, and a block on top. */
enum { CHAIN = 9 };
typedef struct family {
    tr_chain_config config;
    tr_header ancestors[CHAIN];
    tr_header uncles[3];
    tr_block block;
    tr_ancestry ancestry;
} family;

static void family_of(family *f, tr_fork fork)
{
    *f = (family){.config = tr_chain_config_at(fork, 1)};
    f->ancestors[CHAIN - 1] = some_header(fork);
    for (size_t i = CHAIN - 1; i > 0; i--) f->ancestors[i - 1] = good_child(fork, &f->ancestors[i]);
    f->block.header = good_child(fork, &f->ancestors[0]);
    f->block.uncles = (tr_list){f->uncles, 1};
    f->ancestry = (tr_ancestry){.count = TR_UNCLE_ANCESTORS, .ancestors = f->ancestors};
}

/* A child of an ancestor that is none of the chain's. */
static tr_header uncle_of(const family *f, tr_fork fork, size_t ancestor)
{
    tr_header uncle = good_child(fork, &f->ancestors[ancestor]);
    uncle.coinbase.b[0] = 0x77;
    return uncle;
}

static tr_err uncles(const family *f)
{
    return tr_uncles_check(NULL, &f->config, &f->block, &f->ancestry);
}

TR_TEST(ages_of_uncles)
{
    static const tr_fork forks[] = {TR_FRONTIER, TR_HOMESTEAD, TR_BYZANTIUM, TR_LONDON};
    for (size_t k = 0; k < TR_COUNTOF(forks); k++) {
        family f;
        family_of(&f, forks[k]);
        for (size_t i = 0; i < CHAIN; i++) {
            f.uncles[0] = uncle_of(&f, forks[k], i);
            TR_CHECK_ERR(uncles(&f), i >= 1 && i <= 6 ? TR_OK : TR_E_BLOCK_UNCLES);
        }
        f.ancestry.count = 3; /* the chain is young */
        f.uncles[0] = uncle_of(&f, forks[k], 2);
        TR_CHECK_OK(uncles(&f));
        f.ancestry.count = 2;
        TR_CHECK_ERR(uncles(&f), TR_E_BLOCK_UNCLES);
    }
}

TR_TEST(uncles_that_may_not_be)
{
    family f;
    family_of(&f, TR_BYZANTIUM);
    f.uncles[0] = uncle_of(&f, TR_BYZANTIUM, 3);
    f.uncles[1] = uncle_of(&f, TR_BYZANTIUM, 4);
    f.uncles[2] = uncle_of(&f, TR_BYZANTIUM, 5);
    f.block.uncles.count = 0;
    TR_CHECK_OK(uncles(&f));
    f.block.uncles.count = 2;
    TR_CHECK_OK(uncles(&f));
    f.block.uncles.count = 3;
    TR_CHECK_ERR(uncles(&f), TR_E_BLOCK_UNCLES);
    f.block.uncles.count = 2;
    f.uncles[1] = f.uncles[0]; /* twice */
    TR_CHECK_ERR(uncles(&f), TR_E_BLOCK_UNCLES);
    f.uncles[1] = f.ancestors[2]; /* an ancestor */
    TR_CHECK_ERR(uncles(&f), TR_E_BLOCK_UNCLES);
    f.uncles[1] = uncle_of(&f, TR_BYZANTIUM, 4);
    tr_hash included = tr_header_hash(&f.uncles[1]);
    f.ancestry.included = &included;
    f.ancestry.included_count = 1;
    TR_CHECK_ERR(uncles(&f), TR_E_BLOCK_UNCLES);
    included.b[0] ^= 1;
    TR_CHECK_OK(uncles(&f));
    f.uncles[0].difficulty.w[0]++;
    tr_trail trail;
    TR_CHECK_ERR(tr_uncles_check(&trail, &f.config, &f.block, &f.ancestry), TR_E_BLOCK_UNCLES);
    TR_CHECK_EQ(trail.code, TR_E_HEADER_DIFFICULTY);
}

TR_TEST(hash_of_uncles)
{
    tr_hash hash;
    TR_CHECK_OK(tr_uncles_hash(NULL, tr_test_arena(), 0, NULL, &hash));
    TR_CHECK_BYTES(TR_VIEW(hash.b), TR_VIEW(tr_no_uncles_hash.b));
    tr_block block = full_block(TR_HOMESTEAD);
    tr_rlp r = tr_rlp_open(encode(&block)), list = tr_rlp_list(&r);
    tr_rlp_skip(&list);
    tr_rlp_skip(&list);
    hash = tr_keccak256(tr_rlp_raw(&list));
    TR_CHECK_BYTES(TR_VIEW(hash.b), TR_VIEW(block.header.uncles_hash.b));
}
