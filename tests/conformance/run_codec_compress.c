/* Channels and batches of real rollups, as far as decompressing them goes.  The sizes and hashes
 * of what they expand to are those that channel.json and batch_payload.json say beside them. */
#include "hash/hash.h"
#include "vectors.h"

static void expand(vec_run *run, const vec_file *file, const char *op, tr_bytes data, size_t size,
                   const char *sha256)
{
    tr_bytes name = tr_bytes_str(op), expanded;
    if (!vec_wants(run)) return;
    uint8_t *in = tr_arena_get(file->arena, data.len + 4, 1);
    if (in == NULL) {
        vec_fail(run, name, "no memory");
        return;
    }
    memcpy(in + 4, data.data, data.len);
    tr_store32le(in, (uint32_t)size);
    tr_bytes whole = tr_bytes_of(in, data.len + 4);
    tr_err err = vec_op(run, file, op, whole, &expanded);
    if (err == TR_OK) {
        tr_hash hash = tr_sha256(expanded), wanted;
        memcpy(&wanted, vec_hex(file, tr_bytes_str(sha256)).data, sizeof(wanted));
        vec_check(run, expanded.len == size && memcmp(&hash, &wanted, sizeof(hash)) == 0, name,
                  "%zu bytes, not the ones expected", expanded.len);
    } else {
        vec_fail(run, name, "%s", tr_err_name(err));
    }
    if (!vec_wants(run)) return;
    tr_store32le(in, (uint32_t)size - 1);
    err = vec_op(run, file, op, whole, &expanded);
    vec_check(run, err == TR_E_LIMIT, name, "with one byte less: %s", tr_err_name(err));
}

static void op_channel(vec_run *run, const vec_file *file)
{
    expand(run, file, "inflate.zlib", file->data, 1409463,
           "f437cc78d35de8f9271cc4774f9491cabb29c73302ca233efd44d5e936786d5f");
}

/* The first byte says that brotli data follows. */
static void arbitrum_batch(vec_run *run, const vec_file *file)
{
    expand(run, file, "brotli.decode", tr_bytes_cut(file->data, 1, file->data.len), 290240,
           "02f586d2f95425e090221dd5e4c22304e07debfefd7216f61bf88fb307d482cc");
}

static const vec_row rows[] = {
    {"op-derive/channel_zlib.bin", op_channel, false},
    {"arb-nitro/batch_payload.bin", arbitrum_batch, false},
};
const vec_rows vec_rows_codec_compress = {rows, TR_COUNTOF(rows)};
