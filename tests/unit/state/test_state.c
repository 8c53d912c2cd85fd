#include "state/state.h"

#include "harness.h"
#include "state/state_internal.h"

#define CHECK(x) TR_CHECK(x)
#include "model.h"

static uint64_t gen_below(void *context, uint64_t n)
{
    return tr_gen_below(context, n);
}

static void random_world(model *m)
{
    for (size_t i = 0; i < MODEL_ACCOUNTS; i++) {
        model_account *a = &m->world.accounts[i];
        if (model_below(m, 3) == 0) continue;
        a->exists = true;
        a->nonce = model_below(m, 3);
        a->balance = model_below(m, 3);
        a->code = model_below(m, MODEL_CODES);
        for (size_t k = 0; k < MODEL_SLOTS; k++) a->slots[k] = model_below(m, 3);
    }
    memcpy(m->now.accounts, m->world.accounts, sizeof(m->now.accounts));
    model_begin_again(m);
}

static tr_state *new_state(tr_world *world)
{
    tr_state *state;
    tr_state_options options = {tr_test_alloc(), world, SIZE_MAX, 0};
    TR_CHECK_OK(tr_state_new(NULL, &options, &state));
    return state;
}

TR_PROP(does_what_a_copying_model_does)
{
    model_source source = {gen_below, g, SIZE_MAX};
    model *m = TR_ARENA_NEW(tr_gen_arena(g), model);
    memset(m, 0, sizeof(*m));
    m->source = &source;
    m->arena = tr_gen_arena(g);
    model_world_init(&m->world);
    random_world(m);
    m->state = new_state(&m->world.door);
    for (uint64_t blocks = 1 + tr_gen_below(g, 4); blocks > 0; blocks--) {
        tr_changes changes;
        for (uint64_t txs = tr_gen_below(g, 5); txs > 0; txs--) model_transaction(m);
        model_check_changes(m, &changes);
        if (tr_gen_below(g, 4) == 0) continue;
        model_check_reads(m);
        model_apply_changes(m, &changes);
        if (tr_gen_bool(g)) {
            tr_state_settle(m->state);
        } else {
            tr_state_clear(m->state, &m->world.door);
            model_begin_again(m);
        }
        model_check_changes(m, &changes);
        TR_CHECK_EQ(changes.count, 0);
    }
    tr_state_free(m->state);
}
