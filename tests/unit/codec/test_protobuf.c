#include "codec/protobuf.h"
#include "harness.h"

/* Encodings from the format's own description: 150 as field 1, "testing" as field 2, and a message
 * with the first in it as field 3. */
TR_TEST(known_encodings)
{
    uint8_t memory[64];
    tr_buf out;
    tr_buf_init_fixed(&out, memory, sizeof(memory));
    tr_proto_put_u64(&out, 1, 150);
    TR_CHECK_BYTES(tr_buf_view(&out), tr_test_hex("089601"));
    tr_buf_clear(&out);
    tr_proto_put_bytes(&out, 2, TR_LIT("testing"));
    TR_CHECK_BYTES(tr_buf_view(&out), tr_test_hex("120774657374696e67"));
    tr_buf_clear(&out);
    tr_proto_put_message(&out, 3, tr_test_hex("089601"));
    TR_CHECK_BYTES(tr_buf_view(&out), tr_test_hex("1a03089601"));
    tr_buf_clear(&out);
    tr_proto_put_i64(&out, 1, -2); /* ten bytes */
    tr_proto_put_s64(&out, 2, -2);
    tr_proto_put_fixed32(&out, 3, 1);
    tr_proto_put_fixed64(&out, 4, 2);
    TR_CHECK_BYTES(tr_buf_view(&out), tr_test_hex("08feffffffffffffffff01 1003 1d01000000"
                                                  "210200000000000000"));
    tr_buf_clear(&out);
    tr_proto_put_u64(&out, 1, 0); /* defaults are left out */
    tr_proto_put_fixed32(&out, 1, 0);
    tr_proto_put_fixed64(&out, 1, 0);
    tr_proto_put_bytes(&out, 1, TR_LIT(""));
    TR_CHECK_EQ(out.len, 0);
}

/* A message of random fields comes back, those that are not read are skipped. */
TR_PROP(round_trips)
{
    tr_buf out;
    tr_buf_init(&out, &tr_gen_arena(g)->alloc, 1 << 16);
    uint64_t numbers[24] = {0};
    unsigned kinds[24] = {0};
    bool read[24] = {false};
    size_t n = tr_gen_below(g, 24);
    for (size_t i = 0; i < n; i++) {
        uint32_t field = (uint32_t)(i + 1);
        uint64_t any = tr_gen_u64(g), v = numbers[i] = TR_MAX(any, 1);
        kinds[i] = (unsigned)tr_gen_below(g, 8);
        read[i] = tr_gen_bool(g);
        if (kinds[i] == 0) tr_proto_put_u64(&out, field, v);
        if (kinds[i] == 1) tr_proto_put_i64(&out, field, (int64_t)v);
        if (kinds[i] == 2) tr_proto_put_s64(&out, field, (int64_t)v);
        if (kinds[i] == 3) tr_proto_put_fixed64(&out, field, v);
        if (kinds[i] == 4) tr_proto_put_fixed32(&out, field, (uint32_t)v | 1);
        if (kinds[i] == 5) tr_proto_put_bytes(&out, field, tr_bytes_of(&numbers[i], 8));
        if (kinds[i] == 6) tr_proto_put_i64(&out, field, (int32_t)v | 1);
        if (kinds[i] == 7) tr_proto_put_u64(&out, field, 1);
    }
    tr_proto r = tr_proto_open(tr_buf_view(&out));
    tr_proto_strict(&r);
    size_t i = 0;
    for (; tr_proto_next(&r); i++) {
        uint64_t v = numbers[i];
        TR_CHECK_EQ(r.field, i + 1);
        tr_proto_once(&r);
        if (!read[i]) continue;
        if (kinds[i] == 0) TR_CHECK_EQ(tr_proto_u64(&r), v);
        if (kinds[i] == 1) TR_CHECK_EQ(tr_proto_i64(&r), v);
        if (kinds[i] == 2) TR_CHECK_EQ(tr_proto_s64(&r), v);
        if (kinds[i] == 3) TR_CHECK_EQ(tr_proto_fixed64(&r), v);
        if (kinds[i] == 4) TR_CHECK_EQ(tr_proto_fixed32(&r), (uint32_t)v | 1);
        if (kinds[i] == 5) TR_CHECK_BYTES(tr_proto_bytes(&r), tr_bytes_of(&v, 8));
        if (kinds[i] == 6) TR_CHECK_EQ(tr_proto_i32(&r), (int32_t)v | 1);
        if (kinds[i] == 7) TR_CHECK(tr_proto_bool(&r));
    }
    TR_CHECK_OK(tr_proto_finish(&r, NULL, "a message"));
    TR_CHECK_EQ(i, n);
    /* Cut short inside of a field it is an error, between fields it is a shorter message. */
    for (size_t len = 0; len < out.len; len++) {
        r = tr_proto_open(tr_bytes_cut(tr_buf_view(&out), 0, len));
        tr_err err = tr_proto_finish(&r, NULL, "a message");
        TR_CHECK(err == TR_OK || err == TR_E_SHORT);
    }
}

static tr_err skim(const char *hex, uint64_t *offset)
{
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_proto r = tr_proto_open(tr_test_hex(hex));
    tr_err err = tr_proto_finish(&r, &trail, "a message");
    *offset = trail.offset;
    return err;
}

TR_TEST(what_is_no_message)
{
    static const struct {
        const char *hex;
        tr_err want;
        uint64_t offset;
    } cases[] = {
        {"0880", TR_E_SHORT, 2},
        {"08", TR_E_SHORT, 1},
        {"088100", TR_E_CANONICAL, 3},
        {"8800 01", TR_E_CANONICAL, 2},
        {"08ffffffffffffffffff02", TR_E_RANGE, 11},
        {"0880808080808080808080 01", TR_E_RANGE, 11},
        {"0001", TR_E_SYNTAX, 1},
        {"808080801001", TR_E_RANGE, 5},
        {"0e00", TR_E_SYNTAX, 1},
        {"0b0c", TR_E_UNSUPPORTED, 1},
        {"0c", TR_E_UNSUPPORTED, 1},
        {"0a0261", TR_E_SHORT, 2},
        {"0affffffffffffffffff01", TR_E_SHORT, 11},
        {"0d000000", TR_E_SHORT, 1},
        {"0900000000000000", TR_E_SHORT, 1},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        uint64_t offset;
        TR_CHECK_ERR(skim(cases[i].hex, &offset), cases[i].want);
        TR_CHECK_EQ(offset, cases[i].offset);
    }
}

TR_TEST(values_that_do_not_fit)
{
    tr_proto r = tr_proto_open(tr_test_hex("0802"));
    TR_CHECK(tr_proto_next(&r) && !tr_proto_bool(&r));
    TR_CHECK_ERR(tr_proto_finish(&r, NULL, "a bool"), TR_E_RANGE);
    r = tr_proto_open(tr_test_hex("0880808080 08"));
    TR_CHECK(tr_proto_next(&r) && tr_proto_i32(&r) == 0);
    TR_CHECK_ERR(tr_proto_finish(&r, NULL, "an int32"), TR_E_RANGE);
    r = tr_proto_open(tr_test_hex("0880808080f8ffffffff01"));
    TR_CHECK(tr_proto_next(&r) && tr_proto_i32(&r) == INT32_MIN);
    TR_CHECK_OK(tr_proto_finish(&r, NULL, "an int32"));
    r = tr_proto_open(tr_test_hex("0880808080 80808080 8001"));
    TR_CHECK(tr_proto_next(&r) && tr_proto_i64(&r) == INT64_MIN);
    r = tr_proto_open(tr_test_hex("0801"));
    TR_CHECK(tr_proto_next(&r) && tr_proto_bytes(&r).data == NULL);
    TR_CHECK_ERR(tr_proto_finish(&r, NULL, "bytes"), TR_E_TYPE);
    TR_CHECK(!tr_proto_next(&r));
    TR_CHECK_EQ(tr_proto_u64(&r), 0); /* after an error: zeros */
    TR_CHECK_EQ(tr_proto_fixed64(&r), 0);
    TR_CHECK_EQ(tr_proto_fixed32(&r), 0);
    r = tr_proto_open(tr_test_hex("10010801"));
    tr_proto_strict(&r);
    TR_CHECK_ERR(tr_proto_finish(&r, NULL, "fields that fall"), TR_E_CANONICAL);
    r = tr_proto_open(tr_test_hex("10011001"));
    while (tr_proto_next(&r)) tr_proto_once(&r);
    TR_CHECK_ERR(tr_proto_finish(&r, NULL, "a field twice"), TR_E_DUPLICATE);
}

/* A fault within a message within a message has its offset in the whole. */
TR_TEST(messages_within)
{
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_proto r = tr_proto_open(tr_test_hex("0801 1206 0a04 0801 1080 1801"));
    TR_CHECK(tr_proto_next(&r) && tr_proto_u64(&r) == 1);
    TR_CHECK(tr_proto_next(&r));
    tr_proto a = tr_proto_message(&r);
    TR_CHECK(tr_proto_next(&a));
    tr_proto b = tr_proto_message(&a);
    TR_CHECK(tr_proto_next(&b) && tr_proto_u64(&b) == 1);
    tr_proto_leave(&a, &b);
    tr_proto_leave(&r, &a);
    TR_CHECK_ERR(tr_proto_finish(&r, &trail, "messages"), TR_E_SHORT);
    TR_CHECK_EQ(trail.offset, 10);

    r = tr_proto_open(tr_test_hex("0a03 01 9601 1002"));
    TR_CHECK(tr_proto_next(&r));
    tr_proto packed = tr_proto_packed(&r);
    TR_CHECK(tr_proto_packed_more(&packed) && tr_proto_packed_u64(&packed) == 1);
    TR_CHECK(tr_proto_packed_more(&packed) && tr_proto_packed_u64(&packed) == 150);
    TR_CHECK(!tr_proto_packed_more(&packed));
    tr_proto_leave(&r, &packed);
    TR_CHECK(tr_proto_next(&r) && tr_proto_u64(&r) == 2);
    TR_CHECK_OK(tr_proto_finish(&r, NULL, "numbers"));
}
