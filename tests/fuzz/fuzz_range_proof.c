/* Range proofs: what is true of a trie is accepted, and nothing else, whatever is done to entries,
 * edges and nodes.
 *
 * Input: the length of keys, the number of entries, the length of values, the entries' keys, the
 * two edges, and changes of five bytes each: what, where, and with what.  When the first bit is
 * set: entries and nodes (each after its length, two bytes) as they come; nothing is known of them
 * but that the checker must come back. */
#include "../unit/trie/naive.h"
#include "hash/keccak.h"
#include "os/heap.h"
#include "trie/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { ENTRIES = 24, NODES = 64 };

typedef struct claim {
    tr_bytes first, last;
    tr_trie_entry entries[2 * ENTRIES];
    size_t n;
    tr_bytes nodes[2 * NODES];
    size_t count;
    bool more;
} claim;

static void add_proof(tr_arena *arena, claim *c, size_t n, const tr_trie_entry all[], tr_bytes key)
{
    tr_trie_proof one = naive_prove(arena, n, all, key);
    for (size_t i = 0; i < one.count; i++) {
        size_t same = 0;
        while (same < c->count && !tr_bytes_eq(c->nodes[same], one.nodes[i])) same++;
        if (same == c->count) c->nodes[c->count++] = one.nodes[i];
    }
}

/* What is true between the edges. */
static claim truth(tr_arena *arena, size_t n, const tr_trie_entry all[], tr_bytes first,
                   tr_bytes last)
{
    claim c = {.first = first, .last = last};
    for (size_t i = 0; i < n; i++) {
        if (tr_bytes_cmp(all[i].key, last) > 0)
            c.more = true;
        else if (tr_bytes_cmp(first, all[i].key) <= 0)
            c.entries[c.n++] = all[i];
    }
    add_proof(arena, &c, n, all, first);
    add_proof(arena, &c, n, all, last);
    return c;
}

static tr_bytes changed_copy(tr_arena *arena, tr_bytes bytes, size_t at, uint8_t with)
{
    tr_bytes copy = tr_arena_copy(arena, bytes);
    TR_ASSERT(copy.data != NULL);
    if (bytes.len != 0) ((uint8_t *)(uintptr_t)copy.data)[at % bytes.len] ^= with;
    return copy;
}

/* Makes one change. */
static void change(tr_arena *arena, tr_cursor *in, claim *c)
{
    uint8_t what = tr_cursor_u8(in) % 8;
    size_t at = tr_cursor_u8(in), byte = tr_cursor_u16be(in);
    uint8_t with = tr_cursor_u8(in);
    if (what == 0) c->first = changed_copy(arena, c->first, byte, with);
    if (what == 1) c->last = changed_copy(arena, c->last, byte, with);
    if (what < 5 && c->n != 0) {
        tr_trie_entry *e = &c->entries[at %= c->n];
        if (what == 2) e->value = changed_copy(arena, e->value, byte, with);
        if (what == 3) e->key = changed_copy(arena, e->key, byte, with);
        if (what == 4) memmove(e, e + 1, (--c->n - at) * sizeof(*e));
    }
    if (what == 5 && c->n < 2 * ENTRIES) {
        tr_bytes key = changed_copy(arena, c->first, byte, with);
        c->entries[c->n++] = (tr_trie_entry){key, TR_LIT("another")};
        c->n = naive_sort(c->n, c->entries);
    }
    if (what > 5 && c->count != 0) {
        at %= c->count;
        if (what == 6) c->nodes[at] = changed_copy(arena, c->nodes[at], byte, with);
        if (what == 7) c->nodes[at] = c->nodes[--c->count];
    }
}

static bool same_entries(const claim *a, const claim *b)
{
    if (a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++)
        if (!tr_bytes_eq(a->entries[i].key, b->entries[i].key) ||
            !tr_bytes_eq(a->entries[i].value, b->entries[i].value))
            return false;
    return true;
}

static tr_err check(tr_arena *arena, const tr_hash *root, const claim *c, bool *more)
{
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_err err = tr_trie_check_range(&trail, &arena->alloc, root, c->first, c->last, c->n,
                                     c->entries, c->count, c->nodes, more);
    TR_ASSERT(trail.code == err);
    return err;
}

static void check_changes(tr_arena *arena, tr_cursor *in, size_t key_len)
{
    tr_trie_entry all[ENTRIES];
    size_t n = tr_cursor_u8(in) % (ENTRIES + 1), value_len = 1 + tr_cursor_u8(in) % 40;
    static const uint8_t pattern[] = "every value is a part of this text, you see";
    for (size_t i = 0; i < n; i++) {
        all[i].key = tr_cursor_take(in, key_len);
        all[i].value = (tr_bytes){pattern, 1 + (i + value_len) % value_len};
    }
    tr_bytes first = tr_cursor_take(in, key_len), last = tr_cursor_take(in, key_len);
    if (in->err != TR_OK || tr_bytes_cmp(first, last) > 0) return;
    n = naive_sort(n, all);
    tr_hash root = naive_root(arena, n, all);
    claim c = truth(arena, n, all, first, last);
    bool more;
    TR_ASSERT(check(arena, &root, &c, &more) == TR_OK && more == c.more);
    while (tr_cursor_left(in) >= 5) change(arena, in, &c);
    if (check(arena, &root, &c, &more) != TR_OK) return;
    claim fact = truth(arena, n, all, c.first, c.last);
    TR_ASSERT(same_entries(&c, &fact));
    TR_ASSERT(more == fact.more);
}

static void check_anything(tr_arena *arena, tr_cursor *in, size_t key_len)
{
    claim c = {0};
    bool more;
    size_t n = tr_cursor_u8(in) % ENTRIES;
    c.first = tr_cursor_take(in, key_len);
    c.last = tr_cursor_take(in, key_len);
    for (size_t i = 0; i < n; i++) {
        c.entries[i].key = tr_cursor_take(in, key_len);
        c.entries[i].value = tr_cursor_take(in, 1);
    }
    if (in->err != TR_OK) return;
    while (c.count < NODES && tr_cursor_left(in) > 2) {
        size_t size = tr_cursor_u16be(in);
        c.nodes[c.count++] = tr_cursor_take(in, TR_MIN(size, tr_cursor_left(in)));
    }
    tr_hash root = c.count == 0 ? tr_trie_empty_root : tr_keccak256(c.nodes[0]);
    if (check(arena, &root, &c, &more) != TR_OK) return;
    c.entries[n] = (tr_trie_entry){c.last, TR_LIT("no value of one byte")};
    c.n = naive_sort(n + 1, c.entries);
    if (c.n == n) c.entries[n - 1].value = TR_LIT("no value of one byte");
    TR_ASSERT(check(arena, &root, &c, &more) != TR_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_cursor in = tr_cursor_of((tr_bytes){data, len});
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    uint8_t first = tr_cursor_u8(&in);
    size_t key_len = 1 + (first & 0x7f) % 4;
    if (first < 128)
        check_changes(&arena, &in, key_len);
    else
        check_anything(&arena, &in, key_len);
    tr_arena_free(&arena);
    return 0;
}
