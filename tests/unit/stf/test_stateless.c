/* Blocks from witnesses alone: what was recorded is enough, and none of it too much. */
#include "village.h"

static tr_err run(village *v, tr_bytes raw, const tr_witness *witness, tr_trail *trail,
                  tr_stf_outcome *out)
{
    tr_hash hash;
    tr_trail_clear(trail);
    tr_err err = tr_stf_stateless(trail, tr_test_alloc(), &v->c.config, raw, witness, out, &hash);
    tr_hash want = tr_header_hash(&v->c.block.header);
    TR_CHECK_BYTES(TR_VIEW(hash.b), TR_VIEW(want.b));
    return err;
}

/* The witness without one item, which is named. */
static void leave_out(village *v, tr_bytes raw, const tr_witness *full, unsigned list, size_t item)
{
    const tr_bytes *all[] = {full->nodes, full->codes, full->headers};
    const size_t counts[] = {full->node_count, full->code_count, full->header_count};
    tr_bytes *fewer = TR_ARENA_ARRAY(tr_test_arena(), tr_bytes, counts[list]);
    tr_witness less = *full;
    tr_trail trail;
    tr_stf_outcome out;
    size_t n = 0;
    for (size_t i = 0; i < counts[list]; i++)
        if (i != item) fewer[n++] = all[list][i];
    if (list == 0) less.nodes = fewer, less.node_count = n;
    if (list == 1) less.codes = fewer, less.code_count = n;
    if (list == 2) less.headers = fewer, less.header_count = n;
    tr_err err = run(v, raw, &less, &trail, &out);
    bool named = list == 0   ? err == TR_E_TRIE_MISSING
                 : list == 1 ? err == TR_E_WITNESS_CODE
                             : err == TR_E_WITNESS_HEADER || err == TR_E_WITNESS_HEADERS;
    TR_CHECK_MSG(named, "list %u without item %zu of %zu: %s (%s)", list, item, counts[list],
                 tr_err_name(err), trail.text);
    TR_CHECK(trail.code == err && trail.len != 0);
}

static void leave_some_out(tr_gen *g, village *v, tr_bytes raw, const tr_witness *full)
{
    enum { TRIES = 3 };
    const size_t counts[] = {full->node_count, full->code_count, full->header_count};
    for (unsigned list = 0; list < 3; list++)
        for (int i = 0; i < TRIES && counts[list] != 0; i++)
            leave_out(v, raw, full, list, tr_gen_below(g, counts[list]));
}

/* Seals twice: what is not valid is gone the second time, when the reads are recorded. */
static void record(village *v, tr_recorder **recorder, tr_witness *witness)
{
    village_seal(v, &v->store.source);
    tr_hash root = v->c.block.header.state_root;
    TR_CHECK_OK(tr_recorder_new(NULL, tr_test_alloc(), &v->store.source, &v->headers,
                                v->c.parent.number, recorder));
    village_seal(v, tr_recorder_source(*recorder));
    TR_CHECK_BYTES(TR_VIEW(v->c.block.header.state_root.b), TR_VIEW(root.b));
    TR_CHECK_OK(tr_recorder_get(NULL, *recorder, tr_test_arena(), witness));
}

TR_PROP(a_witness_is_enough_and_none_of_it_too_much)
{
    static const tr_fork forks[] = {TR_OSAKA,  TR_PRAGUE,    TR_CANCUN,   TR_SHANGHAI, TR_LONDON,
                                    TR_BERLIN, TR_BYZANTIUM, TR_SPURIOUS, TR_HOMESTEAD};
    village *v = village_open(g, forks[tr_gen_below(g, TR_COUNTOF(forks))]);
    tr_recorder *recorder;
    tr_witness witness;
    tr_trail trail;
    tr_stf_outcome out;
    record(v, &recorder, &witness);
    tr_bytes raw = village_raw(v);
    tr_err err = run(v, raw, &witness, &trail, &out);
    TR_CHECK_MSG(err == TR_OK, "%s: %s", tr_err_name(err), trail.text);
    TR_CHECK_BYTES(TR_VIEW(out.state_root.b), TR_VIEW(v->c.block.header.state_root.b));
    TR_CHECK_EQ(out.gas_used, v->c.block.header.gas_used);
    TR_CHECK_EQ(out.receipt_count, v->c.block.txs.count);
    TR_CHECK(out.receipts == NULL && out.requests == NULL);
    leave_some_out(g, v, raw, &witness);
    tr_recorder_free(recorder);
    village_close(v);
}

/* The header's state root is held against what came out; uncles are not looked into. */
TR_PROP(another_root_is_refused)
{
    village *v = village_open(g, TR_OSAKA);
    tr_recorder *recorder;
    tr_witness witness;
    tr_trail trail;
    tr_stf_outcome out;
    record(v, &recorder, &witness);
    v->c.block.header.state_root.b[tr_gen_below(g, 32)] ^= 4;
    TR_CHECK_ERR(run(v, village_raw(v), &witness, &trail, &out), TR_E_BLOCK_STATE_ROOT);
    v->c.block.uncles.count = 1;
    v->c.uncles[0] = v->c.parent;
    TR_CHECK_ERR(run(v, village_raw(v), &witness, &trail, &out), TR_E_UNSUPPORTED);
    v->c.block.uncles.count = 0;
    v->c.block.header.parent_hash.b[0] ^= 1;
    TR_CHECK_ERR(run(v, village_raw(v), &witness, &trail, &out), TR_E_WITNESS_HEADERS);
    tr_recorder_free(recorder);
    village_close(v);
}

/* Bytes of a node that are not its own: it is then another node, and this one is missing. */
TR_PROP(a_forged_node_is_missing)
{
    village *v = village_open(g, TR_OSAKA);
    tr_recorder *recorder;
    tr_witness witness;
    tr_trail trail;
    tr_stf_outcome out;
    record(v, &recorder, &witness);
    tr_bytes *nodes = TR_ARENA_ARRAY(tr_test_arena(), tr_bytes, witness.node_count);
    memcpy(nodes, witness.nodes, witness.node_count * sizeof(*nodes));
    tr_bytes *forged = &nodes[tr_gen_below(g, witness.node_count)];
    *forged = tr_arena_copy(tr_test_arena(), *forged);
    ((uint8_t *)forged->data)[tr_gen_below(g, forged->len)] ^= 1;
    witness.nodes = nodes;
    TR_CHECK_ERR(run(v, village_raw(v), &witness, &trail, &out), TR_E_TRIE_MISSING);
    tr_recorder_free(recorder);
    village_close(v);
}

typedef struct memory_case {
    village *v;
    tr_bytes raw;
    tr_witness witness;
} memory_case;

static tr_err run_in(tr_alloc *alloc, void *context)
{
    memory_case *c = context;
    tr_stf_outcome out;
    tr_hash hash;
    return tr_stf_stateless(NULL, alloc, &c->v->c.config, c->raw, &c->witness, &out, &hash);
}

TR_PROP(without_memory)
{
    static bool done;
    memory_case c;
    tr_recorder *recorder;
    if (done) return; /* one block is enough */
    done = true;
    c.v = village_open(g, TR_OSAKA);
    record(c.v, &recorder, &c.witness);
    c.raw = village_raw(c.v);
    tr_test_out_of_memory(run_in, &c);
    tr_recorder_free(recorder);
    village_close(c.v);
}
