/* What holds of any code: it ends, within its gas, and the three loops say the same. */
#include "code_gen.h"
#include "evm/evm_internal.h"

typedef struct watcher {
    tr_tracer tracer;
    uint64_t steps, faults, sum; /* sum of what the first frame's steps cost */
    uint64_t last_gas, last_cost;
    int depth_now, depth_max;
    bool wrong;
} watcher;

static bool begins_frame(uint8_t op)
{
    return op == TR_OP_CREATE || op == TR_OP_CREATE2 || op == TR_OP_CALL || op == TR_OP_CALLCODE ||
           op == TR_OP_DELEGATECALL || op == TR_OP_STATICCALL;
}

/* The cost told of a step is what the gas is lower by at the next one in the same frame, when none
 * lies between. */
typedef struct stepper {
    watcher base;
    struct {
        uint64_t gas, cost;
        bool known;
    } at[1030];
} stepper;

static void on_step(tr_tracer *tracer, const tr_step *step)
{
    stepper *s = (stepper *)(void *)tracer;
    watcher *w = &s->base;
    w->steps++;
    if (step->depth < 1 || step->depth > 1025) {
        w->wrong = true;
        return;
    }
    if (step->is_repeat) {
        w->faults++;
        if (step->fault == TR_EVM_OK) w->wrong = true;
        return;
    }
    if (s->at[step->depth].known && s->at[step->depth].gas - s->at[step->depth].cost != step->gas)
        w->wrong = true;
    s->at[step->depth].gas = step->gas;
    s->at[step->depth].cost = step->cost;
    s->at[step->depth].known = !begins_frame(step->op) && step->fault == TR_EVM_OK;
    if (step->fault == TR_EVM_OK && step->cost > step->gas) w->wrong = true;
    if (step->stack_size > 1024 || step->memory.len % 32 != 0) w->wrong = true;
}

static void on_enter(tr_tracer *tracer, const tr_frame_begin *frame)
{
    stepper *s = (stepper *)(void *)tracer;
    s->base.depth_now++;
    if (frame->depth > s->base.depth_max) s->base.depth_max = frame->depth;
    if (frame->depth < 1026) s->at[frame->depth].known = false;
}

static void on_leave(tr_tracer *tracer, const tr_frame_end *frame)
{
    (void)frame;
    ((stepper *)(void *)tracer)->base.depth_now--;
}

/* One outcome as bytes: status, gas, output, logs, refund, what changed. */
static tr_hash outcome(test_run *r, tr_arena *arena)
{
    tr_sponge sponge;
    tr_changes changes;
    size_t count;
    int64_t refund = tr_state_refund(r->state);
    const tr_log *logs = tr_state_logs(r->state, &count);
    tr_keccak256_init(&sponge);
    tr_sponge_update(&sponge, TR_VIEW((uint8_t[]){(uint8_t)r->result.status}));
    tr_sponge_update(&sponge, tr_bytes_of(&r->result.gas_left, 8));
    tr_sponge_update(&sponge, r->result.output);
    tr_sponge_update(&sponge, tr_bytes_of(&refund, 8));
    for (size_t i = 0; i < count; i++) {
        tr_sponge_update(&sponge, tr_bytes_of(logs[i].topics, 32 * logs[i].topic_count));
        tr_sponge_update(&sponge, logs[i].data);
    }
    TR_CHECK(tr_state_end(r->state, true));
    TR_CHECK_OK(tr_state_changes(NULL, r->state, arena, &changes));
    for (size_t i = 0; i < changes.count; i++) {
        const tr_account_change *c = &changes.accounts[i];
        tr_sponge_update(&sponge, TR_VIEW(c->address.b));
        tr_sponge_update(&sponge, TR_VIEW(c->balance.w));
        tr_sponge_update(&sponge, tr_bytes_of(&c->nonce, 8));
        tr_sponge_update(&sponge, TR_VIEW(c->code_hash.b));
        for (size_t j = 0; j < c->slot_count; j++) {
            tr_sponge_update(&sponge, TR_VIEW(c->slots[j].key.w));
            tr_sponge_update(&sponge, TR_VIEW(c->slots[j].value.w));
        }
    }
    return tr_keccak256_final(&sponge);
}

static void random_world(tr_gen *g, test_world *w, const tr_evm_rules *rules)
{
    world_init(w);
    for (uint8_t last = 2; last < 5; last++) {
        uint8_t *code = tr_arena_get(tr_gen_arena(g), CODE_GEN_MAX, 1);
        TR_CHECK(code != NULL);
        size_t len = gen_code(g, rules, code, tr_gen_below(g, 500));
        world_add(w, last, tr_bytes_of(code, len));
    }
    for (uint64_t i = 0; i < 4; i++) {
        w->slots[w->slot_count].address = world_address(2);
        w->slots[w->slot_count].key = tr_u256_of(i);
        w->slots[w->slot_count++].value = tr_u256_of(i * 7);
    }
}

TR_PROP(all_loops_agree_on_any_code)
{
    test_world w;
    tr_fork fork = (tr_fork)tr_gen_below(g, TR_FORKS);
    random_world(g, &w, tr_evm_rules_of(fork));
    uint64_t gas = tr_gen_below(g, 4) == 0 ? tr_gen_below(g, 3000) : 200000;
    tr_bytes input = tr_gen_bytes(g, 80);

    test_run plain, traced, fast;
    stepper *s = TR_ARENA_NEW(tr_gen_arena(g), stepper);
    TR_CHECK(s != NULL);
    *s = (stepper){.base.tracer = {.step = on_step, .enter = on_enter, .leave = on_leave}};
    run_new(&plain, &w);
    run_new(&traced, &w);
    run_new(&fast, &w);
    tr_evm_set_hot(plain.evm, UINT64_MAX);
    tr_evm_set_hot(fast.evm, 0);
    for (unsigned turn = 0; turn < 3; turn++) { /* the second time analysed code is there */
        run_call(&plain, fork, 2, gas, input, NULL);
        run_call(&traced, fork, 2, gas, input, &s->base.tracer);
        run_call(&fast, fork, 2, gas, input, NULL);
        TR_CHECK_EQ(plain.result.status, traced.result.status);
        TR_CHECK_EQ(plain.result.gas_left, traced.result.gas_left);
        TR_CHECK_EQ(plain.result.status, fast.result.status);
        TR_CHECK_EQ(plain.result.gas_left, fast.result.gas_left);
        TR_CHECK(plain.result.gas_left <= gas);
        TR_CHECK(plain.result.status != TR_EVM_ABORTED);
        TR_CHECK(!s->base.wrong);
        TR_CHECK_EQ(s->base.depth_now, 0);
        tr_hash a = outcome(&plain, tr_gen_arena(g)), b = outcome(&traced, tr_gen_arena(g));
        tr_hash c = outcome(&fast, tr_gen_arena(g));
        TR_CHECK_BYTES(TR_VIEW(a.b), TR_VIEW(b.b));
        TR_CHECK_BYTES(TR_VIEW(a.b), TR_VIEW(c.b));
        memset(s->at, 0, sizeof(s->at));
    }
    run_free(&plain);
    run_free(&traced);
    run_free(&fast);
}

TR_PROP(any_bytes_are_code)
{
    test_world w;
    world_init(&w);
    world_add(&w, 2, tr_gen_bytes(g, 300));
    test_run r;
    run_new(&r, &w);
    run_call(&r, (tr_fork)tr_gen_below(g, TR_FORKS), 2, tr_gen_below(g, 100000),
             tr_gen_bytes(g, 40), NULL);
    TR_CHECK(r.result.status != TR_EVM_ABORTED);
    run_free(&r);
}
