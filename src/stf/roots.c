/* State roots between transactions, from a forest. */
#include "stf/block.h"

static tr_err root(tr_stf_roots *self, tr_trail *trail, tr_state *state, tr_hash *out)
{
    tr_stf_forest_roots *roots = (tr_stf_forest_roots *)self;
    tr_arena_mark mark = tr_arena_save(roots->arena);
    tr_changes changes;
    tr_err err = tr_state_changes(trail, state, roots->arena, &changes);
    if (err == TR_OK) err = tr_forest_apply(trail, roots->forest, NULL, &changes);
    tr_arena_rewind(roots->arena, mark);
    if (err != TR_OK) return err;
    tr_state_settle(state);
    return tr_forest_root(trail, roots->forest, NULL, out);
}

tr_stf_forest_roots tr_stf_forest_roots_of(tr_forest *forest, tr_arena *arena)
{
    return (tr_stf_forest_roots){.roots = {root}, .forest = forest, .arena = arena};
}
