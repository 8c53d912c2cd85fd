/* The library formats behind one interface: round trips, limits, damage, streaming. */
#include "codec/compress.h"

#include "codec/inflate.h"
#include "compressible.h"
#include "harness.h"

static tr_bytes packed_of(tr_arena *arena, tr_compress_how how, tr_bytes data)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    TR_CHECK_OK(tr_compress(NULL, tr_test_alloc(), &how, data, &out));
    return tr_buf_view(&out);
}

TR_TEST(every_level_comes_back)
{
    for (unsigned f = 0; f < TR_COMPRESS_FORMATS; f++) {
        tr_compress_range range = tr_compress_levels((tr_compress_format)f);
        for (int level = range.lowest; level <= range.highest; level++) {
            int kind = level % COMPRESSIBLE_KINDS;
            tr_bytes data = compressible_of(tr_test_arena(), kind, 30000, tr_test_random());
            tr_compress_how how = {(tr_compress_format)f, level, 0};
            tr_bytes packed = packed_of(tr_test_arena(), how, data);
            tr_buf out;
            tr_buf_init(&out, tr_test_alloc(), data.len);
            TR_CHECK_OK(tr_decompress(NULL, tr_test_alloc(), how.format, packed, NULL, &out));
            TR_CHECK_BYTES(tr_buf_view(&out), data);
            tr_buf_free(&out);
        }
    }
}

TR_TEST(levels_and_windows_that_are_not_there)
{
    static const tr_compress_how wrong[] = {
        {TR_COMPRESS_ZLIB, 10, 0},   {TR_COMPRESS_ZLIB, -1, 0},   {TR_COMPRESS_ZLIB, 6, 16},
        {TR_COMPRESS_BROTLI, 12, 0}, {TR_COMPRESS_BROTLI, 5, 25}, {TR_COMPRESS_BROTLI, 5, 9},
        {TR_COMPRESS_ZSTD, 0, 0},    {TR_COMPRESS_ZSTD, 23, 0},   {TR_COMPRESS_ZSTD, 3, 32},
    };
    tr_buf out;
    tr_buf_init(&out, tr_test_alloc(), 100);
    for (size_t i = 0; i < TR_COUNTOF(wrong); i++)
        TR_CHECK_ERR(tr_compress(NULL, tr_test_alloc(), &wrong[i], TR_LIT("a"), &out),
                     TR_E_ARGUMENT);
    TR_CHECK_EQ(out.cap, 0);
}

static tr_compress_how any_how(tr_gen *g)
{
    tr_compress_format format = (tr_compress_format)tr_gen_below(g, TR_COMPRESS_FORMATS);
    return (tr_compress_how){format, 1 + (int)tr_gen_below(g, 6),
                             10 + (unsigned)tr_gen_below(g, 6)};
}

TR_PROP(output_ends_at_the_limit)
{
    tr_compress_how how = any_how(g);
    tr_bytes data = compressible(g, 1 + tr_gen_below(g, 9000));
    tr_bytes packed = packed_of(tr_gen_arena(g), how, data);
    size_t limit = tr_gen_below(g, data.len + 2);
    tr_buf out;
    tr_buf_init(&out, &tr_gen_arena(g)->alloc, limit);
    tr_err err = tr_decompress(NULL, tr_test_alloc(), how.format, packed, NULL, &out);
    TR_CHECK_ERR(err, limit < data.len ? TR_E_LIMIT : TR_OK);
    TR_CHECK_BYTES(tr_buf_view(&out), tr_bytes_cut(data, 0, limit));

    size_t packed_limit = tr_gen_below(g, packed.len);
    tr_buf_init(&out, &tr_gen_arena(g)->alloc, packed_limit);
    err = tr_compress(NULL, tr_test_alloc(), &how, data, &out);
    TR_CHECK(out.len <= packed_limit);
    if (err == TR_OK) {
        /* With less room libzstd goes about it in another way, which may give less: by a little. */
        TR_CHECK_EQ(how.format, TR_COMPRESS_ZSTD);
        TR_CHECK(out.len >= packed.len / 2);
        tr_buf back;
        tr_buf_init(&back, &tr_gen_arena(g)->alloc, data.len);
        TR_CHECK_OK(
            tr_decompress(NULL, tr_test_alloc(), how.format, tr_buf_view(&out), NULL, &back));
        TR_CHECK_BYTES(tr_buf_view(&back), data);
        return;
    }
    TR_CHECK_ERR(err, TR_E_LIMIT);
}

TR_PROP(cut_off_data_is_too_short)
{
    tr_compress_how how = any_how(g);
    tr_bytes data = compressible(g, tr_gen_below(g, 3000));
    tr_bytes packed = packed_of(tr_gen_arena(g), how, data);
    tr_trail trail;
    size_t len = tr_gen_below(g, packed.len);
    tr_buf out;
    tr_buf_init(&out, &tr_gen_arena(g)->alloc, data.len);
    tr_err err = tr_decompress(&trail, tr_test_alloc(), how.format, tr_bytes_cut(packed, 0, len),
                               NULL, &out);
    TR_CHECK_ERR(err, TR_E_SHORT);
    TR_CHECK_EQ(trail.offset, len);
    TR_CHECK_BYTES(tr_buf_view(&out), tr_bytes_cut(data, 0, out.len));
}

TR_PROP(bytes_after_the_end)
{
    tr_compress_how how = any_how(g);
    tr_bytes data = compressible(g, tr_gen_below(g, 3000));
    tr_buf twice;
    tr_buf_init(&twice, &tr_gen_arena(g)->alloc, SIZE_MAX);
    tr_bytes packed = packed_of(tr_gen_arena(g), how, data);
    tr_buf_put(&twice, packed);
    tr_buf_put(&twice, packed);
    tr_buf out;
    tr_buf_init(&out, &tr_gen_arena(g)->alloc, 2 * data.len);
    size_t used;
    tr_bytes in = tr_buf_view(&twice);
    TR_CHECK_OK(tr_decompress(NULL, tr_test_alloc(), how.format, in, &used, &out));
    TR_CHECK_EQ(used, packed.len);
    TR_CHECK_BYTES(tr_buf_view(&out), data);
    tr_buf_clear(&out);
    /* Zstd data is a sequence of frames, so there the second is part of it. */
    bool frames = how.format == TR_COMPRESS_ZSTD;
    tr_trail trail;
    tr_err err = tr_decompress(&trail, tr_test_alloc(), how.format, in, NULL, &out);
    TR_CHECK_ERR(err, frames ? TR_OK : TR_E_TRAILING);
    if (err != TR_OK) TR_CHECK_EQ(trail.offset, packed.len);
    TR_CHECK_EQ(out.len, data.len * (frames ? 2 : 1));
}

TR_PROP(damaged_data_never_passes_the_limit)
{
    tr_compress_how how = any_how(g);
    tr_bytes packed = packed_of(tr_gen_arena(g), how, compressible(g, 2000));
    tr_buf out;
    tr_buf_init(&out, &tr_gen_arena(g)->alloc, 4000);
    tr_trail trail;
    tr_bytes in = mutated(g, packed);
    tr_err err = tr_decompress(&trail, tr_test_alloc(), how.format, in, NULL, &out);
    TR_CHECK(out.len <= 4000);
    if (err != TR_OK) TR_CHECK(trail.offset <= in.len);
    if (how.format != TR_COMPRESS_ZLIB) return;
    /* The library and its portable twin give the same verdict and the same bytes. */
    tr_buf twin;
    tr_buf_init(&twin, &tr_gen_arena(g)->alloc, 4000);
    TR_CHECK_ERR(tr_inflate_zlib(NULL, in, NULL, &twin), err);
    TR_CHECK_BYTES(tr_buf_view(&twin), tr_buf_view(&out));
}

TR_PROP(in_pieces)
{
    tr_compress_how how = any_how(g);
    tr_bytes data = compressible(g, tr_gen_below(g, 20000));
    tr_bytes left = packed_of(tr_gen_arena(g), how, data);
    tr_unpack *unpack;
    TR_CHECK_OK(tr_unpack_open(NULL, tr_test_alloc(), how.format, &unpack));
    uint8_t room[700];
    size_t done = 0;
    bool end = false;
    while (!end) {
        tr_buf out;
        tr_buf_init_fixed(&out, room, 1 + tr_gen_below(g, sizeof(room)));
        tr_bytes piece = tr_bytes_cut(left, 0, tr_gen_below(g, 500));
        size_t before = piece.len;
        TR_CHECK_OK(tr_unpack_some(NULL, unpack, &piece, &out, &end));
        left = tr_bytes_cut(left, before - piece.len, left.len);
        TR_CHECK_BYTES(tr_buf_view(&out), tr_bytes_cut(data, done, out.len));
        done += out.len;
    }
    tr_unpack_close(unpack);
    TR_CHECK_EQ(left.len, 0);
    TR_CHECK_EQ(done, data.len);
}

TR_TEST(a_bomb_is_an_error)
{
    tr_bytes zeros = compressible_of(tr_test_arena(), 1, 1 << 25, 7);
    for (unsigned f = 0; f < TR_COMPRESS_FORMATS; f++) {
        tr_compress_how how = {(tr_compress_format)f, 5, 0};
        tr_bytes bomb = packed_of(tr_test_arena(), how, zeros);
        TR_CHECK(bomb.len < 1 << 16);
        tr_buf out;
        tr_buf_init(&out, tr_test_alloc(), 1 << 16);
        TR_CHECK_ERR(tr_decompress(NULL, tr_test_alloc(), how.format, bomb, NULL, &out),
                     TR_E_LIMIT);
        TR_CHECK_EQ(out.len, 1 << 16);
        TR_CHECK(out.cap <= 1 << 16);
        tr_buf_free(&out);
    }
}

/* A frame that asks for a window of 2 GiB is taken: only what is needed of it is touched. */
TR_TEST(long_windows)
{
    tr_bytes head = tr_test_hex("28b52ffd00a8"); /* no content size, window of 2^31 */
    uint8_t frame[32];
    memcpy(frame, head.data, head.len);
    memcpy(frame + head.len, "\x19\0\0abc", 6); /* last block, stored, three bytes */
    tr_buf out;
    tr_buf_init(&out, tr_test_alloc(), 100);
    tr_unpack *unpack;
    TR_CHECK_OK(tr_unpack_open(NULL, tr_test_alloc(), TR_COMPRESS_ZSTD, &unpack));
    tr_bytes in = tr_bytes_of(frame, head.len + 6);
    bool end;
    tr_err err = tr_unpack_some(NULL, unpack, &in, &out, &end);
    tr_unpack_close(unpack);
    if (err == TR_E_MEMORY) TR_SKIP("no 2 GiB to be had");
    TR_CHECK_OK(err);
    TR_CHECK_BYTES(tr_buf_view(&out), TR_LIT("abc"));
    tr_buf_free(&out);
}

static tr_err there_and_back(tr_alloc *alloc, void *context)
{
    const tr_compress_how *how = context;
    tr_buf packed, out;
    tr_buf_init(&packed, alloc, 1 << 20);
    tr_buf_init(&out, alloc, 1 << 20);
    tr_bytes data = compressible_of(tr_test_arena(), 2, 3000, 5);
    tr_err err = tr_compress(NULL, alloc, how, data, &packed);
    if (err == TR_OK)
        err = tr_decompress(NULL, alloc, how->format, tr_buf_view(&packed), NULL, &out);
    tr_buf_free(&packed);
    tr_buf_free(&out);
    return err;
}

TR_TEST(compress_out_of_memory)
{
    for (unsigned f = 0; f < TR_COMPRESS_FORMATS; f++) {
        tr_compress_how how = {(tr_compress_format)f, 5, 15};
        tr_test_out_of_memory(there_and_back, &how);
    }
}
