#include "harness.h"

TR_TEST(arena_respects_alignment_and_limit)
{
    tr_arena a;
    tr_arena_init(&a, tr_test_alloc(), 10000);
    for (size_t align = 1; align <= 64; align *= 2) {
        uint8_t *p = tr_arena_get(&a, 3, align);
        TR_CHECK(p != NULL);
        TR_CHECK_EQ((uintptr_t)p % align, 0);
    }
    TR_CHECK(tr_arena_get(&a, 10000, 1) == NULL);
    TR_CHECK(tr_arena_get(&a, 9000, 1) != NULL);
    TR_CHECK(tr_arena_array(&a, SIZE_MAX / 2, 4, 4) == NULL);
    tr_arena_free(&a);
}

TR_TEST(fixed_arena_ends_with_its_memory)
{
    uint8_t memory[64];
    tr_arena a;
    tr_arena_init_fixed(&a, memory, sizeof(memory));
    TR_CHECK(tr_arena_get(&a, 64, 1) == memory);
    TR_CHECK(tr_arena_get(&a, 1, 1) == NULL);
    tr_arena_reset(&a);
    TR_CHECK(tr_arena_get(&a, 1, 1) == memory);
    tr_arena_free(&a);
}

/* Pieces never overlap, survive until they are rewound, and a rewind gives their room back. */
TR_PROP(arena_pieces_keep_their_bytes)
{
    enum { PIECES = 40 };
    struct {
        uint8_t *at;
        size_t len;
    } pieces[PIECES];
    tr_arena a;
    tr_arena_init(&a, tr_test_alloc(), 1 << 22);
    size_t count = 0, kept = 0;
    tr_arena_mark mark = tr_arena_save(&a);
    for (size_t step = 0; step < PIECES; step++) {
        if (tr_gen_below(g, 8) == 0) {
            mark = tr_arena_save(&a);
            kept = count;
        } else if (tr_gen_below(g, 8) == 0) {
            tr_arena_rewind(&a, mark);
            count = kept;
        } else {
            size_t len = tr_gen_below(g, 9000) + 1;
            pieces[count].at = tr_arena_get(&a, len, (size_t)1 << tr_gen_below(g, 7));
            pieces[count].len = len;
            TR_CHECK(pieces[count].at != NULL);
            memset(pieces[count].at, (int)count, len);
            count++;
        }
        for (size_t i = 0; i < count; i++) {
            TR_CHECK_EQ(pieces[i].at[0], i);
            TR_CHECK_EQ(pieces[i].at[pieces[i].len - 1], i);
        }
    }
    tr_arena_free(&a);
}

TR_TEST(buffer_in_an_arena_grows_in_place)
{
    tr_arena a;
    tr_arena_init(&a, tr_test_alloc(), 1 << 20);
    tr_buf buf;
    tr_buf_init(&buf, &a.alloc, SIZE_MAX);
    tr_buf_put_zeros(&buf, 100);
    uint8_t *at = buf.data;
    tr_buf_put_zeros(&buf, 1000);
    TR_CHECK(buf.data == at);
    TR_CHECK(tr_arena_get(&a, 8, 8) != NULL);
    tr_buf_put_zeros(&buf, 5000);
    TR_CHECK(buf.data != at);
    TR_CHECK_EQ(buf.len, 6100);
    tr_arena_reset(&a);
    TR_CHECK_EQ(a.used, 0);
    tr_arena_free(&a);
}

static tr_err take_much(tr_alloc *alloc, void *context)
{
    (void)context;
    tr_arena a;
    tr_arena_init(&a, alloc, SIZE_MAX);
    tr_err err = TR_OK;
    for (size_t i = 1; i < 200 && err == TR_OK; i++)
        if (tr_arena_get(&a, i * 97, 16) == NULL) err = TR_E_MEMORY;
    tr_arena_free(&a);
    return err;
}

TR_TEST(arena_without_memory_gives_all_back)
{
    tr_test_out_of_memory(take_much, NULL);
}

/* Memory that comes in pieces of up to 6,000 bytes only. */
static void *small_pieces(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    (void)self;
    if (new_size > 6000) return NULL;
    return tr_test_alloc()->resize(tr_test_alloc(), old, old_size, new_size);
}

TR_TEST(arena_block_that_cannot_double_is_asked_for_smaller)
{
    tr_alloc small = {small_pieces};
    tr_arena a;
    tr_arena_init(&a, &small, SIZE_MAX);
    for (int i = 0; i < 100; i++) TR_CHECK(tr_arena_get(&a, 1000, 8) != NULL);
    TR_CHECK(tr_arena_get(&a, 6001, 8) == NULL);
    TR_CHECK(tr_arena_get(&a, 5000, 8) != NULL);
    tr_arena_free(&a);
}
