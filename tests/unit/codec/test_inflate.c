/* The portable inflate against zlib: the same verdict, the same output (also up to a fault), the
 * same count of bytes taken. */
#include "codec/inflate.h"

#include <stdlib.h>
#include <zlib.h>

#include "compressible.h"
#include "harness.h"

typedef struct verdict {
    tr_err err;
    size_t used, len;
} verdict;

enum { ROOM = 1 << 20 };

/* The house's name for what zlib says; all the input was there, and room for the output. */
static tr_err named(int result, const z_stream *z)
{
    switch (result) {
    case Z_STREAM_END:
        return TR_OK;
    case Z_BUF_ERROR:
        return z->avail_out == 0 ? TR_E_LIMIT : TR_E_SHORT;
    case Z_NEED_DICT:
        return TR_E_UNSUPPORTED;
    default:
        TR_CHECK_EQ(result, Z_DATA_ERROR);
        return strcmp(z->msg, "incorrect data check") == 0 ? TR_E_CHECKSUM : TR_E_COMPRESSED;
    }
}

/* What zlib says, with the output in `to`. */
static verdict ask_zlib(bool raw, tr_bytes in, uint8_t *to)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.data, .avail_in = (unsigned)in.len};
    z.next_out = to;
    z.avail_out = ROOM;
    TR_CHECK(inflateInit2(&z, raw ? -15 : 15) == Z_OK);
    tr_err err = named(inflate(&z, Z_FINISH), &z);
    inflateEnd(&z);
    return (verdict){err, z.total_in, z.total_out};
}

static void compare(bool raw, tr_bytes in)
{
    static uint8_t theirs[ROOM], ours[ROOM];
    verdict v = ask_zlib(raw, in, theirs);
    tr_buf out;
    tr_buf_init_fixed(&out, ours, ROOM);
    size_t used;
    tr_err err =
        raw ? tr_inflate_raw(NULL, in, &used, &out) : tr_inflate_zlib(NULL, in, &used, &out);
    if (v.err == TR_E_LIMIT) return; /* more than fits: no verdict on the data */
    TR_CHECK_MSG(err == v.err, "zlib: %s, ours: %s", tr_err_name(v.err), tr_err_name(err));
    TR_CHECK_BYTES(tr_buf_view(&out), tr_bytes_of(theirs, v.len));
    if (err == TR_OK) TR_CHECK_EQ(used, v.used);
}

static tr_bytes deflated(tr_arena *arena, tr_bytes in, bool raw, int level, int window,
                         int strategy)
{
    z_stream z = {0};
    TR_CHECK(deflateInit2(&z, level, Z_DEFLATED, raw ? -window : window, 8, strategy) == Z_OK);
    size_t room = 2 * deflateBound(&z, in.len) + 1000; /* zlib 1.2.13 says too little at times */
    uint8_t *to = tr_arena_get(arena, room, 1);
    TR_CHECK(to != NULL);
    z.next_in = (Bytef *)(uintptr_t)in.data;
    z.avail_in = (unsigned)in.len;
    z.next_out = to;
    z.avail_out = (unsigned)room;
    TR_CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    deflateEnd(&z);
    return tr_bytes_of(to, z.total_out);
}

static tr_bytes random_deflated(tr_gen *g, size_t max, bool raw)
{
    tr_bytes data = compressible(g, tr_gen_below(g, max + 1));
    return deflated(tr_gen_arena(g), data, raw, (int)tr_gen_below(g, 10),
                    9 + (int)tr_gen_below(g, 7), (int)tr_gen_below(g, 5));
}

TR_TEST(every_level_and_strategy_decodes)
{
    for (int kind = 0; kind < COMPRESSIBLE_KINDS; kind++) {
        tr_bytes data = compressible_of(tr_test_arena(), kind, 70000, tr_test_random());
        for (int level = 0; level <= 9; level++) {
            for (int strategy = 0; strategy <= Z_FIXED; strategy++) {
                tr_bytes packed = deflated(tr_test_arena(), data, level & 1, level, 15, strategy);
                tr_buf out;
                tr_buf_init(&out, tr_test_alloc(), data.len);
                tr_err err = level & 1 ? tr_inflate_raw(NULL, packed, NULL, &out)
                                       : tr_inflate_zlib(NULL, packed, NULL, &out);
                TR_CHECK_OK(err);
                TR_CHECK_BYTES(tr_buf_view(&out), data);
                tr_buf_free(&out);
            }
        }
    }
}

TR_PROP(agrees_with_zlib_on_valid_data)
{
    bool raw = tr_gen_bool(g);
    compare(raw, random_deflated(g, 40000, raw));
}

TR_PROP(agrees_with_zlib_on_changed_data)
{
    bool raw = tr_gen_bool(g);
    tr_bytes packed = random_deflated(g, 3000, raw);
    compare(raw, mutated(g, packed));
}

TR_PROP(agrees_with_zlib_on_random_bytes)
{
    uint8_t data[400];
    size_t len = tr_gen_below(g, sizeof(data)) + 1;
    tr_gen_fill(g, data, len);
    /* Begin with a block of codes as often as not, and with a valid zlib header where one is due.
     */
    bool raw = tr_gen_bool(g);
    size_t first = raw ? 0 : 2;
    if (!raw) data[0] = 0x78;
    if (!raw && len > 1) data[1] = 0x9c;
    if (len > first && tr_gen_bool(g)) data[first] = (uint8_t)((data[first] & 0xf8) | 4);
    compare(raw, tr_bytes_of(data, len));
}

/* Code lengths written bit by bit: complete, over-subscribed and incomplete sets of codes. */
typedef struct bit_writer {
    uint8_t bytes[600];
    size_t count;
} bit_writer;

static void put_bits(bit_writer *w, uint32_t value, unsigned n)
{
    for (unsigned i = 0; i < n; i++, w->count++)
        if (value >> i & 1) w->bytes[w->count / 8] |= (uint8_t)(1u << w->count % 8);
}

/* Sixteen codes of four bits for the lengths 0-15, so that any lengths can be written plainly:
 * number n is written as its four bits, highest first. */
static void put_length(bit_writer *w, unsigned length)
{
    for (unsigned i = 4; i-- > 0;) put_bits(w, length >> i & 1, 1);
}

static void dynamic_head(bit_writer *w, unsigned literals, unsigned distances)
{
    put_bits(w, 1 | 2 << 1, 3);
    put_bits(w, literals - 257, 5);
    put_bits(w, distances - 1, 5);
    put_bits(w, 15, 4);
    for (int i = 0; i < 19; i++) put_bits(w, i < 3 ? 0 : 4, 3);
}

TR_PROP(agrees_with_zlib_on_any_code_lengths)
{
    bit_writer w = {0};
    unsigned literals = 257 + (unsigned)tr_gen_below(g, 32);
    unsigned distances = 1 + (unsigned)tr_gen_below(g, 32);
    dynamic_head(&w, literals, distances);
    unsigned kept =
        (unsigned)tr_gen_below(g, 4); /* how many codes, so that some sets are complete */
    unsigned usual = (unsigned)tr_gen_below(g, 4);
    for (unsigned i = 0; i < literals + distances; i++) {
        bool end = i == 256 && tr_gen_below(g, 10) != 0;
        bool wanted = tr_gen_below(g, 64) < kept || end;
        put_length(&w, wanted ? usual + (unsigned)tr_gen_below(g, 2) : 0);
    }
    uint8_t rest[40];
    tr_gen_fill(g, rest, sizeof(rest));
    for (size_t i = tr_gen_below(g, sizeof(rest)); i < sizeof(rest); i++) put_bits(&w, rest[i], 8);
    compare(true, tr_bytes_of(w.bytes, (w.count + 7) / 8));
}

/* The head of a block of codes, where nearly every set of codes of code lengths is refused: cut off
 * and damaged at once, at each length. */
TR_PROP(agrees_with_zlib_on_any_codes_of_code_lengths)
{
    bit_writer w = {0};
    put_bits(&w, 1 | 2 << 1, 3);
    put_bits(&w, (uint32_t)tr_gen_below(g, 32), 5);
    put_bits(&w, (uint32_t)tr_gen_below(g, 32), 5);
    unsigned more = (unsigned)tr_gen_below(g, 16);
    put_bits(&w, more, 4);
    unsigned wanted = (unsigned)tr_gen_below(g, 3); /* of 8: none now and then */
    for (unsigned i = 0; i < more + 4; i++) {
        bool some = tr_gen_below(g, 8) < wanted;
        put_bits(&w, some ? 1 + (uint32_t)tr_gen_below(g, 3) : 0, 3);
    }
    uint8_t rest[48];
    tr_gen_fill(g, rest, sizeof(rest));
    for (size_t i = 0; i < sizeof(rest); i++) put_bits(&w, rest[i], 8);
    for (size_t len = 0; len <= w.count / 8; len++) compare(true, tr_bytes_of(w.bytes, len));
}

/* The incomplete codes that zlib takes, one by one. */
TR_TEST(lone_codes)
{
    for (unsigned end_length = 0; end_length <= 2; end_length++) {
        for (unsigned literal_length = 0; literal_length <= 2; literal_length++) {
            for (unsigned distance_length = 0; distance_length <= 2; distance_length++) {
                for (unsigned rest = 0; rest < 16; rest++) {
                    bit_writer w = {0};
                    dynamic_head(&w, 257, 1);
                    for (unsigned i = 0; i < 257; i++)
                        put_length(&w, i == 256 ? end_length : i == 65 ? literal_length : 0);
                    put_length(&w, distance_length);
                    put_bits(&w, rest, 4);
                    compare(true, tr_bytes_of(w.bytes, (w.count + 7) / 8));
                }
            }
        }
    }
}

TR_TEST(truncated_at_each_length)
{
    for (int raw = 0; raw < 2; raw++) {
        for (int kind = 0; kind < COMPRESSIBLE_KINDS; kind++) {
            tr_bytes data = compressible_of(tr_test_arena(), kind, 600, tr_test_random());
            tr_bytes packed = deflated(tr_test_arena(), data, raw != 0, 6, 15, Z_DEFAULT_STRATEGY);
            for (size_t len = 0; len < packed.len; len++) {
                compare(raw != 0, tr_bytes_cut(packed, 0, len));
                uint8_t *exact = malloc(len + 1); /* so that a sanitizer sees a read beyond it */
                memcpy(exact + 1, packed.data, len);
                uint8_t room[600];
                tr_buf out;
                tr_buf_init_fixed(&out, room, sizeof(room));
                tr_trail trail;
                tr_bytes cut = tr_bytes_of(exact + 1, len);
                tr_err err = raw ? tr_inflate_raw(&trail, cut, NULL, &out)
                                 : tr_inflate_zlib(&trail, cut, NULL, &out);
                free(exact);
                TR_CHECK_ERR(err, TR_E_SHORT);
                TR_CHECK_EQ(trail.offset, len);
            }
        }
    }
}

TR_TEST(bytes_after_the_end)
{
    uint8_t with_rest[64] = {0};
    tr_bytes packed = deflated(tr_test_arena(), TR_LIT("abc"), false, 6, 15, Z_DEFAULT_STRATEGY);
    memcpy(with_rest, packed.data, packed.len);
    tr_bytes in = tr_bytes_of(with_rest, packed.len + 5);
    uint8_t room[8];
    tr_buf out;
    tr_buf_init_fixed(&out, room, sizeof(room));
    tr_trail trail;
    TR_CHECK_ERR(tr_inflate_zlib(&trail, in, NULL, &out), TR_E_TRAILING);
    TR_CHECK_EQ(trail.offset, packed.len);
    tr_buf_clear(&out);
    size_t used;
    TR_CHECK_OK(tr_inflate_zlib(&trail, in, &used, &out));
    TR_CHECK_EQ(used, packed.len);
    TR_CHECK_BYTES(tr_buf_view(&out), TR_LIT("abc"));
}

TR_TEST(output_follows_what_is_there)
{
    tr_bytes packed = deflated(tr_test_arena(), TR_LIT("abcabcabcabc"), true, 6, 15, 0);
    tr_buf out;
    tr_buf_init(&out, tr_test_alloc(), 100);
    tr_buf_put(&out, TR_LIT("before "));
    TR_CHECK_OK(tr_inflate_raw(NULL, packed, NULL, &out));
    TR_CHECK_BYTES(tr_buf_view(&out), TR_LIT("before abcabcabcabc"));
    /* A fixed block whose first symbol is a match: it may not reach into what was there before. */
    tr_buf_clear(&out);
    tr_buf_put(&out, TR_LIT("before "));
    TR_CHECK_ERR(tr_inflate_raw(NULL, tr_test_hex("030200"), NULL, &out), TR_E_COMPRESSED);
    TR_CHECK_BYTES(tr_buf_view(&out), TR_LIT("before "));
    tr_buf_free(&out);
}

TR_PROP(output_ends_at_the_limit)
{
    tr_bytes data = compressible(g, 1 + tr_gen_below(g, 5000));
    tr_bytes packed = deflated(tr_gen_arena(g), data, true, 6, 15, Z_DEFAULT_STRATEGY);
    size_t limit = tr_gen_below(g, data.len + 2);
    tr_buf out;
    tr_buf_init(&out, &tr_gen_arena(g)->alloc, limit);
    TR_CHECK_ERR(tr_inflate_raw(NULL, packed, NULL, &out), limit < data.len ? TR_E_LIMIT : TR_OK);
    TR_CHECK_BYTES(tr_buf_view(&out), tr_bytes_cut(data, 0, limit));
}

/* A thousand million zeros in a megabyte: the error comes as soon as the limit is reached. */
TR_TEST(a_bomb_is_an_error)
{
    z_stream z = {0};
    static uint8_t zeros[1 << 16], bomb[1 << 21];
    TR_CHECK(deflateInit(&z, 9) == Z_OK);
    z.next_out = bomb;
    z.avail_out = sizeof(bomb);
    for (int i = 0; i < 1 << 10; i++) {
        z.next_in = zeros;
        z.avail_in = sizeof(zeros);
        TR_CHECK(deflate(&z, Z_NO_FLUSH) == Z_OK);
    }
    TR_CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    deflateEnd(&z);
    tr_buf out;
    tr_buf_init(&out, tr_test_alloc(), 1 << 20);
    size_t used;
    TR_CHECK_ERR(tr_inflate_zlib(NULL, tr_bytes_of(bomb, z.total_out), &used, &out), TR_E_LIMIT);
    TR_CHECK_EQ(out.len, 1 << 20);
    TR_CHECK(used < z.total_out / 32);
    tr_buf_free(&out);
}

TR_TEST(preset_dictionaries_are_not_taken)
{
    z_stream z = {0};
    uint8_t packed[64];
    TR_CHECK(deflateInit(&z, 6) == Z_OK);
    TR_CHECK(deflateSetDictionary(&z, (const Bytef *)"hello", 5) == Z_OK);
    z.next_in = (Bytef *)(uintptr_t) "hello";
    z.avail_in = 5;
    z.next_out = packed;
    z.avail_out = sizeof(packed);
    TR_CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    deflateEnd(&z);
    uint8_t room[16];
    tr_buf out;
    tr_buf_init_fixed(&out, room, sizeof(room));
    tr_bytes in = tr_bytes_of(packed, z.total_out);
    TR_CHECK_ERR(tr_inflate_zlib(NULL, in, NULL, &out), TR_E_UNSUPPORTED);
}

static tr_err inflate_with(tr_alloc *alloc, void *context)
{
    const tr_bytes *packed = context;
    tr_buf out;
    tr_buf_init(&out, alloc, 1 << 20);
    tr_err err = tr_inflate_zlib(NULL, *packed, NULL, &out);
    tr_buf_free(&out);
    return err;
}

TR_TEST(inflate_out_of_memory)
{
    tr_bytes data = compressible_of(tr_test_arena(), 2, 50000, 1);
    tr_bytes packed = deflated(tr_test_arena(), data, false, 6, 15, Z_DEFAULT_STRATEGY);
    tr_test_out_of_memory(inflate_with, &packed);
    packed = deflated(tr_test_arena(), data, false, 0, 15, Z_DEFAULT_STRATEGY);
    tr_test_out_of_memory(inflate_with, &packed);
}

TR_PROP(adler32_is_zlibs)
{
    tr_bytes data = tr_gen_bytes(g, 20000);
    uint32_t first = (uint32_t)adler32(1, (const Bytef *)"x", 1);
    TR_CHECK_EQ(tr_adler32(first, data), adler32(first, data.data, (unsigned)data.len));
}
