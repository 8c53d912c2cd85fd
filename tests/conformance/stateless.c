#include "stateless.h"

#include "hash/keccak.h"
#include "os/heap.h"
#include "state/witness.h"
#include "trie/node.h"

#define CHECK(x) TR_ASSERT(x)
#include "../unit/state/store.h"

/* Of eest-benchmark the blocks of up to 30 million gas: those of 60, 100 and 150 million run the
 * same programs for longer, which takes minutes under qemu-user. */
enum { MOST_GAS = 30000000, ANCESTORS = 256 };

/* The chain as far as it has come. */
typedef struct walk {
    vec_run *run;
    const vec_file *file;
    tr_chain_config config;
    tr_fork fork;
    tr_memory_world *codes;
    store store;
    tr_evm *evm;
    tr_arena arena;         /* of the whole test */
    tr_header_source found; /* the headers, by number */
    tr_bytes headers[ANCESTORS];
    uint64_t first; /* number of the oldest */
    size_t count;
    tr_header last;
    tr_hash last_hash;
} walk;

static tr_err find_header(tr_header_source *self, tr_trail *trail, uint64_t number, tr_bytes *out)
{
    const walk *w = (const walk *)(void *)((uint8_t *)self - offsetof(walk, found));
    if (number < w->first || number - w->first >= w->count)
        return tr_fail(trail, TR_E_NOT_FOUND, "no header of that number");
    *out = w->headers[number - w->first];
    return TR_OK;
}

static tr_err find_hash(tr_forest_source *self, tr_trail *trail, uint64_t number, tr_hash *out)
{
    walk *w = (walk *)(void *)((uint8_t *)self - offsetof(walk, store.source));
    tr_bytes header;
    TR_TRY(find_header(&w->found, trail, number, &header));
    *out = tr_keccak256(header);
    return TR_OK;
}

/* The block becomes the last one. */
static bool step(walk *w, const tr_block *block)
{
    if (w->count == ANCESTORS) return false;
    if (w->count == 0) w->first = block->header.number;
    w->headers[w->count++] = block->header_encoding;
    w->last = block->header;
    w->last_hash = tr_header_hash(&block->header);
    return true;
}

/* The genesis: its state goes to the store. */
static bool begin(walk *w, const tr_json *test)
{
    tr_changes pre;
    tr_bytes raw;
    tr_block genesis;
    tr_hash root;
    tr_forest *forest;
    tr_forest_options options = {tr_heap(), &w->store.source, tr_trie_empty_root, SIZE_MAX};
    if (fixture_alloc(NULL, &w->arena, tr_json_get(test, "pre"), &pre) != TR_OK ||
        !fixture_bytes(&w->arena, fixture_text(test, "genesisRLP"), &raw) ||
        tr_block_decode(NULL, &w->arena, raw, &genesis) != TR_OK ||
        tr_memory_world_apply(NULL, w->codes, &pre) != TR_OK ||
        tr_forest_new(NULL, &options, &forest) != TR_OK)
        return false;
    bool ok = tr_forest_apply(NULL, forest, NULL, &pre) == TR_OK &&
              tr_forest_root(NULL, forest, NULL, &root) == TR_OK &&
              tr_forest_commit(NULL, forest, &w->store.sink) == TR_OK &&
              memcmp(&root, &genesis.header.state_root, sizeof(root)) == 0;
    tr_forest_free(forest);
    return ok && step(w, &genesis);
}

/* Runs the block over the forest, and makes what it changed the store's. */
static tr_err run_block(walk *w, tr_forest *forest, const tr_block *block)
{
    tr_state *state;
    tr_stf_outcome outcome;
    tr_changes changes;
    tr_hash root;
    tr_state_options options = {
        .alloc = tr_heap(), .world = tr_forest_world(forest), .limit = SIZE_MAX};
    TR_TRY(tr_state_new(NULL, &options, &state));
    tr_stf_parent parent = {.config = &w->config,
                            .header = &w->last,
                            .hash = w->last_hash,
                            .merged = w->fork >= TR_PARIS};
    tr_err err = tr_stf_block(NULL, w->evm, state, &w->arena, &parent, block, NULL, NULL, &outcome);
    if (err == TR_OK) err = tr_state_changes(NULL, state, &w->arena, &changes);
    if (err == TR_OK) err = tr_memory_world_apply(NULL, w->codes, &changes);
    if (err == TR_OK) err = tr_forest_apply(NULL, forest, NULL, &changes);
    if (err == TR_OK) err = tr_forest_root(NULL, forest, NULL, &root);
    tr_state_free(state);
    return err;
}

static void put_list(tr_buf *out, size_t n, const tr_bytes items[])
{
    uint8_t le[4];
    tr_store32le(le, (uint32_t)n);
    tr_buf_put(out, TR_VIEW(le));
    for (size_t i = 0; i < n; i++) {
        tr_store32le(le, (uint32_t)items[i].len);
        tr_buf_put(out, TR_VIEW(le));
        tr_buf_put(out, items[i]);
    }
}

/* Block and witness, as the operation reads them. */
static tr_err write_input(const walk *w, tr_bytes raw, const tr_witness *witness, tr_buf *out)
{
    const char *fork = tr_fork_rules_of(w->fork)->name;
    uint8_t le[8];
    tr_buf_put_u8(out, (uint8_t)strlen(fork));
    tr_buf_put_str(out, fork);
    tr_store64le(le, w->config.chain_id);
    tr_buf_put(out, TR_VIEW(le));
    tr_store32le(le, (uint32_t)raw.len);
    tr_buf_put(out, tr_bytes_of(le, 4));
    tr_buf_put(out, raw);
    put_list(out, witness->node_count, witness->nodes);
    put_list(out, witness->code_count, witness->codes);
    put_list(out, witness->header_count, witness->headers);
    return tr_buf_err(out);
}

static const char *compare(const tr_header *header, tr_bytes out)
{
    enum { ERROR = 4, HASH = 32, GAS = 8 };
    tr_hash hash = tr_header_hash(header);
    if (out.len != ERROR + 2 * HASH + GAS) return "an answer of another length";
    if (tr_load32le(out.data) != TR_OK) return tr_err_name((tr_err)tr_load32le(out.data));
    if (memcmp(out.data + ERROR, &hash, HASH) != 0) return "stateless: another hash";
    if (memcmp(out.data + ERROR + HASH, &header->state_root, HASH) != 0)
        return "stateless: another state root";
    return tr_load64le(out.data + ERROR + 2 * HASH) == header->gas_used
               ? NULL
               : "stateless: other gas used";
}

static const char *ask(const walk *w, tr_bytes raw, const tr_block *block,
                       const tr_witness *witness)
{
    tr_bytes answer = {NULL, 0};
    tr_buf in;
    tr_buf_init(&in, tr_heap(), SIZE_MAX);
    tr_err err = write_input(w, raw, witness, &in);
    if (err == TR_OK) err = vec_op(w->run, w->file, "stf.stateless", tr_buf_view(&in), &answer);
    const char *fault = err != TR_OK ? tr_err_name(err) : compare(&block->header, answer);
    tr_buf_free(&in);
    return fault;
}

static const char *one_block(walk *w, tr_bytes raw, const tr_block *block)
{
    tr_recorder *recorder;
    tr_forest *forest = NULL;
    tr_witness witness;
    const char *fault = NULL;
    if (tr_recorder_new(NULL, tr_heap(), &w->store.source, &w->found, w->last.number, &recorder) !=
        TR_OK)
        return "no recorder";
    tr_forest_options options = {tr_heap(), tr_recorder_source(recorder), w->last.state_root,
                                 SIZE_MAX};
    tr_err err = tr_forest_new(NULL, &options, &forest);
    if (err == TR_OK) err = run_block(w, forest, block);
    if (err == TR_OK) err = tr_recorder_get(NULL, recorder, &w->arena, &witness);
    if (err == TR_OK) fault = ask(w, raw, block, &witness);
    if (err == TR_OK) err = tr_forest_commit(NULL, forest, &w->store.sink);
    if (forest != NULL) tr_forest_free(forest);
    tr_recorder_free(recorder);
    return err != TR_OK ? tr_err_name(err) : fault;
}

static const char *follow(walk *w, const tr_json *blocks)
{
    TR_JSON_EACH(item, blocks)
    {
        tr_bytes raw;
        tr_block block;
        const char *fault;
        if (tr_json_get(item, "expectException") != NULL) continue;
        if (!fixture_bytes(&w->arena, fixture_text(item, "rlp"), &raw) ||
            tr_block_decode(NULL, &w->arena, raw, &block) != TR_OK)
            return "not decoded";
        bool is_child = memcmp(&block.header.parent_hash, &w->last_hash, sizeof(tr_hash)) == 0;
        if (!is_child || block.uncles.count != 0 || block.header.gas_used > MOST_GAS) return NULL;
        fault = one_block(w, raw, &block);
        if (fault != NULL || !step(w, &block)) return fault;
    }
    return NULL;
}

const char *stateless_check(vec_run *run, const vec_file *file, const tr_json *test)
{
    uint64_t chain_id = 1;
    tr_fork fork;
    const char *fault = NULL;
    const tr_json *id = tr_json_get(tr_json_get(test, "config"), "chainid");
    /* Before Byzantium receipts have the roots between transactions, and one fork becoming another
     * is more than the operation is told. */
    if (!tr_fork_find(fixture_text(test, "network"), &fork) || fork < TR_BYZANTIUM) return NULL;
    if (id != NULL && !fixture_u64(id, &chain_id)) return "the chain's id is no number";
    walk w = {.run = run, .file = file, .fork = fork};
    tr_evm_options options = {.alloc = tr_heap()};
    w.config = tr_chain_config_at(fork, chain_id);
    w.found.header = find_header;
    tr_arena_init(&w.arena, tr_heap(), SIZE_MAX);
    if (tr_memory_world_new(NULL, tr_heap(), SIZE_MAX, &w.codes) != TR_OK) return "no memory";
    store_init(&w.store, tr_heap(), tr_memory_world_door(w.codes));
    w.store.source.block_hash = find_hash;
    if (tr_evm_new(NULL, &options, &w.evm) != TR_OK || !begin(&w, test))
        fault = "the genesis is not good";
    if (fault == NULL) fault = follow(&w, tr_json_get(test, "blocks"));
    tr_evm_free(w.evm);
    store_free(&w.store);
    tr_memory_world_free(w.codes);
    tr_arena_free(&w.arena);
    return fault;
}
