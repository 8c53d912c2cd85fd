/* Operations on tries that change. */
#include "ops.h"
#include "trie/trie.h"

enum { SECURE = 1, ONE_BY_ONE = 2, MOST_CHANGES = 1 << 16 };

typedef struct changes {
    tr_trie_change *at;
    size_t count;
} changes;

/* Reads pairs of a key (its length in two bytes, big-endian, before it) and a value (four bytes),
 * or keys alone. */
static tr_err read_changes(tr_arena *arena, tr_cursor *c, bool values, changes *out)
{
    size_t most = TR_MIN(tr_cursor_left(c) / 2 + 1, (size_t)MOST_CHANGES);
    out->at = TR_ARENA_ARRAY(arena, tr_trie_change, most);
    if (out->at == NULL) return TR_E_MEMORY;
    for (out->count = 0; tr_cursor_left(c) != 0; out->count++) {
        if (out->count == most) return TR_E_LIMIT;
        tr_trie_change *change = &out->at[out->count];
        change->key = tr_cursor_take(c, tr_cursor_u16be(c));
        change->value = values ? tr_cursor_take(c, tr_cursor_u32be(c)) : TR_LIT("here");
    }
    return c->err;
}

static tr_err update(tr_trie *trie, const changes *in, bool one_by_one, tr_hash *root)
{
    if (!one_by_one) {
        TR_TRY(tr_trie_update(NULL, trie, NULL, in->count, in->at));
    } else {
        for (size_t i = 0; i < in->count; i++)
            TR_TRY(tr_trie_update(NULL, trie, NULL, 1, &in->at[i]));
    }
    return tr_trie_root(NULL, trie, NULL, root);
}

/* In: flags (1: the keys are hashed, 2: one change after another, not all at once), changes.  Out:
 * the root that they lead to. */
static tr_err op_root(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_trie *trie;
    tr_hash root;
    changes list;
    tr_cursor c = tr_cursor_of(in);
    uint8_t flags = tr_cursor_u8(&c);
    TR_TRY(read_changes(arena, &c, true, &list));
    tr_trie_options options = {
        .alloc = &arena->alloc, .secure = (flags & SECURE) != 0, .limit = SIZE_MAX};
    TR_TRY(tr_trie_new(NULL, &options, &trie));
    tr_err err = update(trie, &list, (flags & ONE_BY_ONE) != 0, &root);
    tr_trie_free(trie);
    if (err != TR_OK) return err;
    tr_buf_put(out, TR_VIEW(root.b));
    return tr_buf_err(out);
}

static void put_key(tr_buf *out, tr_bytes key)
{
    tr_buf_put_u8(out, (uint8_t)(key.len >> 8));
    tr_buf_put_u8(out, (uint8_t)key.len);
    tr_buf_put(out, key);
}

/* The neighbours of a key are the last entry of the range up to it and the first of the range from
 * it on. */
static tr_err find_neighbours(tr_arena *arena, tr_trie *trie, tr_bytes key, tr_buf *out)
{
    uint8_t last[TR_TRIE_KEY_MAX];
    tr_trie_range range;
    memset(last, 0xff, sizeof(last));
    tr_bytes neighbours[2] = {{NULL, 0}, {NULL, 0}};
    TR_TRY(
        tr_trie_get_range(NULL, trie, arena, (tr_bytes){NULL, 0}, key, SIZE_MAX, SIZE_MAX, &range));
    for (size_t i = 0; i < range.count; i++)
        if (!tr_bytes_eq(range.entries[i].key, key)) neighbours[0] = range.entries[i].key;
    TR_TRY(tr_trie_get_range(NULL, trie, arena, key, TR_VIEW(last), 2, SIZE_MAX, &range));
    for (size_t i = range.count; i-- > 0;)
        if (!tr_bytes_eq(range.entries[i].key, key)) neighbours[1] = range.entries[i].key;
    put_key(out, neighbours[0]);
    put_key(out, neighbours[1]);
    return tr_buf_err(out);
}

/* In: a key, then those of a trie, each with its length in two bytes.  Out: the trie's keys before
 * and after it, in the same form; an empty one where there is none. */
static tr_err op_neighbours(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_trie *trie;
    tr_hash root;
    changes list;
    tr_cursor c = tr_cursor_of(in);
    tr_bytes key = tr_cursor_take(&c, tr_cursor_u16be(&c));
    TR_TRY(read_changes(arena, &c, false, &list));
    tr_trie_options options = {.alloc = &arena->alloc, .limit = SIZE_MAX};
    TR_TRY(tr_trie_new(NULL, &options, &trie));
    tr_err err = update(trie, &list, false, &root);
    if (err == TR_OK) err = find_neighbours(arena, trie, key, out);
    tr_trie_free(trie);
    return err;
}

static const tr_op ops[] = {
    {"trie.root", op_root},
    {"trie.neighbours", op_neighbours},
};
const tr_ops tr_ops_trie = {ops, TR_COUNTOF(ops)};
