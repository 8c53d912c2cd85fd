/* A block from a witness alone. */
#include "stf/system_internal.h"

/* Everything that such a run holds. */
typedef struct run {
    tr_trail *trail;
    tr_alloc *alloc;
    tr_arena arena;
    tr_forest *forest;
    tr_state *state;
    tr_evm *evm;
} run;

static void run_free(run *r)
{
    tr_evm_free(r->evm);
    tr_state_free(r->state);
    tr_forest_free(r->forest);
    tr_arena_free(&r->arena);
}

static tr_err open_world(run *r, const tr_witness *witness, const tr_hash *parent_hash)
{
    tr_forest_source *source;
    tr_hash root;
    TR_TRY(tr_witness_open(r->trail, &r->arena, witness, parent_hash, &source, &root));
    tr_forest_options forest = {
        .alloc = r->alloc, .source = source, .root = root, .limit = SIZE_MAX};
    TR_TRY(tr_forest_new(r->trail, &forest, &r->forest));
    tr_state_options state = {
        .alloc = r->alloc, .world = tr_forest_world(r->forest), .limit = SIZE_MAX};
    TR_TRY(tr_state_new(r->trail, &state, &r->state));
    tr_evm_options evm = {.alloc = r->alloc};
    return tr_evm_new(r->trail, &evm, &r->evm);
}

static tr_err check_root(run *r, const tr_hash *want, tr_hash *root)
{
    tr_changes changes;
    TR_TRY(tr_state_changes(r->trail, r->state, &r->arena, &changes));
    TR_TRY(tr_forest_apply(r->trail, r->forest, NULL, &changes));
    TR_TRY(tr_forest_root(r->trail, r->forest, NULL, root));
    return stf_same_hash(r->trail, TR_E_BLOCK_STATE_ROOT, "root of the state", root, want);
}

static tr_err run_block(run *r, const tr_chain_config *config, tr_bytes raw,
                        const tr_witness *witness, tr_stf_outcome *out, tr_hash *block_hash)
{
    tr_block block;
    tr_header parent_header;
    TR_TRY(tr_block_decode(r->trail, &r->arena, raw, &block));
    *block_hash = tr_header_hash(&block.header);
    /* An uncle must be new, which a witness does not tell. */
    if (block.uncles.count != 0)
        return tr_fail(r->trail, TR_E_UNSUPPORTED, "%zu uncles, which a witness does not prove",
                       block.uncles.count);
    TR_TRY(open_world(r, witness, &block.header.parent_hash));
    TR_TRY(tr_header_decode(r->trail, witness->headers[witness->header_count - 1], &parent_header));
    tr_stf_parent parent = {.config = config,
                            .header = &parent_header,
                            .hash = block.header.parent_hash,
                            .merged = tr_u256_iszero(block.header.difficulty)};
    tr_stf_forest_roots roots = tr_stf_forest_roots_of(r->forest, &r->arena);
    TR_TRY(tr_stf_block(r->trail, r->evm, r->state, &r->arena, &parent, &block, &roots.roots, NULL,
                        out));
    return check_root(r, &block.header.state_root, &out->state_root);
}

tr_err tr_stf_stateless(tr_trail *trail, tr_alloc *alloc, const tr_chain_config *config,
                        tr_bytes block, const tr_witness *witness, tr_stf_outcome *out,
                        tr_hash *block_hash)
{
    run r = {.trail = trail, .alloc = alloc};
    *out = (tr_stf_outcome){0};
    *block_hash = (tr_hash){{0}};
    tr_arena_init(&r.arena, alloc, SIZE_MAX);
    tr_err err = run_block(&r, config, block, witness, out, block_hash);
    /* The lists go with the arena. */
    out->receipts = NULL;
    out->requests = NULL;
    run_free(&r);
    return err;
}
