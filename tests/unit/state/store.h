/* A store of tries in memory, by owner: a forest's source and sink.  Codes and block hashes come
 * from a world.  Who includes this defines CHECK(x). */
#ifndef TR_TESTS_UNIT_STATE_STORE_H
#define TR_TESTS_UNIT_STATE_STORE_H

#include "state/forest.h"
#include "trie/nodes.h"

/* source and sink stay what they are when the nodes behind them are cleared. */
typedef struct store_part {
    tr_trie_source source;
    tr_trie_sink sink;
    struct store_part *next;
    bool is_accounts;
    tr_hash owner;
    tr_trie_memory *nodes;
} store_part;

typedef struct store {
    tr_forest_source source;
    tr_forest_sink sink;
    tr_alloc *alloc;
    tr_world *world;
    store_part *parts;
} store;

static inline tr_err store_load(tr_trie_source *self, tr_trail *trail, const tr_path *path,
                                const tr_hash *hash, tr_bytes *out)
{
    tr_trie_source *to = tr_trie_memory_source(((store_part *)self)->nodes);
    return to->load(to, trail, path, hash, out);
}

static inline tr_trie_sink *store_to(tr_trie_sink *self)
{
    store_part *part = (store_part *)(void *)((uint8_t *)self - offsetof(store_part, sink));
    return tr_trie_memory_sink(part->nodes);
}

static inline tr_err store_put(tr_trie_sink *self, tr_trail *trail, const tr_path *path,
                               const tr_hash *hash, tr_bytes encoding)
{
    return store_to(self)->put(store_to(self), trail, path, hash, encoding);
}

static inline tr_err store_remove(tr_trie_sink *self, tr_trail *trail, const tr_path *path)
{
    return store_to(self)->remove(store_to(self), trail, path);
}

static inline store_part *store_find(store *s, const tr_hash *owner)
{
    store_part *p = s->parts;
    for (; p != NULL; p = p->next)
        if (p->is_accounts ? owner == NULL
                           : owner != NULL && memcmp(&p->owner, owner, sizeof(*owner)) == 0)
            return p;
    p = tr_alloc_get(s->alloc, sizeof(*p));
    CHECK(p != NULL);
    *p = (store_part){.source = {store_load},
                      .sink = {store_put, store_remove},
                      .next = s->parts,
                      .is_accounts = owner == NULL};
    if (owner != NULL) p->owner = *owner;
    CHECK(tr_trie_memory_new(NULL, s->alloc, &p->nodes) == TR_OK);
    s->parts = p;
    return p;
}

static inline tr_trie_source *store_source(tr_forest_source *self, const tr_hash *owner)
{
    return &store_find((store *)self, owner)->source;
}

static inline store *store_of(tr_forest_sink *self)
{
    return (store *)(void *)((uint8_t *)self - offsetof(store, sink));
}

static inline tr_trie_sink *store_sink(tr_forest_sink *self, const tr_hash *owner)
{
    return &store_find(store_of(self), owner)->sink;
}

static inline tr_err store_clear(tr_forest_sink *self, tr_trail *trail, const tr_hash *owner)
{
    store_part *part = store_find(store_of(self), owner);
    (void)trail;
    tr_trie_memory_free(part->nodes);
    CHECK(tr_trie_memory_new(NULL, store_of(self)->alloc, &part->nodes) == TR_OK);
    return TR_OK;
}

static inline size_t store_count(const store *s)
{
    size_t count = 0;
    for (const store_part *p = s->parts; p != NULL; p = p->next)
        count += tr_trie_memory_count(p->nodes);
    return count;
}

static inline tr_err store_code(tr_forest_source *self, tr_trail *trail, const tr_hash *code_hash,
                                tr_bytes *out)
{
    tr_world *world = ((store *)self)->world;
    return world->code(world, trail, NULL, code_hash, out);
}

static inline void store_init(store *s, tr_alloc *alloc, tr_world *world)
{
    *s = (store){.source = {store_source, store_code, NULL},
                 .sink = {store_sink, store_clear},
                 .alloc = alloc,
                 .world = world};
}

static inline void store_free(store *s)
{
    for (store_part *p = s->parts, *next; p != NULL; p = next) {
        next = p->next;
        tr_trie_memory_free(p->nodes);
        tr_alloc_put(s->alloc, p, sizeof(*p));
    }
    s->parts = NULL;
}

#endif
