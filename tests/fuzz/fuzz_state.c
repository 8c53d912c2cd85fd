/* A state under a stream of operations against a copying model; its world is the one that the
 * model's changes make, and the trie of it all against the builder. */
#include "os/heap.h"
#include "state/forest.h"
#include "state/memory.h"

#define CHECK(x) TR_ASSERT(x)
#include "../unit/state/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint64_t byte_below(void *context, uint64_t n)
{
    tr_cursor *c = context;
    return tr_cursor_left(c) == 0 ? 0 : tr_cursor_u8(c) % n;
}

typedef struct fixture {
    model m;
    model_source source;
    tr_cursor cursor;
    tr_arena arena;
    tr_memory_world *memory;
    tr_forest *forest;
} fixture;

static void check_roots(fixture *f, const tr_changes *changes)
{
    tr_changes all;
    tr_hash root, want;
    TR_ASSERT(tr_memory_world_apply(NULL, f->memory, changes) == TR_OK);
    TR_ASSERT(tr_forest_apply(NULL, f->forest, NULL, changes) == TR_OK);
    TR_ASSERT(tr_forest_root(NULL, f->forest, NULL, &root) == TR_OK);
    TR_ASSERT(tr_memory_world_all(NULL, f->memory, &f->arena, &all) == TR_OK);
    TR_ASSERT(tr_state_root(NULL, &f->arena, NULL, &all, &want) == TR_OK);
    TR_ASSERT(memcmp(&root, &want, sizeof(root)) == 0);
}

static void block(fixture *f)
{
    model *m = &f->m;
    tr_changes changes;
    for (uint64_t txs = model_below(m, 4); txs > 0; txs--) {
        f->source.left = tr_cursor_left(&f->cursor);
        model_transaction(m);
    }
    model_check_changes(m, &changes);
    if (model_below(m, 4) == 0) return;
    model_check_reads(m);
    model_apply_changes(m, &changes);
    check_roots(f, &changes);
    if (model_below(m, 2) == 0) {
        tr_state_settle(m->state);
    } else {
        tr_state_clear(m->state, &m->world.door);
        model_begin_again(m);
    }
    tr_arena_reset(&f->arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static fixture f;
    memset(&f, 0, sizeof(f));
    f.cursor = tr_cursor_of((tr_bytes){data, len});
    f.source = (model_source){byte_below, &f.cursor, len};
    f.m.source = &f.source;
    f.m.arena = &f.arena;
    tr_arena_init(&f.arena, tr_heap(), (size_t)1 << 26);
    model_world_init(&f.m.world);
    tr_forest_options forest_options = {.alloc = tr_heap(), .limit = SIZE_MAX};
    tr_state_options options = {tr_heap(), &f.m.world.door, (size_t)1 << 26, 0};
    TR_ASSERT(tr_memory_world_new(NULL, tr_heap(), SIZE_MAX, &f.memory) == TR_OK);
    TR_ASSERT(tr_forest_new(NULL, &forest_options, &f.forest) == TR_OK);
    TR_ASSERT(tr_state_new(NULL, &options, &f.m.state) == TR_OK);
    while (tr_cursor_left(&f.cursor) != 0) block(&f);
    tr_state_free(f.m.state);
    tr_forest_free(f.forest);
    tr_memory_world_free(f.memory);
    tr_arena_free(&f.arena);
    return 0;
}
