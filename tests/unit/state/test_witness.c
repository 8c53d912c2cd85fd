#include "state/witness.h"

#include "eth/account.h"
#include "eth/header.h"
#include "harness.h"
#include "hash/keccak.h"
#include "state/memory.h"

#define CHECK(x) TR_CHECK(x)
#include "store.h"

enum { ACCOUNTS = 40, CODES = 5, HEADERS = 6, MOST_OPS = 60, PARENT = 100 };

/* A run: the same operations each time. */
typedef struct op {
    uint8_t kind, account, key, value;
} op;

typedef struct program {
    op ops[MOST_OPS];
    size_t count;
} program;

typedef struct header_chain {
    tr_header_source source;
    tr_bytes raw[HEADERS];
    tr_hash hashes[HEADERS];
} header_chain;

typedef struct ground {
    tr_memory_world *memory;
    tr_forest *forest;
    store store;
    tr_hash root;
    header_chain chain;
    program program;
} ground;

static tr_addr address_of(uint64_t i)
{
    return (tr_addr){{(uint8_t)(i * 7), (uint8_t)i}};
}

static tr_bytes code_of(uint64_t i)
{
    static const uint8_t codes[CODES][6] = {
        {0}, {1, 1}, {2, 2, 2}, {0xef, 1, 0, 4}, {0x60, 0, 0x60, 0, 0xfd}};
    return i % CODES == 0 ? (tr_bytes){NULL, 0} : tr_bytes_of(codes[i % CODES], i % CODES + 1);
}

/* Without a generator nothing is left out. */
static void fill(tr_gen *g, ground *w)
{
    tr_account_change accounts[ACCOUNTS];
    tr_slot_change slots[ACCOUNTS][8];
    size_t n = 0;
    for (uint64_t i = 0; i < ACCOUNTS; i++) {
        if (g != NULL && tr_gen_below(g, 4) == 0) continue;
        size_t slot_count = 0;
        for (uint64_t k = 0; k < 8; k++)
            if (i % 2 == 0 && (g == NULL || tr_gen_bool(g)))
                slots[i][slot_count++] = (tr_slot_change){tr_u256_of(k), tr_u256_of(k + 1), {{0}}};
        tr_bytes code = code_of(i);
        accounts[n++] = (tr_account_change){
            .address = address_of(i),
            .exists = true,
            .had_none = true,
            .code_changed = true,
            .nonce = i,
            .balance = tr_u256_of(i * i + 1),
            .code_hash = code.len == 0 ? tr_empty_code_hash : tr_keccak256(code),
            .code = code,
            .slots = slots[i],
            .slot_count = slot_count,
        };
    }
    tr_changes changes = {accounts, n};
    TR_CHECK_OK(tr_memory_world_apply(NULL, w->memory, &changes));
    TR_CHECK_OK(tr_forest_apply(NULL, w->forest, NULL, &changes));
    TR_CHECK_OK(tr_forest_root(NULL, w->forest, NULL, &w->root));
    TR_CHECK_OK(tr_forest_commit(NULL, w->forest, &w->store.sink));
}

static tr_err header_of(tr_header_source *self, tr_trail *trail, uint64_t number, tr_bytes *out)
{
    const header_chain *chain = (const header_chain *)self;
    if (number > PARENT || number + HEADERS <= PARENT)
        return tr_fail(trail, TR_E_NOT_FOUND, "a header that nobody has");
    *out = chain->raw[number + HEADERS - 1 - PARENT];
    return TR_OK;
}

static void make_headers(tr_arena *arena, ground *w)
{
    tr_hash parent = {{1}};
    w->chain.source.header = header_of;
    for (size_t i = 0; i < HEADERS; i++) {
        tr_buf buf;
        tr_header header = {.fields = TR_HEADER_LONDON,
                            .parent_hash = parent,
                            .number = PARENT + 1 - HEADERS + i,
                            .state_root = w->root};
        tr_buf_init(&buf, &arena->alloc, 1024);
        tr_header_encode(&buf, &header);
        w->chain.raw[i] = tr_buf_view(&buf);
        w->chain.hashes[i] = parent = tr_keccak256(w->chain.raw[i]);
    }
}

static void make_program(tr_gen *g, program *p)
{
    p->count = tr_gen_below(g, MOST_OPS);
    for (size_t i = 0; i < p->count; i++)
        p->ops[i] = (op){(uint8_t)tr_gen_below(g, 10), (uint8_t)tr_gen_below(g, ACCOUNTS),
                         (uint8_t)tr_gen_below(g, 9), (uint8_t)tr_gen_below(g, 3)};
}

static bool run_op(tr_state *state, const op *o, uint64_t *sum)
{
    tr_addr address = address_of(o->account);
    tr_u256 key = tr_u256_of(o->key), value = tr_u256_of(o->value);
    tr_acct *a = tr_state_account(state, &address);
    tr_hash hash;
    if (a == NULL) return false;
    *sum = *sum * 31 + a->nonce + a->balance.w[0];
    switch (o->kind) {
    case 0:
        return tr_state_set_balance(state, a, &value);
    case 1:
        return !a->has_storage || tr_state_destroy(state, a);
    case 2:
        return tr_state_destroy(state, a);
    case 3:
        if (!tr_state_code(state, a)) return false;
        *sum += a->code.len;
        return true;
    case 4:
        if (!tr_state_block_hash(state, PARENT - o->key % HEADERS, &hash)) return false;
        *sum = *sum * 31 + hash.b[0];
        return true;
    case 5:
        return tr_state_create(state, a) && tr_state_set_nonce(state, a, 1);
    default: {
        tr_slot *slot = tr_state_slot(state, a, &key);
        if (slot == NULL) return false;
        *sum = *sum * 31 + slot->value.w[0];
        return o->kind < 8 || !a->exists || tr_state_set_slot(state, slot, &value);
    }
    }
}

/* Runs the program over a source; the new root, and what it saw. */
static tr_err run_program(tr_trail *trail, const program *p, tr_forest_source *source,
                          const tr_hash *root, tr_arena *arena, tr_hash *out, uint64_t *sum)
{
    tr_forest *forest;
    tr_state *state;
    tr_changes changes;
    tr_forest_options options = {tr_test_alloc(), source, *root, SIZE_MAX};
    TR_CHECK_OK(tr_forest_new(NULL, &options, &forest));
    tr_state_options state_options = {tr_test_alloc(), tr_forest_world(forest), SIZE_MAX, 3};
    TR_CHECK_OK(tr_state_new(NULL, &state_options, &state));
    bool ok = true;
    *sum = 0;
    for (size_t i = 0; ok && i < p->count; i++) {
        if (i % 16 == 0) tr_state_begin(state);
        ok = run_op(state, &p->ops[i], sum);
        if (ok && (i % 16 == 15 || i + 1 == p->count)) ok = tr_state_end(state, true);
    }
    tr_err err = ok ? TR_OK : tr_state_error(state, trail);
    TR_CHECK(ok || err != TR_OK);
    if (err == TR_OK) err = tr_state_changes(trail, state, arena, &changes);
    if (err == TR_OK) err = tr_forest_apply(trail, forest, NULL, &changes);
    if (err == TR_OK) err = tr_forest_root(trail, forest, NULL, out);
    tr_state_free(state);
    tr_forest_free(forest);
    return err;
}

static tr_err run_witness(tr_trail *trail, const ground *w, const tr_witness *witness,
                          tr_arena *arena, tr_hash *out, uint64_t *sum)
{
    tr_forest_source *source;
    tr_hash root;
    TR_TRY(tr_witness_open(trail, arena, witness, &w->chain.hashes[HEADERS - 1], &source, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(w->root.b));
    return run_program(trail, &w->program, source, &root, arena, out, sum);
}

/* Every list with one item left out. */
static void leave_one_out(const ground *w, tr_arena *arena, const tr_witness *full)
{
    const struct {
        const tr_bytes *items;
        size_t count;
        tr_err want, other;
    } lists[] = {{full->nodes, full->node_count, TR_E_TRIE_MISSING, TR_E_TRIE_MISSING},
                 {full->codes, full->code_count, TR_E_WITNESS_CODE, TR_E_WITNESS_CODE},
                 {full->headers, full->header_count, TR_E_WITNESS_HEADERS, TR_E_WITNESS_HEADER}};
    for (size_t l = 0; l < TR_COUNTOF(lists); l++) {
        for (size_t out = 0; out < lists[l].count; out++) {
            tr_arena_mark mark = tr_arena_save(arena);
            tr_bytes *fewer = TR_ARENA_ARRAY(arena, tr_bytes, lists[l].count);
            size_t n = 0;
            for (size_t i = 0; i < lists[l].count; i++)
                if (i != out) fewer[n++] = lists[l].items[i];
            tr_witness less = *full;
            if (l == 0) less.nodes = fewer, less.node_count = n;
            if (l == 1) less.codes = fewer, less.code_count = n;
            if (l == 2) less.headers = fewer, less.header_count = n;
            tr_trail trail = {.code = TR_OK};
            tr_hash root;
            uint64_t sum;
            tr_err err = run_witness(&trail, w, &less, arena, &root, &sum);
            TR_CHECK_MSG(err == lists[l].want || err == lists[l].other,
                         "list %zu without item %zu: %s", l, out, tr_err_name(err));
            TR_CHECK_EQ(trail.code, err);
            tr_arena_rewind(arena, mark);
        }
    }
}

static void check_sorted(size_t n, const tr_bytes items[])
{
    for (size_t i = 1; i < n; i++) TR_CHECK(tr_bytes_cmp(items[i - 1], items[i]) < 0);
}

static void open_ground(tr_gen *g, tr_arena *arena, ground *w)
{
    TR_CHECK_OK(tr_memory_world_new(NULL, tr_test_alloc(), SIZE_MAX, &w->memory));
    store_init(&w->store, tr_test_alloc(), tr_memory_world_door(w->memory));
    tr_forest_options options = {tr_test_alloc(), &w->store.source, tr_trie_empty_root, SIZE_MAX};
    TR_CHECK_OK(tr_forest_new(NULL, &options, &w->forest));
    fill(g, w);
    make_headers(arena, w);
}

static void free_ground(ground *w)
{
    tr_forest_free(w->forest);
    tr_memory_world_free(w->memory);
    store_free(&w->store);
}

TR_PROP(a_witness_is_enough_and_none_of_it_too_much)
{
    ground *w = TR_ARENA_NEW(tr_gen_arena(g), ground);
    memset(w, 0, sizeof(*w));
    open_ground(g, tr_gen_arena(g), w);
    make_program(g, &w->program);

    tr_recorder *recorder;
    tr_witness witness;
    tr_hash want, root;
    uint64_t want_sum, sum;
    tr_arena *arena = tr_gen_arena(g);
    TR_CHECK_OK(tr_recorder_new(NULL, tr_test_alloc(), &w->store.source, &w->chain.source, PARENT,
                                &recorder));
    TR_CHECK_OK(run_program(NULL, &w->program, tr_recorder_source(recorder), &w->root, arena, &want,
                            &want_sum));
    TR_CHECK_OK(tr_recorder_get(NULL, recorder, arena, &witness));
    check_sorted(witness.node_count, witness.nodes);
    check_sorted(witness.code_count, witness.codes);
    TR_CHECK_OK(run_witness(NULL, w, &witness, arena, &root, &sum));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
    TR_CHECK_EQ(sum, want_sum);
    if (tr_gen_below(g, 8) == 0) leave_one_out(w, arena, &witness);
    tr_recorder_free(recorder);
    free_ground(w);
}

/* Headers that are no chain to the parent, each told by its own sentence. */
TR_TEST(headers_are_checked)
{
    ground w = {.root = {{7}}};
    tr_arena *arena = tr_test_arena();
    tr_forest_source *source;
    tr_hash root;
    make_headers(arena, &w);
    const tr_hash *parent = &w.chain.hashes[HEADERS - 1];
    tr_witness witness = {.headers = w.chain.raw, .header_count = HEADERS};
    TR_CHECK_OK(tr_witness_open(NULL, arena, &witness, parent, &source, &root));
    TR_CHECK_EQ(root.b[0], 7);
    for (uint64_t number = PARENT + 1 - HEADERS; number <= PARENT; number++) {
        tr_hash hash;
        TR_CHECK_OK(source->block_hash(source, NULL, number, &hash));
        const tr_hash *want = &w.chain.hashes[number + HEADERS - 1 - PARENT];
        TR_CHECK_BYTES(TR_VIEW(hash.b), TR_VIEW(want->b));
    }
    tr_hash hash;
    TR_CHECK_ERR(source->block_hash(source, NULL, PARENT - HEADERS, &hash), TR_E_WITNESS_HEADER);
    TR_CHECK_ERR(source->block_hash(source, NULL, PARENT + 1, &hash), TR_E_WITNESS_HEADER);

    tr_bytes swapped[HEADERS];
    memcpy(swapped, w.chain.raw, sizeof(swapped));
    swapped[1] = w.chain.raw[2];
    const tr_witness wrong[] = {
        {.headers = NULL, .header_count = 0},
        {.headers = w.chain.raw, .header_count = HEADERS - 1},
        {.headers = swapped, .header_count = HEADERS},
        {.headers = (tr_bytes[]){TR_LIT("no header")}, .header_count = 1},
    };
    for (size_t i = 0; i < TR_COUNTOF(wrong); i++)
        TR_CHECK_ERR(tr_witness_open(NULL, arena, &wrong[i], parent, &source, &root),
                     TR_E_WITNESS_HEADERS);
    /* The right numbers, and another block among them. */
    tr_header header;
    tr_buf buf;
    TR_CHECK_OK(tr_header_decode(NULL, w.chain.raw[1], &header));
    header.gas_used = 1;
    tr_buf_init(&buf, &arena->alloc, 1024);
    tr_header_encode(&buf, &header);
    swapped[1] = tr_buf_view(&buf);
    TR_CHECK_ERR(tr_witness_open(NULL, arena, &wrong[2], parent, &source, &root),
                 TR_E_WITNESS_HEADERS);
}

/* A recorder through the end of memory, over a ground that has all it needs. */
static tr_err record_all(tr_alloc *alloc, void *context)
{
    ground *w = context;
    tr_recorder *recorder;
    tr_forest *forest = NULL;
    tr_arena arena;
    tr_witness witness;
    tr_forest_source *source;
    tr_hash root;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    TR_TRY(tr_recorder_new(NULL, alloc, &w->store.source, &w->chain.source, PARENT, &recorder));
    tr_forest_options options = {alloc, tr_recorder_source(recorder), w->root, SIZE_MAX};
    tr_err err = tr_forest_new(NULL, &options, &forest);
    tr_world *world = err == TR_OK ? tr_forest_world(forest) : NULL;
    for (uint64_t i = 0; err == TR_OK && i < ACCOUNTS; i++) {
        tr_addr address = address_of(i);
        tr_world_account account;
        tr_u256 key = tr_u256_of(i % 8), value;
        tr_bytes code;
        err = world->account(world, NULL, &address, &account);
        if (err == TR_OK && account.has_storage)
            err = world->slot(world, NULL, &address, &key, &value);
        if (err == TR_OK && memcmp(&account.code_hash, &tr_empty_code_hash, sizeof(tr_hash)) != 0)
            err = world->code(world, NULL, &address, &account.code_hash, &code);
    }
    if (err == TR_OK) err = world->block_hash(world, NULL, PARENT - 2, &root);
    if (err == TR_OK) err = tr_recorder_get(NULL, recorder, &arena, &witness);
    if (err == TR_OK)
        err =
            tr_witness_open(NULL, &arena, &witness, &w->chain.hashes[HEADERS - 1], &source, &root);
    if (err == TR_OK) TR_CHECK(witness.header_count == 3 && witness.node_count > 20);
    tr_arena_free(&arena);
    tr_forest_free(forest);
    tr_recorder_free(recorder);
    return err;
}

TR_TEST(the_end_of_memory)
{
    ground *w = TR_ARENA_NEW(tr_test_arena(), ground);
    memset(w, 0, sizeof(*w));
    open_ground(NULL, tr_test_arena(), w);
    tr_test_out_of_memory(record_all, w);
    free_ground(w);
}
