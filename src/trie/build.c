/* The shape first, then the nodes.
 *
 * How many nibbles neighbours share says all about the shape: a branch stands at depth d over each
 * longest run of entries whose neighbours share at least d, and two of them just d.  One pass with
 * a stack finds the branches and the height of each (the branches on the way down from it).
 *
 * Then come the leaves, and the branches by their height: all of one height are independent, so
 * that they are encoded and hashed in large batches, by several threads where there are any.  What
 * a parent needs of the node over entries i.. lies in slot i, where that of its first child lay. */
#include "trie/build.h"

#include "codec/rlp.h"
#include "hash/keccak.h"

enum {
    BATCH = 128,       /* nodes hashed in one call */
    BUFFER = 64 << 10, /* bytes of encodings for one call */
    HEAD_MAX = 640,    /* a node without its value takes less */
    HEADER_MAX = 9,    /* the header of an item */
    PIECES_MAX = 64,   /* a phase is cut into at most so many */
    PIECE_LEAST = 64,  /* nodes, below which a piece is not worth a thread */
    DEPTHS = TR_TRIE_PATH_MAX + 1,
    ORDERED_KEY = 5, /* bytes of the key of a 32-bit index */
};

typedef struct slot {
    tr_trie_ref ref; /* of the node that begins with this entry */
    uint8_t shared;  /* nibbles that the entry has in common with the one before */
    uint32_t end;    /* the first entry beyond the node */
} slot;

typedef struct branch_node {
    uint32_t begin, end; /* its entries */
    uint8_t depth;
    uint8_t from; /* where its extension begins; depth: it has none */
    uint8_t height;
} branch_node;

/* The nodes on the way to one entry, kept for a proof; the deepest first. */
typedef struct proof_trace {
    size_t entry;
    tr_arena *arena;
    tr_bytes nodes[DEPTHS + 1];
    size_t count;
    bool no_memory;
} proof_trace;

typedef struct fault {
    tr_err code;
    size_t entry;
} fault;

typedef struct builder {
    const tr_trie_entry *entries;
    size_t n;
    unsigned from; /* the depth of the whole */
    tr_exec *exec;
    slot *slots;
    branch_node *branches;
    uint32_t *order; /* the branches by height */
    uint8_t *buffers;
    size_t branch_count, buffer_size, pieces;
    size_t of_height[DEPTHS + 1];
    fault faults[PIECES_MAX];
    proof_trace *trace;
} builder;

/* Encodings that wait to be hashed together. */
typedef struct node_batch {
    builder *b;
    uint8_t *buffer;
    size_t used, count;
    tr_bytes in[BATCH];
    tr_trie_ref *out[BATCH];
} node_batch;

static unsigned nibble(tr_bytes key, size_t i)
{
    return i % 2 == 0 ? key.data[i / 2] >> 4 : key.data[i / 2] & 15u;
}

/* How many nibbles two keys share; *rising tells whether a is below b. */
static unsigned shared_nibbles(tr_bytes a, tr_bytes b, bool *rising)
{
    size_t n = TR_MIN(a.len, b.len), i = 0;
    while (n - i >= 8 && tr_load64le(a.data + i) == tr_load64le(b.data + i)) i += 8;
    while (i < n && a.data[i] == b.data[i]) i++;
    if (i == n) {
        *rising = a.len < b.len;
        return (unsigned)(2 * n);
    }
    *rising = a.data[i] < b.data[i];
    return (unsigned)(2 * i) + ((a.data[i] ^ b.data[i]) < 16);
}

/* Phase 1: looks at the entries from begin on, each with the one before it. */
static void look(builder *b, node_batch *batch, size_t piece, size_t begin, size_t end)
{
    (void)batch;
    for (size_t i = begin; i < end; i++) {
        const tr_trie_entry *entry = &b->entries[i];
        bool rising = true;
        unsigned shared = b->from;
        tr_err code = TR_OK;
        if (entry->key.len > TR_TRIE_KEY_MAX || entry->value.len == 0 ||
            2 * entry->key.len < b->from)
            code = TR_E_ARGUMENT;
        else if (i > 0)
            shared = shared_nibbles(entry[-1].key, entry->key, &rising);
        if (!rising)
            code = TR_E_TRIE_ORDER;
        else if (shared < b->from)
            code = TR_E_ARGUMENT;
        if (code != TR_OK) {
            b->faults[piece] = (fault){code, i};
            return;
        }
        b->slots[i].shared = (uint8_t)shared;
        b->slots[i].end = (uint32_t)i + 1;
    }
}

/* Phase 2: finds the branches.  Those that are open, from the root on, rise in depth. */
static void find_branches(builder *b)
{
    branch_node open[DEPTHS];
    size_t count = 0;
    for (size_t i = 1; i <= b->n; i++) {
        bool end = i == b->n;
        unsigned shared = end ? 0 : b->slots[i].shared;
        uint32_t begin = (uint32_t)i - 1;
        uint8_t height = 0;
        while (count > 0 && (end || open[count - 1].depth > shared)) {
            branch_node done = open[--count];
            begin = done.begin;
            done.end = (uint32_t)i;
            height = TR_MAX(done.height, height);
            done.height = height++;
            int above = end ? -1 : (int)shared;
            if (count > 0 && open[count - 1].depth > above) above = open[count - 1].depth;
            done.from = above < 0 ? (uint8_t)b->from : (uint8_t)(above + 1);
            b->of_height[done.height + 1]++;
            b->branches[b->branch_count++] = done;
        }
        if (end) return;
        if (count == 0 || open[count - 1].depth < shared)
            open[count++] = (branch_node){.begin = begin, .depth = (uint8_t)shared};
        open[count - 1].height = TR_MAX(open[count - 1].height, height);
    }
}

static void sort_by_height(builder *b)
{
    size_t next[DEPTHS + 1];
    for (size_t h = 1; h <= DEPTHS; h++) b->of_height[h] += b->of_height[h - 1];
    memcpy(next, b->of_height, sizeof(next));
    for (size_t i = 0; i < b->branch_count; i++)
        b->order[next[b->branches[i].height]++] = (uint32_t)i;
}

static size_t put_header(uint8_t *to, uint8_t base, size_t len)
{
    if (len < 56) {
        to[0] = (uint8_t)(base + len);
        return 1;
    }
    unsigned n = tr_be_len(len);
    to[0] = (uint8_t)(base + 55 + n);
    for (unsigned i = 0; i < n; i++) to[n - i] = (uint8_t)(len >> (8 * i));
    return 1 + n;
}

/* The header of a string that is to follow. */
static uint8_t *put_string_header(uint8_t *to, tr_bytes string)
{
    if (string.len == 1 && string.data[0] < 0x80) return to;
    return to + put_header(to, 0x80, string.len);
}

static uint8_t *put_ref(uint8_t *to, const tr_trie_ref *ref)
{
    if (ref->len == 32) *to++ = 0x80 + 32;
    memcpy(to, ref->b, ref->len);
    return to + ref->len;
}

/* Hex-prefix of the nibbles of a key from one on up to another. */
static uint8_t *put_path(uint8_t *to, tr_bytes key, size_t from, size_t end, bool leaf)
{
    size_t len = (end - from) / 2 + 1;
    if (len > 1) to += put_header(to, 0x80, len);
    uint8_t mark = leaf ? 0x20 : 0;
    if ((end - from) % 2 != 0) mark = (uint8_t)(mark | 0x10 | nibble(key, from++));
    *to++ = mark;
    if (from % 2 == 0 && len > 1) {
        memcpy(to, key.data + from / 2, len - 1);
        return to + len - 1;
    }
    for (; from < end; from += 2) *to++ = (uint8_t)(nibble(key, from) << 4 | nibble(key, from + 1));
    return to;
}

/* Keeps the node head + value for the proof. */
static void keep(proof_trace *t, tr_bytes head, tr_bytes value)
{
    uint8_t *copy = tr_arena_get(t->arena, head.len + value.len, 1);
    if (copy == NULL) {
        t->no_memory = true;
        return;
    }
    memcpy(copy, head.data, head.len);
    if (value.len != 0) memcpy(copy + head.len, value.data, value.len);
    t->nodes[t->count++] = (tr_bytes){copy, head.len + value.len};
}

static void flush(node_batch *batch)
{
    tr_hash hashes[BATCH];
    tr_keccak256_many(batch->count, batch->in, hashes);
    for (size_t i = 0; i < batch->count; i++) {
        batch->out[i]->len = 32;
        memcpy(batch->out[i]->b, &hashes[i], 32);
    }
    batch->count = batch->used = 0;
}

/* Where the payload of the next node goes; NULL when the batch has to be flushed before. */
static uint8_t *room_for(node_batch *batch, tr_bytes value)
{
    size_t room = batch->b->buffer_size - batch->used;
    size_t need = HEAD_MAX + (value.len <= BUFFER - HEAD_MAX ? value.len : 0);
    if (batch->count == BATCH || room < need) return NULL;
    return batch->buffer + batch->used + HEADER_MAX;
}

/* Ends a node whose payload, up to the value that may follow, lies in the batch. */
static void add(node_batch *batch, const uint8_t *end, tr_bytes value, tr_trie_ref *out,
                size_t first, size_t beyond)
{
    uint8_t header[HEADER_MAX], *begin = batch->buffer + batch->used + HEADER_MAX;
    size_t payload = (size_t)(end - begin);
    size_t n = put_header(header, 0xc0, payload + value.len);
    begin -= n;
    memcpy(begin, header, n);
    tr_bytes head = {begin, n + payload};
    proof_trace *t = batch->b->trace;
    size_t len = head.len + value.len;
    if (t != NULL && first <= t->entry && t->entry < beyond && len >= 32) keep(t, head, value);
    if (value.len > BUFFER - HEAD_MAX) {
        tr_sponge sponge;
        tr_keccak256_init(&sponge);
        tr_sponge_update(&sponge, head);
        tr_sponge_update(&sponge, value);
        tr_hash hash = tr_keccak256_final(&sponge);
        out->len = 32;
        memcpy(out->b, &hash, 32);
        return;
    }
    if (value.len != 0) memcpy(begin + head.len, value.data, value.len);
    if (len < 32) {
        out->len = (uint8_t)len;
        memcpy(out->b, begin, len);
        return;
    }
    batch->in[batch->count] = (tr_bytes){begin, len};
    batch->out[batch->count++] = out;
    batch->used = (size_t)(begin + len - batch->buffer);
}

/* Phase 3: the leaves.  An entry whose key ends at its parent lies in that branch. */
static void do_leaves(builder *b, node_batch *batch, size_t piece, size_t begin, size_t end)
{
    (void)piece;
    for (size_t i = begin; i < end; i++) {
        const tr_trie_entry *entry = &b->entries[i];
        unsigned before = b->slots[i].shared, after = 0, from = b->from;
        if (i + 1 < b->n) after = b->slots[i + 1].shared;
        if (b->n > 1) from = (i == 0 ? after : TR_MAX(before, after)) + 1;
        if (2 * entry->key.len < from) continue;
        uint8_t *to = room_for(batch, entry->value);
        if (to == NULL) {
            flush(batch);
            to = room_for(batch, entry->value);
            TR_ASSERT(to != NULL);
        }
        to = put_path(to, entry->key, from, 2 * entry->key.len, true);
        to = put_string_header(to, entry->value);
        add(batch, to, entry->value, &b->slots[i].ref, i, i + 1);
    }
    flush(batch);
}

static bool add_branch(builder *b, node_batch *batch, const branch_node *branch)
{
    size_t i = branch->begin;
    tr_bytes value = {NULL, 0};
    if (2 * b->entries[i].key.len == branch->depth) value = b->entries[i++].value;
    uint8_t *to = room_for(batch, value);
    if (to == NULL) return false;
    unsigned next = 0;
    while (i < branch->end) {
        unsigned at = nibble(b->entries[i].key, branch->depth);
        for (; next < at; next++) *to++ = 0x80;
        to = put_ref(to, &b->slots[i].ref);
        next = at + 1;
        i = b->slots[i].end;
    }
    for (; next < 16; next++) *to++ = 0x80;
    to = put_string_header(to, value);
    add(batch, to, value, &b->slots[branch->begin].ref, branch->begin, branch->end);
    return true;
}

static void add_extension(builder *b, node_batch *batch, const branch_node *branch)
{
    tr_bytes none = {NULL, 0};
    tr_trie_ref *ref = &b->slots[branch->begin].ref;
    uint8_t *to = room_for(batch, none);
    TR_ASSERT(to != NULL); /* a batch has room for the extensions of its branches */
    to = put_path(to, b->entries[branch->begin].key, branch->from, branch->depth, false);
    to = put_ref(to, ref);
    add(batch, to, none, ref, branch->begin, branch->end);
}

/* Phase 4, for each height: the branches from begin on in order, each with its extension. */
static void do_branches(builder *b, node_batch *batch, size_t piece, size_t begin, size_t end)
{
    (void)piece;
    while (begin < end) {
        size_t done = begin, most = TR_MIN(end, begin + BATCH);
        while (done < most && add_branch(b, batch, &b->branches[b->order[done]])) done++;
        flush(batch);
        for (; begin < done; begin++) {
            const branch_node *branch = &b->branches[b->order[begin]];
            if (branch->from != branch->depth) add_extension(b, batch, branch);
            b->slots[branch->begin].end = branch->end;
        }
        flush(batch);
    }
}

typedef void phase_run(builder *b, node_batch *batch, size_t piece, size_t begin, size_t end);

typedef struct phase {
    builder *b;
    phase_run *run;
    size_t begin, end, pieces;
} phase;

static void run_piece(void *context, size_t piece)
{
    const phase *p = context;
    size_t n = p->end - p->begin, each = n / p->pieces, more = n % p->pieces;
    size_t begin = p->begin + piece * each + TR_MIN(piece, more);
    node_batch batch;
    batch.b = p->b;
    batch.buffer = p->b->buffers + piece * p->b->buffer_size;
    batch.used = batch.count = 0;
    p->run(p->b, &batch, piece, begin, begin + each + (piece < more));
}

static void run_phase(builder *b, phase_run *run, size_t begin, size_t end)
{
    size_t pieces = (end - begin) / PIECE_LEAST;
    phase p = {b, run, begin, end, TR_MAX(1, TR_MIN(b->pieces, pieces))};
    tr_exec_run(b->exec, p.pieces, run_piece, &p);
}

/* One buffer is as large as these entries can need, and no larger than BUFFER. */
static size_t size_buffer(size_t n, const tr_trie_entry entries[])
{
    size_t size = 0;
    for (size_t i = 0; i < n && size < BUFFER; i++)
        size += HEAD_MAX + TR_MIN(entries[i].value.len, (size_t)BUFFER);
    return TR_MIN(size, (size_t)BUFFER);
}

static tr_err first_fault(tr_trail *trail, const builder *b)
{
    for (size_t i = 0; i < b->pieces; i++) {
        const fault *f = &b->faults[i];
        if (f->code == TR_OK) continue;
        return tr_fail(trail, f->code, "entry %zu of a trie: %s", f->entry,
                       f->code == TR_E_TRIE_ORDER ? "its key is not above the one before"
                                                  : "its key or value has no place there");
    }
    return TR_OK;
}

static tr_err build(tr_trail *trail, builder *b, tr_trie_ref *out)
{
    run_phase(b, look, 0, b->n);
    TR_TRY(first_fault(trail, b));
    find_branches(b);
    sort_by_height(b);
    run_phase(b, do_leaves, 0, b->n);
    for (size_t h = 0; h < DEPTHS && b->of_height[h] < b->branch_count; h++)
        run_phase(b, do_branches, b->of_height[h], b->of_height[h + 1]);
    *out = b->slots[0].ref;
    return TR_OK;
}

/* Gives memory to a builder of n entries, at least one, builds, and takes it back. */
static tr_err build_with(tr_trail *trail, tr_alloc *alloc, builder *b, tr_trie_ref *out)
{
    static const char *const what = "building a trie";
    if (b->n >= UINT32_MAX) return tr_fail(trail, TR_E_LIMIT, "%s: too many entries", what);
    b->pieces = TR_MIN(tr_exec_width(b->exec), b->n / PIECE_LEAST);
    b->pieces = TR_MAX(1, TR_MIN(b->pieces, PIECES_MAX));
    b->buffer_size = size_buffer(b->n, b->entries);
    size_t each = sizeof(slot) + sizeof(branch_node) + sizeof(uint32_t), all, buffers;
    if (!tr_mul_size(b->n, each, &all)) return tr_fail(trail, TR_E_LIMIT, "%s: too large", what);
    if (!tr_mul_size(b->pieces, b->buffer_size, &buffers) || !tr_add_size(all, buffers, &all))
        return tr_fail(trail, TR_E_LIMIT, "%s: too large", what);
    uint8_t *memory = tr_alloc_get(alloc, all);
    if (memory == NULL) return tr_fail(trail, TR_E_MEMORY, "%s: no memory", what);
    b->slots = (slot *)(void *)memory;
    b->branches = (branch_node *)(void *)(b->slots + b->n);
    b->order = (uint32_t *)(void *)(b->branches + b->n);
    b->buffers = (uint8_t *)(b->order + b->n);
    tr_err err = build(trail, b, out);
    tr_alloc_put(alloc, memory, all);
    return err;
}

tr_err tr_trie_build_below(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, unsigned depth,
                           size_t n, const tr_trie_entry entries[], tr_trie_ref *out)
{
    *out = (tr_trie_ref){0};
    if (n == 0) return TR_OK;
    builder b = {.entries = entries, .n = n, .from = depth, .exec = exec};
    return build_with(trail, alloc, &b, out);
}

/* A root is named by its hash, however short it is. */
static tr_hash root_of(const tr_trie_ref *ref)
{
    tr_hash root;
    if (ref->len == 0) return tr_trie_empty_root;
    if (ref->len < 32) return tr_keccak256((tr_bytes){ref->b, ref->len});
    memcpy(&root, ref->b, 32);
    return root;
}

tr_err tr_trie_build(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                     const tr_trie_entry entries[], tr_hash *root)
{
    tr_trie_ref ref;
    TR_TRY(tr_trie_build_below(trail, alloc, exec, 0, n, entries, &ref));
    *root = root_of(&ref);
    return TR_OK;
}

/* The place of index among the sorted keys: 1 to 127, then 0 (its key is 0x80), then the rest. */
static size_t sorted_place(size_t n, size_t index)
{
    if (index == 0) return TR_MIN(n - 1, 127);
    return index < 128 ? index - 1 : index;
}

/* Writes the entries of an ordered trie, sorted, and their keys. */
static void order(size_t n, const tr_bytes values[], tr_trie_entry entries[],
                  uint8_t keys[][ORDERED_KEY])
{
    for (size_t i = 0; i < n; i++) {
        tr_buf key;
        tr_buf_init_fixed(&key, keys[i], ORDERED_KEY);
        tr_rlp_put_u64(&key, i);
        entries[sorted_place(n, i)] = (tr_trie_entry){tr_buf_view(&key), values[i]};
    }
}

static tr_err build_ordered(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                            const tr_bytes values[], proof_trace *trace, tr_trie_ref *ref)
{
    size_t each = sizeof(tr_trie_entry) + ORDERED_KEY;
    if (n >= UINT32_MAX || n > SIZE_MAX / each)
        return tr_fail(trail, TR_E_LIMIT, "an ordered trie: too many values");
    tr_trie_entry *entries = tr_alloc_get(alloc, n * each);
    if (entries == NULL) return tr_fail(trail, TR_E_MEMORY, "an ordered trie: no memory");
    order(n, values, entries, (uint8_t(*)[ORDERED_KEY])(void *)(entries + n));
    builder b = {.entries = entries, .n = n, .exec = exec, .trace = trace};
    tr_err err = build_with(trail, alloc, &b, ref);
    tr_alloc_put(alloc, entries, n * each);
    return err;
}

tr_err tr_trie_ordered_root(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                            const tr_bytes values[], tr_hash *root)
{
    tr_trie_ref ref = {0};
    if (n != 0) TR_TRY(build_ordered(trail, alloc, exec, n, values, NULL, &ref));
    *root = root_of(&ref);
    return TR_OK;
}

tr_err tr_trie_ordered_prove(tr_trail *trail, tr_arena *arena, size_t n, const tr_bytes values[],
                             size_t index, tr_hash *root, tr_trie_proof *out)
{
    if (index >= n) return tr_fail(trail, TR_E_RANGE, "value %zu of %zu", index, n);
    proof_trace way = {.entry = sorted_place(n, index), .arena = arena};
    tr_trie_ref ref = {0};
    TR_TRY(build_ordered(trail, &arena->alloc, NULL, n, values, &way, &ref));
    if (ref.len < 32) keep(&way, (tr_bytes){ref.b, ref.len}, (tr_bytes){NULL, 0});
    tr_bytes *nodes = TR_ARENA_ARRAY(arena, tr_bytes, DEPTHS + 1);
    if (nodes == NULL || way.no_memory)
        return tr_fail(trail, TR_E_MEMORY, "a proof in an ordered trie: no memory");
    for (size_t i = 0; i < way.count; i++) nodes[i] = way.nodes[way.count - 1 - i];
    *root = root_of(&ref);
    *out = (tr_trie_proof){nodes, way.count};
    return TR_OK;
}
