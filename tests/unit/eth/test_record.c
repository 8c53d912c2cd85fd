/* Records: one table reads and writes a structure that has a field of each kind.  The oracle is the
 * same structure read and written field by field with the doors of codec/rlp.h. */
#include "eth/record.h"

#include "eth/account.h"
#include "harness.h"

typedef struct inner {
    tr_list keys;
    tr_addr address;
    uint8_t small;
} inner;

typedef struct outer {
    uint64_t number;
    uint8_t small;
    bool flag;
    tr_u256 wide;
    uint8_t word[32];
    tr_addr address;
    tr_to to;
    tr_hash hash;
    tr_bytes bytes;
    uint8_t nonce[8];
    uint8_t bloom[256];
    tr_list hashes;
    tr_list inners;
    uint64_t last;
} outer;

#define FIELD(type, member_, kind_, ...)                                                           \
    {                                                                                              \
        .json = #member_, .offset = offsetof(type, member_), .kind = (kind_), __VA_ARGS__          \
    }

static const tr_field inner_fields[] = {
    FIELD(inner, address, TR_FIELD_ADDR),
    FIELD(inner, keys, TR_FIELD_HASHES),
    FIELD(inner, small, TR_FIELD_U8),
};
static const tr_record inner_record = {"inner", inner_fields, 3, sizeof(inner)};

static const tr_field outer_fields[] = {
    FIELD(outer, number, TR_FIELD_U64),
    FIELD(outer, small, TR_FIELD_U8),
    FIELD(outer, flag, TR_FIELD_BOOL),
    FIELD(outer, wide, TR_FIELD_U256),
    FIELD(outer, word, TR_FIELD_WORD),
    FIELD(outer, address, TR_FIELD_ADDR),
    FIELD(outer, to, TR_FIELD_TO),
    FIELD(outer, hash, TR_FIELD_HASH),
    FIELD(outer, bytes, TR_FIELD_BYTES),
    FIELD(outer, nonce, TR_FIELD_FIXED8),
    FIELD(outer, bloom, TR_FIELD_BLOOM),
    FIELD(outer, hashes, TR_FIELD_HASHES),
    FIELD(outer, inners, TR_FIELD_LIST, .of = &inner_record),
    FIELD(outer, last, TR_FIELD_U64),
};
enum { OUTER_FIELDS = TR_COUNTOF(outer_fields) };
static const tr_record outer_record = {"outer", outer_fields, OUTER_FIELDS, sizeof(outer)};

/* A structure of chance: each size of integer, lists of none to three. */
static tr_list some_hashes(tr_gen *g)
{
    size_t count = tr_gen_below(g, 4);
    tr_hash *hashes = TR_ARENA_ARRAY(tr_gen_arena(g), tr_hash, count);
    tr_gen_fill(g, hashes, count * sizeof(*hashes));
    return (tr_list){hashes, count};
}

static outer some_outer(tr_gen *g)
{
    outer o = {.number = tr_gen_u64(g),
               .small = (uint8_t)tr_gen_u64(g),
               .flag = tr_gen_bool(g),
               .last = tr_gen_u64(g)};
    size_t limbs = tr_gen_below(g, 5);
    for (size_t i = 0; i < limbs; i++) o.wide.w[i] = tr_gen_u64(g);
    size_t len = tr_gen_below(g, 33);
    tr_gen_fill(g, o.word + 32 - len, len);
    tr_gen_fill(g, o.address.b, 20);
    o.to.some = tr_gen_bool(g);
    if (o.to.some) tr_gen_fill(g, o.to.addr.b, 20);
    tr_gen_fill(g, o.hash.b, 32);
    o.bytes = tr_gen_bytes(g, tr_gen_bool(g) ? 3 : 300);
    tr_gen_fill(g, o.nonce, 8);
    tr_gen_fill(g, o.bloom, 256);
    o.hashes = some_hashes(g);
    size_t count = tr_gen_below(g, 4);
    inner *inners = TR_ARENA_ARRAY(tr_gen_arena(g), inner, count);
    for (size_t i = 0; i < count; i++) {
        inners[i] = (inner){.small = (uint8_t)tr_gen_u64(g)};
        tr_gen_fill(g, inners[i].address.b, 20);
        inners[i].keys = some_hashes(g);
    }
    o.inners = (tr_list){inners, count};
    return o;
}

static void oracle_hashes(tr_buf *out, tr_list list)
{
    tr_rlp_mark mark = tr_rlp_begin(out, 0);
    for (size_t i = 0; i < list.count; i++)
        tr_rlp_put_bytes(out, TR_VIEW(TR_LIST_AT(tr_hash, list, i)->b));
    tr_rlp_end(out, mark);
}

static void oracle_write(tr_buf *out, const outer *o)
{
    tr_rlp_put_u64(out, o->number);
    tr_rlp_put_u64(out, o->small);
    tr_rlp_put_u64(out, o->flag);
    uint8_t be[32];
    for (size_t i = 0; i < 4; i++) tr_store64be(be + 24 - 8 * i, o->wide.w[i]);
    tr_rlp_put_int(out, TR_VIEW(be));
    tr_rlp_put_int(out, TR_VIEW(o->word));
    tr_rlp_put_bytes(out, TR_VIEW(o->address.b));
    tr_rlp_put_bytes(out, tr_bytes_of(o->to.addr.b, o->to.some ? 20 : 0));
    tr_rlp_put_bytes(out, TR_VIEW(o->hash.b));
    tr_rlp_put_bytes(out, o->bytes);
    tr_rlp_put_bytes(out, TR_VIEW(o->nonce));
    tr_rlp_put_bytes(out, TR_VIEW(o->bloom));
    oracle_hashes(out, o->hashes);
    tr_rlp_mark list = tr_rlp_begin(out, 0);
    for (size_t i = 0; i < o->inners.count; i++) {
        const inner *one = TR_LIST_AT(inner, o->inners, i);
        tr_rlp_mark item = tr_rlp_begin(out, 0);
        tr_rlp_put_bytes(out, TR_VIEW(one->address.b));
        oracle_hashes(out, one->keys);
        tr_rlp_put_u64(out, one->small);
        tr_rlp_end(out, item);
    }
    tr_rlp_end(out, list);
    tr_rlp_put_u64(out, o->last);
}

static void oracle_read_u8(tr_rlp *r)
{
    tr_rlp before = *r;
    if (tr_rlp_u64(r) <= 255) return;
    *r = before;
    tr_rlp_fail(r, TR_E_RANGE);
}

static void oracle_read_hashes(tr_rlp *r)
{
    tr_rlp in = tr_rlp_list(r);
    while (tr_rlp_more(&in)) (void)tr_rlp_hash(&in);
    tr_rlp_leave(r, &in);
}

/* Only the errors count: what is good is compared as bytes. */
static void oracle_read(tr_rlp *r)
{
    uint8_t word[256];
    tr_addr addr;
    (void)tr_rlp_u64(r);
    oracle_read_u8(r);
    (void)tr_rlp_bool(r);
    tr_rlp_u256be(r, word);
    tr_rlp_u256be(r, word);
    (void)tr_rlp_addr(r);
    (void)tr_rlp_addr_or_none(r, &addr);
    (void)tr_rlp_hash(r);
    (void)tr_rlp_bytes(r);
    tr_rlp_fixed(r, word, 8);
    tr_rlp_fixed(r, word, 256);
    oracle_read_hashes(r);
    tr_rlp list = tr_rlp_list(r);
    while (tr_rlp_more(&list)) {
        tr_rlp item = tr_rlp_list(&list);
        (void)tr_rlp_addr(&item);
        oracle_read_hashes(&item);
        oracle_read_u8(&item);
        tr_rlp_leave(&list, &item);
    }
    tr_rlp_leave(r, &list);
    (void)tr_rlp_u64(r);
}

static tr_buf written(tr_arena *arena, const outer *o)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    tr_record_write(&out, &outer_record, OUTER_FIELDS, o);
    TR_CHECK_OK(tr_buf_err(&out));
    return out;
}

TR_PROP(written_as_field_by_field_and_read_back)
{
    tr_arena *arena = tr_gen_arena(g);
    outer o = some_outer(g), back;
    tr_buf ours = written(arena, &o), oracle;
    tr_buf_init(&oracle, &arena->alloc, SIZE_MAX);
    oracle_write(&oracle, &o);
    TR_CHECK_BYTES(tr_buf_view(&ours), tr_buf_view(&oracle));
    TR_CHECK_EQ(tr_record_size(&outer_record, OUTER_FIELDS, &o), ours.len);
    memset(&back, 0x5a, sizeof(back));
    tr_rlp r = tr_rlp_open(tr_buf_view(&ours));
    tr_record_read(&r, &outer_record, OUTER_FIELDS, arena, &back);
    TR_CHECK_OK(tr_rlp_finish(&r, NULL, "outer"));
    tr_buf again = written(arena, &back);
    TR_CHECK_BYTES(tr_buf_view(&again), tr_buf_view(&ours));
    TR_CHECK(tr_u256_eq(back.wide, o.wide));
    TR_CHECK_EQ(back.to.some, o.to.some);
    TR_CHECK_EQ(back.inners.count, o.inners.count);
}

TR_PROP(a_part_of_the_fields)
{
    tr_arena *arena = tr_gen_arena(g);
    outer o = some_outer(g), back = {0};
    tr_buf all = written(arena, &o), part;
    size_t count = tr_gen_below(g, OUTER_FIELDS + 1);
    tr_buf_init(&part, &arena->alloc, SIZE_MAX);
    tr_record_write(&part, &outer_record, count, &o);
    TR_CHECK_BYTES(tr_buf_view(&part), tr_bytes_cut(tr_buf_view(&all), 0, part.len));
    tr_rlp r = tr_rlp_open(tr_buf_view(&all));
    tr_record_read(&r, &outer_record, count, arena, &back);
    TR_CHECK_OK(r.err);
    TR_CHECK_EQ(r.at - r.start, part.len);
}

/* A flipped, cut or lengthened document fails as the oracle does, code and offset, or is another
 * document with one encoding. */
TR_PROP(damage_is_seen_where_it_is)
{
    tr_arena *arena = tr_gen_arena(g);
    outer o = some_outer(g), back = {0};
    tr_buf doc = written(arena, &o);
    /* Of each size its own piece of memory, so that a read beyond the end is seen. */
    size_t len = tr_gen_bool(g) ? tr_gen_below(g, doc.len) : doc.len;
    uint8_t *piece = tr_alloc_get(tr_test_alloc(), len + 1);
    memcpy(piece, doc.data, len);
    if (len != 0 && tr_gen_bool(g)) piece[tr_gen_below(g, len)] = (uint8_t)tr_gen_u64(g);
    tr_bytes in = {piece, len};
    tr_rlp ours = tr_rlp_open(in), oracle = tr_rlp_open(in);
    tr_record_read(&ours, &outer_record, OUTER_FIELDS, arena, &back);
    oracle_read(&oracle);
    tr_err err = tr_rlp_finish(&ours, NULL, "outer");
    TR_CHECK_EQ(err, tr_rlp_finish(&oracle, NULL, "outer"));
    TR_CHECK_EQ(ours.err_offset, oracle.err_offset);
    if (err == TR_OK) {
        tr_buf again = written(arena, &back);
        TR_CHECK_BYTES(tr_buf_view(&again), in);
    }
    tr_alloc_put(tr_test_alloc(), piece, len + 1);
}

/* Reads only one field, of the kind, from text in hex. */
static tr_err read_one(size_t field, const char *hex, size_t *offset)
{
    outer back;
    tr_record one = {"one", &outer_fields[field], 1, sizeof(outer)};
    tr_rlp r = tr_rlp_open(tr_test_hex(hex));
    tr_record_read(&r, &one, 1, tr_test_arena(), &back);
    tr_err err = tr_rlp_finish(&r, NULL, "one");
    *offset = r.err_offset;
    return err;
}

TR_TEST(each_kind_is_strict)
{
    enum {
        NUMBER,
        SMALL,
        FLAG,
        WIDE,
        WORD,
        ADDRESS,
        TO,
        HASH,
        BYTES,
        NONCE,
        BLOOM,
        HASHES,
        INNERS
    };
    static const struct {
        size_t field;
        const char *hex;
        tr_err err;
        size_t offset;
    } cases[] = {
        {NUMBER, "00", TR_E_CANONICAL, 0},
        {NUMBER, "8101", TR_E_CANONICAL, 0},
        {NUMBER, "820001", TR_E_CANONICAL, 0},
        {NUMBER, "89010000000000000000", TR_E_RANGE, 0},
        {NUMBER, "c0", TR_E_TYPE, 0},
        {NUMBER, "", TR_E_SHORT, 0},
        {NUMBER, "82ff", TR_E_SHORT, 0},
        {NUMBER, "88ffffffffffffffff", TR_OK, 0},
        {NUMBER, "8080", TR_E_TRAILING, 1},
        {SMALL, "81ff", TR_OK, 0},
        {SMALL, "820100", TR_E_RANGE, 0},
        {FLAG, "01", TR_OK, 0},
        {FLAG, "02", TR_E_RANGE, 0},
        {FLAG, "00", TR_E_CANONICAL, 0},
        {WIDE, "a1000000000000000000000000000000000000000000000000000000000000000001",
         TR_E_CANONICAL, 0},
        {WIDE, "a1010000000000000000000000000000000000000000000000000000000000000000", TR_E_RANGE,
         0},
        {WIDE, "a00100000000000000000000000000000000000000000000000000000000000000", TR_OK, 0},
        {WIDE, "a00000000000000000000000000000000000000000000000000000000000000001", TR_E_CANONICAL,
         0},
        {WORD, "820080", TR_E_CANONICAL, 0},
        {ADDRESS, "80", TR_E_RANGE, 0},
        {ADDRESS, "93ffffffffffffffffffffffffffffffffffffff", TR_E_RANGE, 0},
        {TO, "80", TR_OK, 0},
        {TO, "00", TR_E_RANGE, 0},
        {TO, "95ffffffffffffffffffffffffffffffffffffffffff", TR_E_RANGE, 0},
        {TO, "c0", TR_E_TYPE, 0},
        {HASH, "80", TR_E_RANGE, 0},
        {BYTES, "8101", TR_E_CANONICAL, 0},
        {BYTES, "b801ff", TR_E_CANONICAL, 0},
        {BYTES, "b90038", TR_E_CANONICAL, 0},
        {BYTES, "c0", TR_E_TYPE, 0},
        {NONCE, "80", TR_E_RANGE, 0},
        {BLOOM, "80", TR_E_RANGE, 0},
        {HASHES, "80", TR_E_TYPE, 0},
        {HASHES, "c180", TR_E_RANGE, 1},
        {HASHES, "c1c0", TR_E_TYPE, 1},
        {INNERS, "80", TR_E_TYPE, 0},
        {INNERS, "c180", TR_E_TYPE, 1},
        {INNERS, "c3c0c0c0", TR_E_SHORT, 2},
        {INNERS, "d8d7940101010101010101010101010101010101010101c001", TR_OK, 0},
        {INNERS, "d7d6940101010101010101010101010101010101010101c0", TR_E_SHORT, 24},
        {INNERS, "d9d8940101010101010101010101010101010101010101c00101", TR_E_TRAILING, 25},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        size_t offset;
        tr_err err = read_one(cases[i].field, cases[i].hex, &offset);
        TR_CHECK_MSG(err == cases[i].err && (err == TR_OK || offset == cases[i].offset),
                     "case %zu: %s at %zu", i, tr_err_name(err), offset);
    }
}

/* A list that names many items but holds next to nothing takes next to nothing. */
TR_TEST(lists_take_what_their_bytes_pay_for)
{
    enum { LEN = 100000 };
    static uint8_t raw[LEN + 4];
    raw[0] = 0xfa;
    raw[1] = LEN >> 16;
    raw[2] = (uint8_t)(LEN >> 8);
    raw[3] = (uint8_t)LEN;
    memset(raw + 4, 0xc0, LEN);
    tr_record one = {"one", &outer_fields[12], 1, sizeof(outer)};
    tr_arena arena;
    outer back;
    tr_arena_init(&arena, tr_test_alloc(), (size_t)TR_RECORD_FACTOR * LEN);
    tr_rlp r = tr_rlp_open(TR_VIEW(raw));
    tr_record_read(&r, &one, 1, &arena, &back);
    TR_CHECK_ERR(tr_rlp_finish(&r, NULL, "one"), TR_E_SHORT);
    TR_CHECK(arena.used <= LEN * 4);
    tr_arena_free(&arena);
}

static tr_err read_in(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    outer back;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_rlp r = tr_rlp_open(*(tr_bytes *)context);
    tr_record_read(&r, &outer_record, OUTER_FIELDS, &arena, &back);
    tr_err err = tr_rlp_finish(&r, NULL, "outer");
    tr_arena_free(&arena);
    return err;
}

static tr_err write_in(tr_alloc *alloc, void *context)
{
    tr_buf out;
    tr_buf_init(&out, alloc, SIZE_MAX);
    tr_record_write(&out, &outer_record, OUTER_FIELDS, context);
    tr_err err = tr_buf_err(&out);
    tr_buf_free(&out);
    return err;
}

TR_TEST(without_memory)
{
    static tr_hash hashes[200];
    static inner inners[40];
    for (size_t i = 0; i < TR_COUNTOF(inners); i++) inners[i].keys = (tr_list){hashes, 10};
    outer o = {.hashes = {hashes, 200}, .inners = {inners, 40}};
    tr_buf out = written(tr_test_arena(), &o);
    tr_bytes raw = tr_buf_view(&out);
    tr_test_out_of_memory(read_in, &raw);
    tr_test_out_of_memory(write_in, &o);
}

TR_TEST(accounts)
{
    tr_account account = {.nonce = UINT64_MAX, .balance = TR_U256_MAX}, back;
    account.code_hash = tr_empty_code_hash;
    uint8_t raw[TR_ACCOUNT_MAX];
    size_t len = tr_account_encode(&account, raw);
    TR_CHECK_EQ(len, TR_ACCOUNT_MAX);
    TR_CHECK_OK(tr_account_decode(NULL, (tr_bytes){raw, len}, &back));
    TR_CHECK_EQ(back.nonce, account.nonce);
    TR_CHECK(tr_u256_eq(back.balance, account.balance));
    TR_CHECK_BYTES(TR_VIEW(back.code_hash.b), TR_VIEW(account.code_hash.b));
    for (size_t i = 0; i < len; i++)
        TR_CHECK(tr_account_decode(NULL, (tr_bytes){raw, i}, &back) != TR_OK);
    /* An account of the Ethereum tests (TrieTests' secure trie): nonce 0, balance 0. */
    tr_bytes empty =
        tr_test_hex("f8448080a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
                    "a0c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    TR_CHECK_OK(tr_account_decode(NULL, empty, &back));
    TR_CHECK_BYTES(TR_VIEW(back.code_hash.b), TR_VIEW(tr_empty_code_hash.b));
    TR_CHECK_BYTES(tr_bytes_of(raw, tr_account_encode(&back, raw)), empty);
}
