/* The portable brotli decoder against libbrotlidec: the same verdict, output and count of bytes. */
#include "codec/brotli.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <stdlib.h>

#include "codec/brotli_internal.h"
#include "compressible.h"
#include "harness.h"

enum { ROOM = 1 << 20 };

typedef struct verdict {
    BrotliDecoderResult result;
    size_t used, len;
} verdict;

static verdict ask_library(tr_bytes in, uint8_t *to)
{
    BrotliDecoderState *s = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    TR_CHECK(s != NULL);
    size_t left = in.len, room = ROOM;
    const uint8_t *from = in.data;
    verdict v = {.result = BrotliDecoderDecompressStream(s, &left, &from, &room, &to, NULL)};
    v.used = in.len - left;
    v.len = ROOM - room;
    BrotliDecoderDestroyInstance(s);
    return v;
}

/* True if both accept. */
static bool compare(tr_bytes in)
{
    static uint8_t theirs[ROOM], ours[ROOM];
    verdict v = ask_library(in, theirs);
    tr_buf out;
    tr_buf_init_fixed(&out, ours, ROOM);
    size_t used;
    tr_err err = tr_brotli_decode(NULL, tr_test_alloc(), in, &used, &out);
    if (v.result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return false;
    bool ok = v.result == BROTLI_DECODER_RESULT_SUCCESS;
    TR_CHECK_MSG(ok == (err == TR_OK), "libbrotlidec: %d, ours: %s", (int)v.result,
                 tr_err_name(err));
    if (v.result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT) {
        TR_CHECK_MSG(err == TR_E_SHORT || err == TR_E_COMPRESSED, "%s", tr_err_name(err));
        TR_CHECK_EQ(out.len <= v.len, err == TR_E_COMPRESSED || out.len == v.len);
    }
    if (!ok) return false;
    TR_CHECK_BYTES(tr_buf_view(&out), tr_bytes_of(theirs, v.len));
    TR_CHECK_EQ(used, v.used);
    return true;
}

typedef struct settings {
    uint32_t quality, window, mode, postfix, direct, block;
} settings;

static tr_bytes packed(tr_arena *arena, tr_bytes in, settings how)
{
    BrotliEncoderState *s = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    TR_CHECK(s != NULL);
    BrotliEncoderSetParameter(s, BROTLI_PARAM_QUALITY, how.quality);
    BrotliEncoderSetParameter(s, BROTLI_PARAM_LGWIN, how.window);
    BrotliEncoderSetParameter(s, BROTLI_PARAM_MODE, how.mode);
    BrotliEncoderSetParameter(s, BROTLI_PARAM_NPOSTFIX, how.postfix);
    BrotliEncoderSetParameter(s, BROTLI_PARAM_NDIRECT, how.direct << how.postfix);
    if (how.block != 0) BrotliEncoderSetParameter(s, BROTLI_PARAM_LGBLOCK, how.block);
    size_t room = BrotliEncoderMaxCompressedSize(in.len) + 1024, left = in.len;
    uint8_t *start = tr_arena_get(arena, room, 1), *to = start;
    const uint8_t *from = in.data;
    TR_CHECK(
        BrotliEncoderCompressStream(s, BROTLI_OPERATION_FINISH, &left, &from, &room, &to, NULL));
    TR_CHECK(BrotliEncoderIsFinished(s));
    BrotliEncoderDestroyInstance(s);
    return tr_bytes_of(start, (size_t)(to - start));
}

static settings any_settings(tr_gen *g)
{
    uint32_t postfix = (uint32_t)tr_gen_below(g, 4);
    return (settings){(uint32_t)tr_gen_below(g, 10), 10 + (uint32_t)tr_gen_below(g, 15),
                      (uint32_t)tr_gen_below(g, 3),  postfix,
                      (uint32_t)tr_gen_below(g, 16), 0};
}

/* Text in which many words of the dictionary are to be found, some with endings and capitals. */
static tr_bytes dictionary_text(tr_arena *arena, size_t len, uint64_t seed)
{
    uint8_t *to = tr_arena_get(arena, len + 32, 1);
    size_t at = 0;
    while (at < len) {
        unsigned n = 4 + (unsigned)(next_random(&seed) % 10);
        uint32_t count = 1u << tr_brotli_word_bits[n];
        uint32_t index = (uint32_t)(next_random(&seed) % count);
        memcpy(to + at, tr_brotli_words + tr_brotli_word_offsets[n] + index * n, n);
        uint64_t how = next_random(&seed);
        if (how % 4 == 0 && to[at] >= 'a' && to[at] <= 'z') to[at] ^= 32;
        at += n;
        static const char *const ends[] = {" ", ", ", "ing ", "ed ", "=\"", ".", " the ", "\n"};
        const char *end = ends[(how >> 8) % 8];
        memcpy(to + at, end, strlen(end));
        at += strlen(end);
    }
    return tr_bytes_of(to, len);
}

static tr_bytes any_data(tr_gen *g, size_t max)
{
    size_t len = tr_gen_below(g, max + 1);
    if (tr_gen_below(g, 3) == 0) return dictionary_text(tr_gen_arena(g), len, tr_gen_u64(g));
    return compressible(g, len);
}

TR_TEST(tables_are_the_librarys)
{
    typedef struct dictionary {
        uint8_t bits[32];
        uint32_t offsets[32];
        size_t size;
        const uint8_t *data;
    } dictionary;
    extern const dictionary *BrotliGetDictionary(void);
    extern const uint8_t _kBrotliContextLookupTable[2048];
    const dictionary *d = BrotliGetDictionary();
    TR_CHECK_BYTES(TR_VIEW(tr_brotli_words), tr_bytes_of(d->data, d->size));
    TR_CHECK_BYTES(TR_VIEW(tr_brotli_word_bits), TR_VIEW(d->bits));
    TR_CHECK(memcmp(tr_brotli_word_offsets, d->offsets, sizeof(d->offsets)) == 0);
    TR_CHECK_BYTES(TR_VIEW(tr_brotli_contexts), TR_VIEW(_kBrotliContextLookupTable));
}

TR_TEST(every_quality_decodes)
{
    for (int kind = 0; kind <= COMPRESSIBLE_KINDS; kind++) {
        tr_bytes data = kind < COMPRESSIBLE_KINDS
                            ? compressible_of(tr_test_arena(), kind, 60000, tr_test_random())
                            : dictionary_text(tr_test_arena(), 60000, tr_test_random());
        for (uint32_t quality = 0; quality <= 11; quality++) {
            tr_bytes in = packed(tr_test_arena(), data, (settings){quality, 22, 0, 0, 0, 16});
            tr_buf out;
            tr_buf_init(&out, tr_test_alloc(), data.len);
            TR_CHECK_OK(tr_brotli_decode(NULL, tr_test_alloc(), in, NULL, &out));
            TR_CHECK_BYTES(tr_buf_view(&out), data);
            tr_buf_free(&out);
        }
    }
}

TR_PROP(agrees_on_valid_data)
{
    tr_bytes data = any_data(g, 20000);
    TR_CHECK(compare(packed(tr_gen_arena(g), data, any_settings(g))));
}

TR_PROP(agrees_on_changed_data)
{
    tr_bytes data = any_data(g, 2000);
    compare(mutated(g, packed(tr_gen_arena(g), data, any_settings(g))));
}

TR_PROP(agrees_on_random_bytes)
{
    uint8_t data[300];
    size_t len = 1 + tr_gen_below(g, sizeof(data));
    tr_gen_fill(g, data, len);
    /* A window of 16 bits and a compressed metablock, as often as not. */
    if (tr_gen_bool(g)) data[0] &= 0xf0;
    compare(tr_bytes_of(data, len));
}

/* Streams written bit by bit. */
typedef struct bit_writer {
    uint8_t bytes[400];
    size_t count;
} bit_writer;

static void put_bits(bit_writer *w, uint32_t value, unsigned n)
{
    for (unsigned i = 0; i < n; i++, w->count++)
        if (value >> i & 1) w->bytes[w->count / 8] |= (uint8_t)(1u << w->count % 8);
}

static tr_bytes written(const bit_writer *w)
{
    return tr_bytes_of(w->bytes, (w->count + 7) / 8);
}

static void simple_code_of_one(bit_writer *w, uint32_t symbol, unsigned width)
{
    put_bits(w, 1, 2);
    put_bits(w, 0, 2);
    put_bits(w, symbol, width);
}

/* One metablock of `length` bytes whose codes have one symbol each: they take no bits. */
static void one_symbol_metablock(bit_writer *w, uint32_t length, uint32_t literal, uint32_t command,
                                 uint32_t distance)
{
    put_bits(w, 0, 1); /* window of 16 bits */
    put_bits(w, 1, 2); /* last, not empty */
    bool is_short = length <= 1 << 16;
    put_bits(w, is_short ? 0 : 2, 2); /* four or six nibbles */
    put_bits(w, length - 1, is_short ? 16 : 24);
    put_bits(w, 0, 3); /* one type of each block */
    put_bits(w, 0, 6); /* postfix, direct codes */
    put_bits(w, 0, 2); /* context mode */
    put_bits(w, 0, 2); /* one tree for literals and one for distances */
    simple_code_of_one(w, literal, 8);
    simple_code_of_one(w, command, 10);
    simple_code_of_one(w, distance, 6);
}

/* Every word length with every transform, and one beyond the last. */
TR_TEST(every_transform_of_words)
{
    unsigned all_accepted = 0;
    for (uint32_t copy = 0; copy < 24; copy++) {
        for (uint32_t transform = 0; transform <= 121; transform++) {
            static const uint8_t bases[24] = {2,  3,  4,  5,  6,  7,  8,  9,  10,
                                              12, 14, 18, 22, 30, 38, 54, 70, 102};
            static const uint8_t extra[24] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3};
            if (bases[copy] == 0 || bases[copy] > 24) continue;
            uint32_t length =
                bases[copy] + (uint32_t)(tr_test_random() & ((1u << extra[copy]) - 1));
            if (length > 24) length = 24;
            uint32_t word = (uint32_t)tr_test_random() & ((1u << tr_brotli_word_bits[length]) - 1);
            uint32_t address = transform << tr_brotli_word_bits[length] | word;
            /* The distance is the address plus one: nothing has been written yet. */
            uint32_t value = address + 4, bits = 30 - (uint32_t)__builtin_clz(value);
            uint32_t code = 16 + 2 * (bits - 1) + (value >> bits & 1);
            uint32_t command = copy < 8 ? 128 + copy : copy < 16 ? 192 + copy - 8 : 384 + copy - 16;
            unsigned accepted = 0;
            for (uint32_t made = 1; made < 50; made++) {
                bit_writer w = {0};
                one_symbol_metablock(&w, made, 'x', command, code);
                put_bits(&w, length - bases[copy], extra[copy]);
                put_bits(&w, value & ((1u << bits) - 1), bits);
                put_bits(&w, 0, 32);
                accepted += compare(written(&w));
            }
            all_accepted += accepted;
            if (transform == TR_BROTLI_TRANSFORMS) TR_CHECK_EQ(accepted, 0);
        }
    }
    TR_CHECK(all_accepted > 1200);
}

TR_TEST(truncated_at_each_length)
{
    for (int kind = 0; kind <= COMPRESSIBLE_KINDS; kind++) {
        tr_bytes data = kind < COMPRESSIBLE_KINDS
                            ? compressible_of(tr_test_arena(), kind, 600, tr_test_random())
                            : dictionary_text(tr_test_arena(), 600, tr_test_random());
        tr_bytes whole = packed(tr_test_arena(), data, (settings){9, 18, 0, 0, 0, 0});
        for (size_t len = 0; len < whole.len; len++) {
            compare(tr_bytes_cut(whole, 0, len));
            uint8_t *exact = malloc(len + 1); /* so that a sanitizer sees a read beyond it */
            memcpy(exact + 1, whole.data, len);
            uint8_t room[600];
            tr_buf out;
            tr_buf_init_fixed(&out, room, sizeof(room));
            tr_trail trail;
            tr_err err =
                tr_brotli_decode(&trail, tr_test_alloc(), tr_bytes_of(exact + 1, len), NULL, &out);
            free(exact);
            TR_CHECK_ERR(err, TR_E_SHORT);
            TR_CHECK_EQ(trail.offset, len);
            TR_CHECK_BYTES(tr_buf_view(&out), tr_bytes_cut(data, 0, out.len));
        }
    }
}

TR_TEST(bytes_after_the_end)
{
    uint8_t with_rest[64] = {0};
    tr_bytes in = packed(tr_test_arena(), TR_LIT("abcabc"), (settings){5, 16, 0, 0, 0, 0});
    memcpy(with_rest, in.data, in.len);
    tr_bytes longer = tr_bytes_of(with_rest, in.len + 9);
    uint8_t room[8];
    tr_buf out;
    tr_buf_init_fixed(&out, room, sizeof(room));
    tr_trail trail;
    TR_CHECK_ERR(tr_brotli_decode(&trail, tr_test_alloc(), longer, NULL, &out), TR_E_TRAILING);
    TR_CHECK_EQ(trail.offset, in.len);
    tr_buf_clear(&out);
    size_t used;
    TR_CHECK_OK(tr_brotli_decode(&trail, tr_test_alloc(), longer, &used, &out));
    TR_CHECK_EQ(used, in.len);
    TR_CHECK_BYTES(tr_buf_view(&out), TR_LIT("abcabc"));
}

TR_TEST(output_follows_what_is_there)
{
    tr_bytes in =
        packed(tr_test_arena(), TR_LIT("the time of the time"), (settings){9, 16, 0, 0, 0, 0});
    tr_buf out;
    tr_buf_init(&out, tr_test_alloc(), 100);
    tr_buf_put(&out, TR_LIT("before "));
    TR_CHECK_OK(tr_brotli_decode(NULL, tr_test_alloc(), in, NULL, &out));
    TR_CHECK_BYTES(tr_buf_view(&out), TR_LIT("before the time of the time"));
    tr_buf_free(&out);
}

TR_PROP(output_ends_at_the_limit)
{
    tr_bytes data = any_data(g, 5000);
    tr_bytes in = packed(tr_gen_arena(g), data, any_settings(g));
    size_t limit = tr_gen_below(g, data.len + 2);
    tr_buf out;
    tr_buf_init(&out, tr_test_alloc(), limit);
    tr_err err = tr_brotli_decode(NULL, tr_test_alloc(), in, NULL, &out);
    TR_CHECK_ERR(err, limit < data.len ? TR_E_LIMIT : TR_OK);
    TR_CHECK_BYTES(tr_buf_view(&out), tr_bytes_cut(data, 0, limit));
    tr_buf_free(&out);
}

/* Sixteen million bytes in a dozen: commands and literals that take no bits at all. */
TR_TEST(a_bomb_is_an_error)
{
    /* One insert of everything; or inserts of one and copies of nine from the last distance. */
    static const struct {
        uint32_t command, insert;
    } bombs[] = {{504, (1 << 24) - 22594}, {15, 0}};
    for (size_t i = 0; i < TR_COUNTOF(bombs); i++) {
        bit_writer w = {0};
        one_symbol_metablock(&w, 1 << 24, 'x', bombs[i].command, 0);
        put_bits(&w, bombs[i].insert, 24);
        TR_CHECK(w.count < 16 * 8);
        tr_buf out;
        tr_buf_init(&out, tr_test_alloc(), 1 << 16);
        tr_err err = tr_brotli_decode(NULL, tr_test_alloc(), written(&w), NULL, &out);
        TR_CHECK_ERR(err, TR_E_LIMIT);
        TR_CHECK_EQ(out.len, 1 << 16);
        TR_CHECK(out.cap <= 1 << 16);
        tr_buf_free(&out);
    }
    tr_bytes zeros = compressible_of(tr_test_arena(), 1, 1 << 24, 3);
    tr_bytes bomb = packed(tr_test_arena(), zeros, (settings){5, 22, 0, 0, 0, 0});
    TR_CHECK(bomb.len < 1000);
    tr_buf out;
    tr_buf_init(&out, tr_test_alloc(), 1 << 20);
    TR_CHECK_ERR(tr_brotli_decode(NULL, tr_test_alloc(), bomb, NULL, &out), TR_E_LIMIT);
    TR_CHECK_EQ(out.len, 1 << 20);
    tr_buf_free(&out);
}

static tr_err decode_with(tr_alloc *alloc, void *context)
{
    const tr_bytes *in = context;
    tr_buf out;
    tr_buf_init(&out, alloc, 1 << 20);
    tr_err err = tr_brotli_decode(NULL, alloc, *in, NULL, &out);
    tr_buf_free(&out);
    return err;
}

TR_TEST(brotli_out_of_memory)
{
    for (int kind = 0; kind < 3; kind++) {
        tr_bytes data = compressible_of(tr_test_arena(), kind, 50000, 1);
        tr_bytes in = packed(tr_test_arena(), data, (settings){9, 18, 0, 0, 0, 16});
        tr_test_out_of_memory(decode_with, &in);
    }
}
