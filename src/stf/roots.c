/* State roots between transactions, from a forest; and roots against those of a header. */
#include "codec/hex.h"
#include "stf/system_internal.h"

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

static const char *hash_text(const tr_hash *hash, char text[67])
{
    memcpy(text, "0x", 2);
    tr_hex_encode(TR_VIEW(hash->b), (uint8_t *)text + 2);
    text[66] = '\0';
    return text;
}

tr_err stf_same_hash(tr_trail *trail, tr_err code, const char *what, const tr_hash *found,
                     const tr_hash *header)
{
    char has[67], says[67];
    if (memcmp(found, header, sizeof(*found)) == 0) return TR_OK;
    return tr_fail(trail, code, "the %s is %s, and the header says %s", what, hash_text(found, has),
                   hash_text(header, says));
}
