/* A world in memory: flat tables of accounts, slots and codes, to which changes are applied. */
#ifndef TR_STATE_MEMORY_H
#define TR_STATE_MEMORY_H

#include "base/exec.h"
#include "state/world.h"

typedef struct tr_memory_world tr_memory_world;

TR_NODISCARD tr_err tr_memory_world_new(tr_trail *trail, tr_alloc *alloc, size_t limit,
                                        tr_memory_world **out);
void tr_memory_world_free(tr_memory_world *world);
tr_world *tr_memory_world_door(tr_memory_world *world);

/* tr_memory_world_apply takes what a run did (or what a genesis lists: every account with existed
 * and before empty).  Codes stay as long as the world.  After an error a part may have been made.
 */
TR_NODISCARD tr_err tr_memory_world_apply(tr_trail *trail, tr_memory_world *world,
                                          const tr_changes *changes);

/* Block hashes that the world knows: of the last 256. */
void tr_memory_world_set_block_hash(tr_memory_world *world, uint64_t number, const tr_hash *hash);

/* tr_memory_world_all lists everything, sorted, as changes from nothing. */
TR_NODISCARD tr_err tr_memory_world_all(tr_trail *trail, const tr_memory_world *world,
                                        tr_arena *arena, tr_changes *out);
size_t tr_memory_world_count(const tr_memory_world *world); /* accounts */

#endif
