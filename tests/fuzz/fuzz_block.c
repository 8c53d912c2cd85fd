/* Blocks: what is accepted is written back as it was; every check and every root takes it.  Memory
 * is bounded by the input. */
#include "eth/block.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_body(tr_arena *arena, const tr_block *block)
{
    size_t used = arena->used;
    for (unsigned fork = 0; fork < TR_FORKS; fork++) {
        const tr_fork_rules *rules = tr_fork_rules_of((tr_fork)fork);
        tr_err err = tr_block_check(NULL, arena, NULL, rules, block);
        TR_ASSERT(err == TR_OK || (err >= TR_E_BLOCK_TRANSACTIONS && err <= TR_E_BLOCK_DEPOSIT));
        if (err == TR_OK) TR_ASSERT(block->has_withdrawals == rules->withdrawals);
        TR_ASSERT(arena->used == used);
    }
}

/* Uncles with the block's own uncles as its ancestors, and with its header as their parent. */
static void check_uncles(const tr_block *block)
{
    tr_header ancestors[2];
    ancestors[0] = ancestors[1] = block->header;
    tr_chain_config config = tr_chain_config_at(TR_BYZANTIUM, 1);
    tr_ancestry families[] = {
        {.count = 2, .ancestors = ancestors},
        {.count = block->uncles.count, .ancestors = block->uncles.at},
    };
    for (size_t i = 0; i < TR_COUNTOF(families); i++) {
        tr_err err = tr_uncles_check(NULL, &config, block, &families[i]);
        TR_ASSERT(err == TR_OK || err == TR_E_BLOCK_UNCLES);
        if (block->uncles.count > 2) TR_ASSERT(err != TR_OK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_bytes in = {data, len};
    tr_arena arena;
    tr_block block;
    tr_trail trail;
    tr_arena_init(&arena, tr_heap(), TR_RECORD_FACTOR * len + 4096);
    tr_err err = tr_block_decode(&trail, &arena, in, &block);
    TR_ASSERT(err != TR_E_MEMORY && err != TR_E_LIMIT);
    if (err == TR_OK) {
        tr_arena scratch;
        tr_buf out;
        tr_arena_init(&scratch, tr_heap(), SIZE_MAX);
        tr_buf_init(&out, tr_heap(), SIZE_MAX);
        tr_block_encode(&out, &block);
        TR_ASSERT(tr_buf_err(&out) == TR_OK);
        TR_ASSERT(tr_bytes_eq(tr_buf_view(&out), in));
        TR_ASSERT(tr_block_size(&block) == len && block.encoded_size == len);
        check_body(&scratch, &block);
        check_uncles(&block);
        tr_buf_free(&out);
        tr_arena_free(&scratch);
    } else {
        TR_ASSERT(trail.offset <= len);
    }
    tr_arena_free(&arena);
    return 0;
}
