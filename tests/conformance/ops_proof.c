/* Operations on trie/ that keep nothing: paths, proofs, ordered tries. */
#include "ops.h"
#include "trie/build.h"
#include "trie/proof.h"

/* In: 1 for a path that ends in a value, else 0; the nibbles, one in a byte.  Out: hex-prefix. */
static tr_err op_path_encode(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    uint8_t bytes[TR_TRIE_PATH_MAX / 2 + 1];
    if (in.len == 0 || in.data[0] > 1 || in.len - 1 > TR_TRIE_PATH_MAX) return TR_E_ARGUMENT;
    size_t len = tr_path_encode(in.data + 1, in.len - 1, in.data[0] == 1, bytes);
    tr_buf_put(out, tr_bytes_of(bytes, len));
    return tr_buf_err(out);
}

/* The reverse. */
static tr_err op_path_decode(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_path path;
    bool leaf;
    TR_TRY(tr_path_decode(in, &path, &leaf));
    tr_buf_put_u8(out, leaf ? 1 : 0);
    tr_buf_put(out, tr_bytes_of(path.at, path.len));
    return tr_buf_err(out);
}

/* A count (4 bytes, little-endian), then for each its length (the same) and its bytes. */
static tr_err read_list(tr_arena *arena, tr_cursor *c, size_t *count, tr_bytes **list)
{
    *count = tr_cursor_u32le(c);
    if (*count > tr_cursor_left(c) / 4) return TR_E_SHORT;
    *list = TR_ARENA_ARRAY(arena, tr_bytes, *count);
    if (*list == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < *count; i++) (*list)[i] = tr_cursor_take(c, tr_cursor_u32le(c));
    return tr_cursor_finish(c, NULL, "a list");
}

/* In: root, length of the key (1 byte), key, nodes (a list).  Out: 1 and the value; 0 when the
 * proof shows that there is none. */
static tr_err op_check(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_hash root = {{0}};
    tr_cursor c = tr_cursor_of(in);
    tr_bytes root_bytes = tr_cursor_take(&c, sizeof(root));
    tr_bytes key = tr_cursor_take(&c, tr_cursor_u8(&c)), *nodes, value;
    size_t count;
    TR_TRY(read_list(arena, &c, &count, &nodes));
    memcpy(&root, root_bytes.data, sizeof(root));
    tr_err err = tr_trie_check(NULL, &root, key, count, nodes, &value);
    if (err != TR_OK && err != TR_E_NOT_FOUND) return err;
    tr_buf_put_u8(out, err == TR_OK ? 1 : 0);
    tr_buf_put(out, value);
    return tr_buf_err(out);
}

/* In: values (a list).  Out: the root of their ordered trie. */
static tr_err op_ordered_root(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_cursor c = tr_cursor_of(in);
    tr_bytes *values;
    size_t count;
    tr_hash root;
    TR_TRY(read_list(arena, &c, &count, &values));
    TR_TRY(tr_trie_ordered_root(NULL, &arena->alloc, NULL, count, values, &root));
    tr_buf_put(out, TR_VIEW(root.b));
    return tr_buf_err(out);
}

static const tr_op ops[] = {
    {"trie.path.encode", op_path_encode},
    {"trie.path.decode", op_path_decode},
    {"trie.check", op_check},
    {"trie.ordered-root", op_ordered_root},
};
const tr_ops tr_ops_proof = {ops, TR_COUNTOF(ops)};
