/* Decompression of a batch: the portable decoders of the guest closure, and the libraries on the
 * same data. */
#include "cli/bench/bench.h"
#include "codec/brotli.h"
#include "codec/compress.h"
#include "codec/inflate.h"

enum { BATCH = 100000 };

typedef struct batch {
    tr_alloc *alloc;
    tr_bytes packed;
    tr_buf out;
} batch;

static uint64_t put_random(tr_buf *to, uint64_t *seed, size_t count)
{
    uint64_t r = 0;
    for (size_t i = 0; i < count; i++) {
        if (i % 8 == 0) r = tr_bench_random(seed);
        tr_buf_put_u8(to, (uint8_t)(r >> (i % 8 * 8)));
    }
    return r;
}

/* Signed token transfers as a batch has them: mostly the same fields, addresses out of a few
 * hundred, amounts with many zeros, and a signature that no one can compress. */
static void put_batch(tr_buf *to)
{
    uint64_t seed = 1;
    while (to->len < BATCH) {
        uint64_t r = tr_bench_random(&seed), from = r % 300, other = (r >> 16) % 300;
        tr_buf_put(to, TR_LIT("\x02\xf8\xb0\x0a"));
        tr_buf_put_u8(to, (uint8_t)(r >> 32 & 0x7f));
        tr_buf_put(to, TR_LIT("\x83\x0f\x42\x40\x83\x10\xc8\xe0\x82\xfd\xe8\x94"));
        (void)put_random(to, &(uint64_t){r >> 48 & 15}, 20);
        tr_buf_put(to, TR_LIT("\x80\xb8\x44\xa9\x05\x9c\xbb"));
        tr_buf_put_zeros(to, 12);
        (void)put_random(to, &(uint64_t){1000 + other}, 20);
        tr_buf_put_zeros(to, 24);
        (void)put_random(to, &(uint64_t){from}, 2);
        tr_buf_put_zeros(to, 6);
        tr_buf_put(to, TR_LIT("\xc0\x80\xa0"));
        (void)put_random(to, &seed, 32);
        tr_buf_put_u8(to, 0xa0);
        (void)put_random(to, &seed, 32);
    }
    to->len = BATCH;
}

static void *set_up(const tr_bench_input *input, tr_compress_format format, int level)
{
    batch *b = TR_ARENA_NEW(input->arena, batch);
    if (b == NULL) return NULL;
    tr_buf plain, packed;
    tr_buf_init(&plain, &input->arena->alloc, 2 * BATCH);
    tr_buf_init(&packed, &input->arena->alloc, 2 * BATCH);
    put_batch(&plain);
    tr_compress_how how = {format, level, 0};
    if (tr_buf_err(&plain) != TR_OK) return NULL;
    if (tr_compress(NULL, &input->arena->alloc, &how, tr_buf_view(&plain), &packed) != TR_OK)
        return NULL;
    b->alloc = input->alloc;
    b->packed = tr_buf_view(&packed);
    uint8_t *room = tr_arena_get(input->arena, BATCH, 1);
    if (room == NULL) return NULL;
    tr_buf_init_fixed(&b->out, room, BATCH);
    tr_buf_put(input->document, b->packed);
    return b;
}

static void *set_up_zlib(const tr_bench_input *input)
{
    return set_up(input, TR_COMPRESS_ZLIB, 9);
}

static void *set_up_brotli(const tr_bench_input *input)
{
    return set_up(input, TR_COMPRESS_BROTLI, 10);
}

static uint64_t result_of(const batch *b, tr_err err)
{
    TR_ASSERT(err == TR_OK && b->out.len == BATCH);
    return b->out.data[BATCH - 1] + (uint64_t)b->out.data[BATCH / 2];
}

static uint64_t run_inflate(void *state)
{
    batch *b = state;
    tr_buf_clear(&b->out);
    return result_of(b, tr_inflate_zlib(NULL, b->packed, NULL, &b->out));
}

static uint64_t run_brotli(void *state)
{
    batch *b = state;
    tr_buf_clear(&b->out);
    return result_of(b, tr_brotli_decode(NULL, b->alloc, b->packed, NULL, &b->out));
}

static uint64_t run_zlib_library(void *state)
{
    batch *b = state;
    tr_buf_clear(&b->out);
    return result_of(b, tr_decompress(NULL, b->alloc, TR_COMPRESS_ZLIB, b->packed, NULL, &b->out));
}

static uint64_t run_brotli_library(void *state)
{
    batch *b = state;
    tr_buf_clear(&b->out);
    return result_of(b,
                     tr_decompress(NULL, b->alloc, TR_COMPRESS_BROTLI, b->packed, NULL, &b->out));
}

static const tr_bench_row rows[] = {
    {.name = "inflate-100k",
     .what = "zlib data of a 100 kB batch, portable decoder",
     .ops = 1,
     .bytes = BATCH,
     .tier_ns = {300e3, 600e3, 1200e3},
     .setup = set_up_zlib,
     .run = run_inflate},
    {.name = "inflate-100k-zlib",
     .what = "the same through zlib",
     .ops = 1,
     .bytes = BATCH,
     .tier_ns = {300e3, 600e3, 1200e3},
     .setup = set_up_zlib,
     .run = run_zlib_library},
    {.name = "brotli-100k",
     .what = "brotli data of a 100 kB batch, portable decoder",
     .ops = 1,
     .bytes = BATCH,
     .tier_ns = {400e3, 800e3, 1600e3},
     .setup = set_up_brotli,
     .run = run_brotli},
    {.name = "brotli-100k-lib",
     .what = "the same through libbrotlidec",
     .ops = 1,
     .bytes = BATCH,
     .tier_ns = {400e3, 800e3, 1600e3},
     .setup = set_up_brotli,
     .run = run_brotli_library},
};

const tr_bench_rows tr_bench_rows_compress = {rows, TR_COUNTOF(rows)};
