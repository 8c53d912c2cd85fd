/* Blockchain tests: a genesis and blocks on it, in one chain or in several. */
#include "cli/evm/fixture_internal.h"

enum { BLOCKS_MAX = 20000 };

/* A block that was found good; the first is the genesis. */
typedef struct known {
    tr_hash hash;
    tr_block block;
    tr_u256 total;       /* difficulty */
    size_t parent;       /* its place in the list */
    tr_changes *changes; /* what it did, in pieces */
    size_t pieces;
} known;

typedef struct chain {
    fixture *f;
    tr_chain_config config;
    known *blocks;
    size_t count;
    size_t head;    /* that would be the canonical one */
    size_t at;      /* the block whose state world and forest have */
    bool dirty;     /* world and forest have something of a block that is not good */
    known *at_work; /* the block that is run */
    size_t room;    /* for pieces of it */
    const fixture_watch *watch;
    tr_trail trail;
} chain;

static const known *find_block(const chain *c, const tr_hash *hash)
{
    for (size_t i = c->count; i-- > 0;)
        if (memcmp(&c->blocks[i].hash, hash, sizeof(*hash)) == 0) return &c->blocks[i];
    return NULL;
}

/* Hashes of ancestors: those of the block that is run. */
static tr_err hash_of_ancestor(fixture_door *self, tr_trail *trail, uint64_t number, tr_hash *out)
{
    (void)trail;
    const chain *c = self->context;
    const known *at = &c->blocks[c->at_work->parent];
    while (at->block.header.number > number && at != c->blocks) at = &c->blocks[at->parent];
    *out = at->block.header.number == number ? at->hash : (tr_hash){{0}};
    return TR_OK;
}

/* World, forest and state. */

static tr_err apply(chain *c, const tr_changes *changes)
{
    TR_TRY(tr_memory_world_apply(&c->trail, c->f->world, changes));
    return tr_forest_apply(&c->trail, c->f->forest, NULL, changes);
}

/* The state after a block, made again from the genesis. */
static tr_err go_to(chain *c, size_t index)
{
    if (c->at == index && !c->dirty) return TR_OK;
    size_t depth = 0;
    for (size_t i = index; i != 0; i = c->blocks[i].parent) depth++;
    size_t *path = TR_ARENA_ARRAY(&c->f->arena, size_t, depth + 1);
    if (path == NULL) return tr_fail(&c->trail, TR_E_MEMORY, "no memory for a path");
    for (size_t i = index, k = depth; i != 0; i = c->blocks[i].parent) path[--k] = i;
    TR_TRY(fixture_ground(&c->trail, c->f, &c->f->test.pre));
    TR_TRY(fixture_plant(&c->trail, c->f, &c->f->test.pre));
    for (size_t k = 0; k < depth; k++)
        for (size_t i = 0; i < c->blocks[path[k]].pieces; i++)
            TR_TRY(apply(c, &c->blocks[path[k]].changes[i]));
    c->at = index;
    c->dirty = false;
    return TR_OK;
}

/* What the state has changed goes to world and forest, and is kept with the block. */
static tr_err take_changes(chain *c, tr_trail *trail)
{
    known *block = c->at_work;
    if (block->pieces == c->room)
        return tr_fail(trail, TR_E_LIMIT, "more pieces than transactions");
    c->dirty = true;
    TR_TRY(fixture_take(trail, c->f, &block->changes[block->pieces]));
    block->pieces++;
    return TR_OK;
}

typedef struct roots {
    tr_stf_roots door;
    chain *c;
} roots;

static tr_err root_between(tr_stf_roots *self, tr_trail *trail, tr_state *state, tr_hash *out)
{
    chain *c = ((roots *)self)->c;
    (void)state;
    TR_TRY(take_changes(c, trail));
    return tr_forest_root(trail, c->f->forest, NULL, out);
}

/* One block. */

typedef struct ancestors {
    tr_header headers[TR_UNCLE_ANCESTORS];
    tr_hash included[TR_UNCLES_MAX * TR_UNCLE_ANCESTORS];
    tr_ancestry ancestry;
} ancestors;

static void list_ancestors(const chain *c, size_t parent, ancestors *out)
{
    size_t n = 0, included = 0;
    for (;; parent = c->blocks[parent].parent) {
        const tr_block *block = &c->blocks[parent].block;
        out->headers[n++] = block->header;
        if (n == TR_UNCLE_ANCESTORS) break;
        for (size_t i = 0; i < TR_MIN(block->uncles.count, (size_t)TR_UNCLES_MAX); i++)
            out->included[included++] = tr_header_hash(TR_LIST_AT(tr_header, block->uncles, i));
        if (parent == 0) break;
    }
    out->ancestry = (tr_ancestry){n, out->headers, included, out->included};
}

static tr_err execute(chain *c, const known *parent, known *block)
{
    ancestors of;
    tr_stf_outcome outcome;
    roots between = {{root_between}, c};
    tr_hash root;
    list_ancestors(c, block->parent, &of);
    tr_stf_parent above = {.config = &c->config,
                           .header = &parent->block.header,
                           .hash = parent->hash,
                           .merged = c->config.has_ttd && !tr_u256_lt(parent->total, c->config.ttd),
                           .ancestry = &of.ancestry};
    TR_TRY(tr_stf_block(&c->trail, c->f->evm, c->f->state, &c->f->scratch, &above, &block->block,
                        &between.door, c->watch == NULL ? NULL : c->watch->tracer, &outcome));
    TR_TRY(take_changes(c, &c->trail));
    TR_TRY(tr_forest_root(&c->trail, c->f->forest, NULL, &root));
    if (memcmp(&root, &block->block.header.state_root, sizeof(root)) != 0)
        return tr_fail(&c->trail, TR_E_BLOCK_STATE_ROOT, "block %llu: another state root",
                       (unsigned long long)block->block.header.number);
    return TR_OK;
}

/* Decodes and runs a block in the place after the last one. */
static tr_err import(chain *c, tr_bytes raw)
{
    bool carry;
    known *block = &c->blocks[c->count];
    *block = (known){.pieces = 0};
    TR_TRY(tr_block_decode(&c->trail, &c->f->arena, raw, &block->block));
    block->hash = tr_header_hash(&block->block.header);
    const known *parent = find_block(c, &block->block.header.parent_hash);
    if (parent == NULL) return tr_fail(&c->trail, TR_E_HEADER_PARENT, "no such parent");
    block->parent = (size_t)(parent - c->blocks);
    block->total = tr_u256_add_carry(parent->total, block->block.header.difficulty, &carry);
    c->room = block->block.txs.count + 2;
    block->changes = TR_ARENA_ARRAY(&c->f->arena, tr_changes, c->room);
    if (block->changes == NULL) return tr_fail(&c->trail, TR_E_MEMORY, "no memory for changes");
    TR_TRY(go_to(c, block->parent));
    c->at_work = block;
    c->f->door.hash_of = hash_of_ancestor;
    c->f->door.context = c;
    return execute(c, parent, block);
}

/* The chain of most difficulty is the canonical one; of proof of stake, the last. */
static void keep(chain *c)
{
    const known *block = &c->blocks[c->count], *head = &c->blocks[c->head];
    bool more = tr_u256_gt(block->total, head->total);
    bool same = tr_u256_eq(block->total, head->total);
    bool stake = tr_u256_iszero(block->block.header.difficulty);
    bool longer = block->block.header.number > head->block.header.number;
    if (more || (same && (stake || longer))) c->head = c->count;
    c->at = c->count++;
    c->dirty = false;
}

static bool one_block(chain *c, size_t index, const tr_json *item, fixture_outcome *out)
{
    tr_bytes raw, exception = fixture_text(item, "expectException");
    tr_bytes want = fixture_text(tr_json_get(item, "blockHeader"), "hash");
    tr_hash hash;
    tr_trail_clear(&c->trail);
    tr_arena_reset(&c->f->scratch);
    if (!fixture_bytes(&c->f->arena, fixture_text(item, "rlp"), &raw)) {
        fixture_say(out, "block %zu: rlp is no hex text", index);
        return false;
    }
    tr_err err = import(c, raw);
    if (err != TR_OK) {
        tr_state_clear(c->f->state, &c->f->door.world);
        out->err = err;
    }
    if (exception.len == 0 ? err != TR_OK : !fixture_exception_fits(exception, err)) {
        fixture_say(out, "block %zu: %s (%s), expected %.*s", index, tr_err_name(err),
                    c->trail.text, (int)exception.len,
                    exception.len == 0 ? "" : (const char *)exception.data);
        return false;
    }
    if (err != TR_OK) return true;
    if (want.len != 0 && (!fixture_exact(want, hash.b, sizeof(hash.b)) ||
                          memcmp(&hash, &c->blocks[c->count].hash, sizeof(hash)) != 0)) {
        fixture_say(out, "block %zu has another hash", index);
        return false;
    }
    keep(c);
    return true;
}

/* The first block must be the one that pre makes. */
static tr_err plant_genesis(chain *c, const tr_json *test)
{
    fixture *f = c->f;
    known *genesis = &c->blocks[0];
    tr_bytes raw;
    tr_hash root, want;
    TR_TRY(fixture_alloc(&c->trail, &f->arena, tr_json_get(test, "pre"), &f->test.pre));
    if (!fixture_bytes(&f->arena, fixture_text(test, "genesisRLP"), &raw) ||
        !fixture_exact(fixture_text(tr_json_get(test, "genesisBlockHeader"), "hash"), want.b, 32))
        return tr_fail(&c->trail, TR_E_JSON_FIELD, "the genesis is missing or no hex text");
    TR_TRY(tr_block_decode(&c->trail, &f->arena, raw, &genesis->block));
    genesis->hash = tr_header_hash(&genesis->block.header);
    genesis->total = genesis->block.header.difficulty;
    c->count = 1;
    if (memcmp(&want, &genesis->hash, sizeof(want)) != 0)
        return tr_fail(&c->trail, TR_E_STATE, "the genesis has another hash");
    c->dirty = true;
    TR_TRY(go_to(c, 0));
    TR_TRY(tr_forest_root(&c->trail, f->forest, NULL, &root));
    if (memcmp(&root, &genesis->block.header.state_root, sizeof(root)) != 0)
        return tr_fail(&c->trail, TR_E_BLOCK_STATE_ROOT, "the genesis has another state root");
    return TR_OK;
}

/* The head, and the state after it by its root and, where the fixture lists it, in full. */
static tr_err check_end(chain *c, const tr_json *test, fixture_outcome *out)
{
    tr_hash last, root;
    tr_changes post;
    const known *head = &c->blocks[c->head];
    const tr_json *state = tr_json_get(test, "postState");
    tr_bytes state_hash = fixture_text(test, "postStateHash");
    out->root = head->block.header.state_root;
    if (!fixture_exact(fixture_text(test, "lastblockhash"), last.b, 32))
        return tr_fail(&c->trail, TR_E_JSON_FIELD, "lastblockhash is missing or no hash");
    if (memcmp(&last, &head->hash, sizeof(last)) != 0)
        return tr_fail(&c->trail, TR_E_STATE, "another last block: number %llu",
                       (unsigned long long)head->block.header.number);
    if (state_hash.len != 0) {
        if (!fixture_exact(state_hash, root.b, sizeof(root.b)))
            return tr_fail(&c->trail, TR_E_JSON_FIELD, "postStateHash is no hash");
    } else if (state != NULL) {
        TR_TRY(fixture_alloc(&c->trail, &c->f->arena, state, &post));
        TR_TRY(tr_state_root(&c->trail, &c->f->scratch, NULL, &post, &root));
    } else {
        root = head->block.header.state_root;
    }
    if (memcmp(&root, &head->block.header.state_root, sizeof(root)) != 0)
        return tr_fail(&c->trail, TR_E_STATE, "the state after the last block is another one");
    return TR_OK;
}

static tr_err begin(chain *c, const tr_json *test)
{
    uint64_t chain_id = 1;
    const tr_json *config = tr_json_get(test, "config");
    const tr_json *id = tr_json_get(config, "chainid"), *blocks = tr_json_get(test, "blocks");
    size_t count = blocks == NULL ? 0 : blocks->count;
    if (id != NULL && !fixture_u64(id, &chain_id))
        return tr_fail(&c->trail, TR_E_JSON_FIELD, "config.chainid is no number");
    if (count > BLOCKS_MAX) return tr_fail(&c->trail, TR_E_LIMIT, "too many blocks");
    TR_TRY(fixture_network(&c->trail, fixture_text(test, "network"),
                           tr_json_get(config, "blobSchedule"), chain_id, &c->config));
    c->blocks = TR_ARENA_ARRAY(&c->f->arena, known, count + 2);
    if (c->blocks == NULL) return tr_fail(&c->trail, TR_E_MEMORY, "no memory for blocks");
    memset(c->blocks, 0, (count + 2) * sizeof(*c->blocks));
    return plant_genesis(c, test);
}

void fixture_block_run(fixture *f, const tr_json *test, const fixture_watch *watch,
                       fixture_outcome *out)
{
    chain c = {.f = f, .watch = watch};
    size_t index = 0;
    bool good = true;
    *out = (fixture_outcome){.pass = false};
    tr_trail_clear(&c.trail);
    fixture_state_end(f);
    tr_err err = begin(&c, test);
    if (err == TR_OK) {
        const tr_json *blocks = tr_json_get(test, "blocks");
        TR_JSON_EACH(item, blocks) good = good && one_block(&c, index++, item, out);
        if (good) err = check_end(&c, test, out);
    }
    if (err != TR_OK)
        fixture_say(out, "%s (%s)", c.trail.text, tr_err_name(err));
    else
        out->pass = good;
    fixture_state_end(f);
}
