#include "cli/evm/fixture.h"

#include "cli/evm/fixture_internal.h"

static const size_t MEMORY = (size_t)4 << 30;

static tr_err door_account(tr_world *self, tr_trail *trail, const tr_addr *address,
                           tr_world_account *out)
{
    tr_world *below = ((fixture_door *)self)->below;
    return below->account(below, trail, address, out);
}

static tr_err door_slot(tr_world *self, tr_trail *trail, const tr_addr *address, const tr_u256 *key,
                        tr_u256 *out)
{
    tr_world *below = ((fixture_door *)self)->below;
    return below->slot(below, trail, address, key, out);
}

static tr_err door_code(tr_world *self, tr_trail *trail, const tr_addr *address,
                        const tr_hash *code_hash, tr_bytes *out)
{
    tr_world *below = ((fixture_door *)self)->below;
    return below->code(below, trail, address, code_hash, out);
}

static tr_err door_block_hash(tr_world *self, tr_trail *trail, uint64_t number, tr_hash *out)
{
    fixture_door *door = (fixture_door *)self;
    return door->hash_of(door, trail, number, out);
}

void fixture_door_open(fixture_door *door, tr_world *below)
{
    door->world = (tr_world){door_account, door_slot, door_code, door_block_hash, NULL};
    door->below = below;
}

tr_err fixture_new(tr_trail *trail, tr_alloc *alloc, fixture **out)
{
    tr_evm_options evm = {.alloc = alloc};
    tr_state_options state = {.alloc = alloc, .limit = MEMORY};
    fixture *f = tr_alloc_get(alloc, sizeof(*f));
    *out = NULL;
    if (f == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a machine");
    *f = (fixture){.alloc = alloc};
    tr_arena_init(&f->arena, alloc, MEMORY);
    tr_arena_init(&f->scratch, alloc, MEMORY);
    tr_err err = tr_evm_new(trail, &evm, &f->evm);
    if (err == TR_OK) {
        fixture_door_open(&f->door, NULL);
        state.world = &f->door.world;
        err = tr_state_new(trail, &state, &f->state);
    }
    if (err != TR_OK) {
        fixture_free(f);
        return err;
    }
    *out = f;
    return TR_OK;
}

void fixture_free(fixture *f)
{
    if (f == NULL) return;
    fixture_raze(f);
    if (f->state != NULL) tr_state_free(f->state);
    if (f->evm != NULL) tr_evm_free(f->evm);
    tr_arena_free(&f->scratch);
    tr_arena_free(&f->arena);
    tr_alloc_put(f->alloc, f, sizeof(*f));
}

void fixture_raze(fixture *f)
{
    if (f->forest != NULL) tr_forest_free(f->forest);
    if (f->world != NULL) tr_memory_world_free(f->world);
    f->forest = NULL;
    f->world = NULL;
}

tr_err fixture_plant(tr_trail *trail, fixture *f, const tr_changes *pre)
{
    tr_forest_options forest = {.alloc = f->alloc, .limit = MEMORY};
    if (f->forest != NULL) tr_forest_free(f->forest);
    f->forest = NULL;
    TR_TRY(tr_forest_new(trail, &forest, &f->forest));
    return tr_forest_apply(trail, f->forest, NULL, pre);
}

tr_err fixture_ground(tr_trail *trail, fixture *f, const tr_changes *pre)
{
    fixture_raze(f);
    TR_TRY(tr_memory_world_new(trail, f->alloc, MEMORY, &f->world));
    TR_TRY(tr_memory_world_apply(trail, f->world, pre));
    fixture_door_open(&f->door, tr_memory_world_door(f->world));
    tr_state_clear(f->state, &f->door.world);
    return TR_OK;
}

tr_err fixture_take(tr_trail *trail, fixture *f, tr_changes *out)
{
    TR_TRY(tr_state_changes(trail, f->state, &f->arena, out));
    /* a code is a view of what the state holds, which goes when the state is cleared */
    for (size_t i = 0; i < out->count; i++) {
        tr_account_change *a = (tr_account_change *)&out->accounts[i];
        if (!a->code_changed || a->code.len == 0) continue;
        a->code = tr_arena_copy(&f->arena, a->code);
        if (a->code.data == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for code");
    }
    TR_TRY(tr_memory_world_apply(trail, f->world, out));
    TR_TRY(tr_forest_apply(trail, f->forest, NULL, out));
    tr_state_settle(f->state);
    return TR_OK;
}

void fixture_say(fixture_outcome *out, const char *format, ...)
{
    tr_buf text;
    va_list args;
    tr_buf_init_fixed(&text, out->why, sizeof(out->why) - 1);
    va_start(args, format);
    tr_buf_vprintf(&text, format, args);
    va_end(args);
    out->why[text.len] = '\0';
    out->pass = false;
}
