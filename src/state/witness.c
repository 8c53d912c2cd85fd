#include "state/witness.h"

#include "eth/header.h"
#include "hash/keccak.h"
#include "trie/nodes.h"

/* Codes are kept as nodes are: by hash, each once.  The two sources here are those of nodes in form
 * and have no use for a path. */
static const tr_path no_path;

typedef struct code_source {
    tr_trie_source source;
    tr_forest_source *from;
} code_source;

struct tr_recorder {
    tr_forest_source source;
    tr_alloc *alloc;
    tr_forest_source *from;
    tr_header_source *headers;
    uint64_t parent_number, oldest; /* oldest: of the headers that are needed */
    tr_arena arena;
    code_source code_source;
    tr_trie_recorder nodes, codes;
};

static tr_err load_code(tr_trie_source *self, tr_trail *trail, const tr_path *path,
                        const tr_hash *hash, tr_bytes *out)
{
    const code_source *codes = (const code_source *)self;
    (void)path;
    if (codes->from->code == NULL)
        return tr_fail(trail, TR_E_NOT_FOUND, "what is recorded has no codes");
    return codes->from->code(codes->from, trail, hash, out);
}

static tr_trie_source *recorder_trie(tr_forest_source *self, const tr_hash *owner)
{
    tr_recorder *recorder = (tr_recorder *)self;
    if (owner == NULL) return &recorder->nodes.source;
    tr_trie_source *from = recorder->from->trie(recorder->from, owner);
    tr_trie_recorder_door *door = TR_ARENA_NEW(&recorder->arena, tr_trie_recorder_door);
    if (from == NULL || door == NULL) return NULL;
    tr_trie_recorder_open(&recorder->nodes, from, door);
    return &door->source;
}

static tr_err recorder_code(tr_forest_source *self, tr_trail *trail, const tr_hash *code_hash,
                            tr_bytes *out)
{
    tr_trie_source *codes = &((tr_recorder *)self)->codes.source;
    return codes->load(codes, trail, &no_path, code_hash, out);
}

static tr_err recorder_block_hash(tr_forest_source *self, tr_trail *trail, uint64_t number,
                                  tr_hash *out)
{
    tr_recorder *recorder = (tr_recorder *)self;
    tr_forest_source *from = recorder->from;
    tr_bytes header;
    if (number < recorder->oldest) recorder->oldest = number;
    if (from->block_hash != NULL) return from->block_hash(from, trail, number, out);
    *out = (tr_hash){{0}};
    if (recorder->headers == NULL) return TR_OK;
    TR_TRY(recorder->headers->header(recorder->headers, trail, number, &header));
    *out = tr_keccak256(header);
    return TR_OK;
}

static tr_err init(tr_trail *trail, tr_recorder *recorder)
{
    tr_trie_source *accounts = recorder->from->trie(recorder->from, NULL);
    if (accounts == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for the source of a trie");
    TR_TRY(tr_trie_recorder_init(trail, &recorder->nodes, accounts, &recorder->arena));
    return tr_trie_recorder_init(trail, &recorder->codes, &recorder->code_source.source,
                                 &recorder->arena);
}

tr_err tr_recorder_new(tr_trail *trail, tr_alloc *alloc, tr_forest_source *from,
                       tr_header_source *headers, uint64_t parent_number, tr_recorder **out)
{
    tr_recorder *recorder = tr_alloc_get(alloc, sizeof(*recorder));
    if (recorder == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a recorder");
    *recorder = (tr_recorder){.source = {recorder_trie, recorder_code, recorder_block_hash},
                              .alloc = alloc,
                              .from = from,
                              .headers = headers,
                              .parent_number = parent_number,
                              .oldest = parent_number,
                              .code_source = {{load_code}, from}};
    tr_arena_init(&recorder->arena, alloc, SIZE_MAX);
    tr_err err = init(trail, recorder);
    if (err != TR_OK) {
        tr_recorder_free(recorder);
        return err;
    }
    *out = recorder;
    return TR_OK;
}

void tr_recorder_free(tr_recorder *recorder)
{
    if (recorder == NULL) return;
    tr_arena_free(&recorder->arena);
    tr_alloc_put(recorder->alloc, recorder, sizeof(*recorder));
}

tr_forest_source *tr_recorder_source(tr_recorder *recorder)
{
    return &recorder->source;
}

static tr_err get_headers(tr_trail *trail, const tr_recorder *recorder, tr_arena *arena,
                          tr_witness *out)
{
    size_t count = (size_t)(recorder->parent_number - recorder->oldest) + 1;
    if (recorder->headers == NULL) return TR_OK;
    tr_bytes *headers = TR_ARENA_ARRAY(arena, tr_bytes, count);
    if (headers == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a witness");
    for (size_t i = 0; i < count; i++) {
        tr_bytes header;
        TR_TRY(recorder->headers->header(recorder->headers, trail, recorder->oldest + i, &header));
        headers[i] = tr_arena_copy(arena, header);
        if (headers[i].data == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a witness");
    }
    out->headers = headers;
    out->header_count = count;
    return TR_OK;
}

tr_err tr_recorder_get(tr_trail *trail, tr_recorder *recorder, tr_arena *arena, tr_witness *out)
{
    tr_trie_proof nodes, codes;
    TR_TRY(tr_trie_recorder_get(trail, &recorder->nodes, arena, &nodes));
    TR_TRY(tr_trie_recorder_get(trail, &recorder->codes, arena, &codes));
    *out = (tr_witness){.nodes = nodes.nodes,
                        .node_count = nodes.count,
                        .codes = codes.nodes,
                        .code_count = codes.count};
    return get_headers(trail, recorder, arena, out);
}

/* A witness that is given. */

typedef struct opened {
    tr_forest_source source;
    tr_trie_witness nodes, codes;
    uint64_t first; /* number of the oldest header */
    size_t count;
    const tr_hash *hashes;
} opened;

static tr_trie_source *opened_trie(tr_forest_source *self, const tr_hash *owner)
{
    (void)owner;
    return &((opened *)self)->nodes.source;
}

static tr_err opened_code(tr_forest_source *self, tr_trail *trail, const tr_hash *code_hash,
                          tr_bytes *out)
{
    tr_trie_source *codes = &((opened *)self)->codes.source;
    if (codes->load(codes, NULL, &no_path, code_hash, out) == TR_OK) return TR_OK;
    return tr_fail(trail, TR_E_WITNESS_CODE, "the witness lacks the code of hash 0x%08x...",
                   tr_load32be(code_hash->b));
}

static tr_err opened_block_hash(tr_forest_source *self, tr_trail *trail, uint64_t number,
                                tr_hash *out)
{
    const opened *o = (const opened *)self;
    *out = (tr_hash){{0}};
    if (number < o->first || number - o->first >= o->count)
        return tr_fail(trail, TR_E_WITNESS_HEADER,
                       "the witness lacks the header of block %llu; it has %llu to %llu",
                       (unsigned long long)number, (unsigned long long)o->first,
                       (unsigned long long)(o->first + o->count - 1));
    *out = o->hashes[number - o->first];
    return TR_OK;
}

static tr_err bad_header(tr_trail *trail, size_t index, const char *what)
{
    return tr_fail(trail, TR_E_WITNESS_HEADERS, "header %zu of the witness %s", index, what);
}

static tr_err check_headers(tr_trail *trail, const tr_witness *witness, const tr_hash *parent_hash,
                            opened *o, tr_hash *state_root)
{
    tr_header header;
    size_t n = o->count;
    if (n == 0) return tr_fail(trail, TR_E_WITNESS_HEADERS, "the witness has no header");
    for (size_t i = 0; i < n; i++) {
        if (tr_header_decode(NULL, witness->headers[i], &header) != TR_OK)
            return bad_header(trail, i, "is not well formed");
        if (i == 0) o->first = header.number;
        if (header.number != o->first + i || header.number < o->first)
            return bad_header(trail, i, "is not the next one by its number");
        if (i != 0 && memcmp(&header.parent_hash, &o->hashes[i - 1], sizeof(tr_hash)) != 0)
            return bad_header(trail, i, "does not name the one before it");
    }
    if (memcmp(&o->hashes[n - 1], parent_hash, sizeof(tr_hash)) != 0)
        return bad_header(trail, n - 1, "is not the parent's");
    *state_root = header.state_root;
    return TR_OK;
}

tr_err tr_witness_open(tr_trail *trail, tr_arena *arena, const tr_witness *witness,
                       const tr_hash *parent_hash, tr_forest_source **out, tr_hash *state_root)
{
    opened *o = TR_ARENA_NEW(arena, opened);
    tr_hash *hashes = TR_ARENA_ARRAY(arena, tr_hash, witness->header_count);
    if (o == NULL || hashes == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a witness");
    *o = (opened){.source = {opened_trie, opened_code, opened_block_hash},
                  .count = witness->header_count,
                  .hashes = hashes};
    tr_keccak256_many(witness->header_count, witness->headers, hashes);
    TR_TRY(check_headers(trail, witness, parent_hash, o, state_root));
    TR_TRY(tr_trie_witness_init(trail, &o->nodes, arena, witness->node_count, witness->nodes));
    TR_TRY(tr_trie_witness_init(trail, &o->codes, arena, witness->code_count, witness->codes));
    *out = &o->source;
    return TR_OK;
}
