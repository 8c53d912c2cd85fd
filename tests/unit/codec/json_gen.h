/* Random JSON documents, good ones and nearly good ones, for the properties of the JSON tests. */
#ifndef TR_TESTS_JSON_GEN_H
#define TR_TESTS_JSON_GEN_H

#include "harness.h"

static inline void gen_space(tr_gen *g, tr_buf *out)
{
    static const char spaces[] = " \t\r\n";
    while (tr_gen_below(g, 8) == 1) tr_buf_put_u8(out, (uint8_t)spaces[tr_gen_below(g, 4)]);
}

/* A string without a zero byte in it (jansson takes none in keys). */
static inline void gen_string(tr_gen *g, tr_buf *out, uint64_t max_pieces)
{
    static const char *const pieces[] = {
        "a",
        "b",
        "id",
        "params",
        "method",
        "jsonrpc",
        "2.0",
        "0x",
        "\\\"",
        "\\\\",
        "\\/",
        "\\n",
        "\\u0061",
        "\\u00e9",
        "\\u20ac",
        "\\ud83d\\ude00",
        "\xc3\xa9",
        "\xe2\x82\xac",
        "\xf0\x9f\x98\x80",
        "\x7f",
        "{",
        "]",
        ",",
        ":",
        "0123456789abcdef0123456789abcdef",
        "the quick brown fox jumps over the lazy dog and the other dogs around it, twice a day",
    };
    tr_buf_put_u8(out, '"');
    for (uint64_t n = tr_gen_below(g, max_pieces + 1); n != 0; n--)
        tr_buf_put_str(out, pieces[tr_gen_below(g, TR_COUNTOF(pieces))]);
    tr_buf_put_u8(out, '"');
}

static inline void gen_number(tr_gen *g, tr_buf *out)
{
    if (tr_gen_bool(g)) tr_buf_put_u8(out, '-');
    tr_buf_printf(out, "%llu", (unsigned long long)(tr_gen_u64(g) >> 1));
    if (tr_gen_below(g, 4) == 1) tr_buf_printf(out, ".%03u", (unsigned)tr_gen_below(g, 1000));
    if (tr_gen_below(g, 4) == 1)
        tr_buf_printf(out, "%s%u", tr_gen_bool(g) ? "e" : "E-", (unsigned)tr_gen_below(g, 100));
}

static inline void gen_value(tr_gen *g, tr_buf *out, unsigned depth);

static inline void gen_items(tr_gen *g, tr_buf *out, unsigned depth, bool object)
{
    uint64_t n = tr_gen_below(g, tr_gen_below(g, 10) == 1 ? 60 : 5);
    uint64_t width = tr_gen_below(g, 6) == 1 ? 2 : 6; /* few keys: some come twice */
    tr_buf_put_u8(out, object ? '{' : '[');
    gen_space(g, out);
    for (uint64_t i = 0; i < n; i++) {
        if (i != 0) tr_buf_put_u8(out, ',');
        gen_space(g, out);
        if (object) {
            if (tr_gen_below(g, 4) != 1) {
                uint64_t number = width == 2 ? tr_gen_below(g, 50) : i * 37 % 61;
                tr_buf_printf(out, "\"k%u\"", (unsigned)number);
            } else {
                gen_string(g, out, width);
            }
            gen_space(g, out);
            tr_buf_put_u8(out, ':');
            gen_space(g, out);
        }
        gen_value(g, out, depth + 1);
        gen_space(g, out);
    }
    tr_buf_put_u8(out, object ? '}' : ']');
}

static inline void gen_value(tr_gen *g, tr_buf *out, unsigned depth)
{
    static const char *const words[] = {"true", "false", "null"};
    switch (tr_gen_below(g, depth > 5 ? 3 : 5)) {
    case 0:
        tr_buf_put_str(out, words[tr_gen_below(g, 3)]);
        break;
    case 1:
        gen_number(g, out);
        break;
    case 2:
        gen_string(g, out, 6);
        break;
    case 3:
        gen_items(g, out, depth, false);
        break;
    default:
        gen_items(g, out, depth, true);
        break;
    }
}

/* A request: the members in any order, some missing, some wrong, some twice. */
static inline void gen_call(tr_gen *g, tr_buf *out)
{
    static const char *const members[] = {
        "\"jsonrpc\":\"2.0\"",
        "\"id\":1",
        "\"method\":\"eth_sendRawTransaction\"",
        "\"params\":[\"0x02f86b82\"]",
        "\"jsonrpc\" : \"2.\\u0030\"",
        "\"\\u0069d\":\"x\"",
        "\"params\":null",
        "\"params\":[1,null,{\"to\":\"0x00\",\"data\":\"0x\"},null]",
        "\"id\":",
        "\"params\":",
        "\"method\":",
        "\"other\":",
    };
    uint64_t first = tr_gen_below(g, 4), n = 3 + tr_gen_below(g, 3);
    tr_buf_put_u8(out, '{');
    for (uint64_t i = 0; i < n; i++) {
        uint64_t which = (first + i) % 4;
        if (tr_gen_below(g, 6) == 1) which = tr_gen_below(g, TR_COUNTOF(members));
        if (i != 0) tr_buf_put_u8(out, ',');
        gen_space(g, out);
        tr_buf_put_str(out, members[which]);
        if (which >= 8) gen_value(g, out, 3);
        gen_space(g, out);
    }
    tr_buf_put_u8(out, '}');
}

/* Changes a few bytes of a document. */
static inline void gen_damage(tr_gen *g, tr_buf *doc)
{
    static const char bytes[] = "{}[],:\"\\ue1 0-+.tfn\n\x01\x7f\xc3\xa9\xe2\xf0\xff\x80";
    for (uint64_t n = 1 + tr_gen_below(g, 3); n != 0 && doc->len != 0; n--) {
        size_t at = (size_t)tr_gen_below(g, doc->len);
        uint8_t byte = (uint8_t)bytes[tr_gen_below(g, sizeof(bytes) - 1)];
        switch (tr_gen_below(g, 4)) {
        case 0:
            doc->data[at] = byte;
            break;
        case 1:
            memmove(doc->data + at, doc->data + at + 1, doc->len - at - 1);
            doc->len--;
            break;
        case 2:
            if (tr_buf_reserve(doc, 1) == NULL) break;
            memmove(doc->data + at + 1, doc->data + at, doc->len - at);
            doc->data[at] = byte;
            doc->len++;
            break;
        default:
            doc->len = at;
            break;
        }
    }
}

/* A document in memory of its own, exactly as long as it is, so that the sanitizers see a read
 * past its end; give it back with gen_free. */
static inline tr_bytes gen_document(tr_gen *g)
{
    tr_buf doc;
    tr_buf_init(&doc, &tr_gen_arena(g)->alloc, SIZE_MAX);
    gen_space(g, &doc);
    if (tr_gen_bool(g)) {
        gen_value(g, &doc, 0);
    } else if (tr_gen_bool(g)) {
        gen_call(g, &doc);
    } else {
        uint64_t n = tr_gen_below(g, 6);
        tr_buf_put_u8(&doc, '[');
        for (uint64_t i = 0; i < n; i++) {
            if (i != 0) tr_buf_put_u8(&doc, ',');
            if (tr_gen_below(g, 10) == 1) {
                gen_value(g, &doc, 3);
            } else {
                gen_call(g, &doc);
            }
        }
        tr_buf_put_u8(&doc, ']');
    }
    gen_space(g, &doc);
    if (tr_gen_below(g, 3) == 1) gen_damage(g, &doc);
    uint8_t *copy = tr_alloc_get(tr_test_alloc(), doc.len + (doc.len == 0));
    if (doc.len != 0) memcpy(copy, doc.data, doc.len);
    return (tr_bytes){copy, doc.len};
}

static inline void gen_free(tr_bytes doc)
{
    tr_alloc_put(tr_test_alloc(), (void *)(uintptr_t)doc.data, doc.len + (doc.len == 0));
}

#endif
