#include "codec/ssz_internal.h"
#include "hash/hash.h"

/* Levels above so many leaves. */
static uint8_t depth_of(uint64_t leaves)
{
    return leaves <= 1 ? 0 : (uint8_t)(64 - tr_clz64(leaves - 1));
}

/* The root over count leaves of a tree that has room for most.  The leaves are overwritten. */
static tr_err merkleize(tr_trail *trail, tr_hash *leaves, size_t count, uint64_t most, tr_hash *out)
{
    tr_merkle_rule rule = {
        .hash = tr_merkle_sha256, .edge = TR_MERKLE_ZEROS, .depth = depth_of(most)};
    if (count > most) return tr_fail(trail, TR_E_RANGE, "SSZ: more items than the type allows");
    return tr_merkle_root(trail, &rule, count, leaves, out);
}

static void mix_in_length(tr_hash *root, uint64_t length)
{
    tr_hash pair[2] = {*root, {{0}}};
    tr_store64le(pair[1].b, length);
    tr_merkle_sha256(1, pair, root);
}

/* Bytes as leaves of 32 bytes, the last one filled up with zeros. */
static tr_err root_of_bytes(tr_trail *trail, tr_arena *scratch, tr_bytes bytes, uint64_t most,
                            tr_hash *out)
{
    size_t count = bytes.len / 32 + (bytes.len % 32 != 0);
    tr_hash *leaves = TR_ARENA_ARRAY(scratch, tr_hash, count);
    if (leaves == NULL) return tr_fail(trail, TR_E_MEMORY, "SSZ: no memory for a tree");
    if (count != 0) {
        memset(&leaves[count - 1], 0, sizeof(tr_hash));
        memcpy(leaves, bytes.data, bytes.len);
    }
    return merkleize(trail, leaves, count, most, out);
}

/* How many leaves of 32 bytes so many items of a plain type take. */
static uint64_t chunks(uint64_t items, uint64_t item_size)
{
    uint64_t in_one = 32 / item_size;
    return items / in_one + (items % in_one != 0);
}

static tr_err root_of_bitlist(tr_trail *trail, tr_arena *scratch, const tr_ssz *value, tr_hash *out)
{
    uint64_t length = tr_ssz_length(value);
    size_t whole = (size_t)(length / 8 + (length % 8 != 0));
    uint8_t *bits = tr_arena_get(scratch, whole, 1);
    if (bits == NULL) return tr_fail(trail, TR_E_MEMORY, "SSZ: no memory for a tree");
    if (whole != 0) memcpy(bits, value->bytes.data, whole);
    if (length % 8 != 0) bits[whole - 1] &= (uint8_t)((1u << length % 8) - 1);
    uint64_t most = value->type->size / 256 + (value->type->size % 256 != 0);
    return root_of_bytes(trail, scratch, (tr_bytes){bits, whole}, most, out);
}

static tr_err root_of_plain(tr_trail *trail, tr_arena *scratch, const tr_ssz *value, tr_hash *out)
{
    const tr_ssz_type *type = value->type;
    switch (type->kind) {
    case TR_SSZ_UINT:
    case TR_SSZ_BOOL:
        return root_of_bytes(trail, scratch, value->bytes, 1, out);
    case TR_SSZ_BITVECTOR:
        return root_of_bytes(trail, scratch, value->bytes,
                             type->size / 256 + (type->size % 256 != 0), out);
    case TR_SSZ_BITLIST:
        return root_of_bitlist(trail, scratch, value, out);
    case TR_SSZ_VECTOR:
    case TR_SSZ_LIST:
        return root_of_bytes(trail, scratch, value->bytes, chunks(type->size, type->item->size),
                             out);
    case TR_SSZ_CONTAINER:
        break;
    }
    return tr_fail(trail, TR_E_TYPE, "SSZ: a container has no bytes");
}

static tr_err root_of_items(tr_trail *trail, tr_arena *scratch, const tr_ssz *value, tr_hash *out)
{
    tr_hash *roots = TR_ARENA_ARRAY(scratch, tr_hash, value->count);
    if (roots == NULL) return tr_fail(trail, TR_E_MEMORY, "SSZ: no memory for a tree");
    for (size_t i = 0; i < value->count; i++)
        TR_TRY(tr_ssz_root(trail, scratch, &value->items[i], &roots[i]));
    return merkleize(trail, roots, value->count, value->type->size, out);
}

tr_err tr_ssz_root(tr_trail *trail, tr_arena *scratch, const tr_ssz *value, tr_hash *out)
{
    tr_arena_mark mark = tr_arena_save(scratch);
    tr_err err = tr_ssz_is_plain(value->type) ? root_of_plain(trail, scratch, value, out)
                                              : root_of_items(trail, scratch, value, out);
    tr_arena_rewind(scratch, mark);
    if (err == TR_OK && (value->type->kind == TR_SSZ_LIST || value->type->kind == TR_SSZ_BITLIST))
        mix_in_length(out, tr_ssz_length(value));
    return err;
}
