/* The inside of a forest, shared by the forest*.c files. */
#ifndef TR_STATE_FOREST_INTERNAL_H
#define TR_STATE_FOREST_INTERNAL_H

#include "eth/account.h"
#include "state/forest.h"
#include "state/table.h"

/* The storage of an account: one that was read or changed, and not closed since.  Without a source
 * every storage that is not empty has one. */
typedef struct tr_storage {
    tr_addr address;
    uint32_t mark;
    tr_hash owner, root; /* root: kept when the trie is */
    tr_trie *trie;       /* NULL: empty, since it was cleared */
    struct tr_storage *next, *previous;
    bool unsaved; /* changed since the last commit */
    bool cleared; /* what the store has of it is to go first */
    bool used;    /* since the last prune */
} tr_storage;

struct tr_forest {
    tr_world door;
    tr_counted memory;
    tr_forest_source *source;
    tr_trie *accounts;
    tr_table table; /* of storages, by address */
    tr_chunks chunks;
    tr_storage *storages, *free;
    void *scratch;
    size_t scratch_size;
    tr_seed seed;
    bool broken;
};

TR_NODISCARD tr_err tr_forest_ready(tr_trail *trail, const tr_forest *forest);

/* tr_forest_limit turns a trie's want of memory into what the forest's limit makes of it. */
TR_NODISCARD tr_err tr_forest_limit(tr_trail *trail, const tr_forest *forest, tr_err err);

/* tr_forest_read gives the account's leaf; one that is not there has empty roots. */
TR_NODISCARD tr_err tr_forest_read(tr_trail *trail, tr_forest *forest, const tr_addr *address,
                                   tr_account *out, bool *exists);

tr_storage *tr_forest_find(const tr_forest *forest, const tr_addr *address);

/* tr_forest_open adds a storage that is not there.  root NULL: the one that the account names. */
TR_NODISCARD tr_err tr_forest_open(tr_trail *trail, tr_forest *forest, const tr_addr *address,
                                   const tr_hash *root, tr_storage **out);

/* tr_forest_plant gives a storage a trie of the root that it has. */
TR_NODISCARD tr_err tr_forest_plant(tr_trail *trail, tr_forest *forest, tr_storage *storage);
void tr_forest_close(tr_forest *forest, tr_storage *storage);

#endif
