/* A store of tries in memory, by owner: a forest's source and sink.  Codes and block hashes come
 * from a world.  Who includes this defines CHECK(x). */
#ifndef TR_TESTS_UNIT_STATE_STORE_H
#define TR_TESTS_UNIT_STATE_STORE_H

#include "state/forest.h"
#include "trie/nodes.h"

typedef struct store_part {
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
    size_t cleared;
} store;

static inline store_part *store_find(store *s, const tr_hash *owner)
{
    store_part *p = s->parts;
    for (; p != NULL; p = p->next)
        if (p->is_accounts ? owner == NULL
                           : owner != NULL && memcmp(&p->owner, owner, sizeof(*owner)) == 0)
            return p;
    p = tr_alloc_get(s->alloc, sizeof(*p));
    CHECK(p != NULL);
    *p = (store_part){.next = s->parts, .is_accounts = owner == NULL};
    if (owner != NULL) p->owner = *owner;
    CHECK(tr_trie_memory_new(NULL, s->alloc, &p->nodes) == TR_OK);
    s->parts = p;
    return p;
}

static inline tr_trie_source *store_source(tr_forest_source *self, const tr_hash *owner)
{
    return tr_trie_memory_source(store_find((store *)self, owner)->nodes);
}

static inline store *store_of(tr_forest_sink *self)
{
    return (store *)(void *)((uint8_t *)self - offsetof(store, sink));
}

static inline tr_trie_sink *store_sink(tr_forest_sink *self, const tr_hash *owner)
{
    return tr_trie_memory_sink(store_find(store_of(self), owner)->nodes);
}

/* Clearing leaves the nodes where they are: no trie may name them any more. */
static inline tr_err store_clear(tr_forest_sink *self, tr_trail *trail, const tr_hash *owner)
{
    (void)trail;
    (void)store_find(store_of(self), owner);
    store_of(self)->cleared++;
    return TR_OK;
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
