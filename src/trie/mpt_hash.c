/* Encoding nodes and working out their names.
 *
 * The stale nodes of a subtree are put in a list level by level, then hashed from the last to the
 * first: so children come before parents, and the lanes of keccak are full but for a level's end.
 * A large subtree is cut into its children's, so that what is worked on stays in the cache. */
#include "hash/keccak.h"
#include "trie/mpt_internal.h"

enum {
    GROUP = 128,    /* nodes encoded and hashed together */
    AHEAD = 8,      /* nodes called into the cache before their turn */
    CUT = 4096,     /* changes from which a subtree is cut into its children's */
    PARALLEL = 256, /* changes that are worth an executor */
    HEADER = 9,     /* the longest of RLP */
};

/* The header of a string or (from 0xc0) a list, written before end; returns where it begins. */
static uint8_t *header_before(uint8_t *end, uint8_t base, size_t len)
{
    if (len < 56) {
        *--end = (uint8_t)(base + len);
        return end;
    }
    unsigned size = 0;
    for (; len != 0; len >>= 8, size++) *--end = (uint8_t)len;
    *--end = (uint8_t)(base + 55 + size);
    return end;
}

/* A string's header, written forward; none for a byte that stands for itself. */
static uint8_t *put_header(uint8_t *to, tr_bytes string)
{
    if (string.len == 1 && string.data[0] < 0x80) return to;
    uint8_t memory[HEADER], *end = memory + HEADER;
    const uint8_t *begin = header_before(end, 0x80, string.len);
    memcpy(to, begin, (size_t)(end - begin));
    return to + (end - begin);
}

/* A copy of the usual sizes of paths and accounts, without a call. */
static inline void copy(uint8_t *to, const uint8_t *from, size_t n)
{
    if (n >= 16 && n <= 32) {
        memcpy(to, from, 16);
        memcpy(to + n - 16, from + n - 16, 16);
    } else if (n >= 64 && n <= 128) {
        memcpy(to, from, 64);
        memcpy(to + n - 64, from + n - 64, 64);
    } else if (n != 0) {
        memcpy(to, from, n);
    }
}

/* The nibbles of a packed path from depth on, as a string in hex-prefix form. */
static uint8_t *put_path(uint8_t *to, const uint8_t *packed, unsigned depth, unsigned end,
                         bool leaf)
{
    unsigned odd = (end - depth) & 1, size = (end - depth) / 2 + 1;
    if (size > 55) *to++ = 0xb8;
    if (size > 1) *to++ = (uint8_t)(size > 55 ? size : 0x80 + size);
    *to = leaf ? 0x20 : 0;
    if (odd != 0) *to |= (uint8_t)(0x10 | tr_mpt_nibble(packed, depth));
    to++;
    depth += odd;
    if ((depth & 1) == 0) {
        copy(to, packed + depth / 2, size - 1);
    } else { /* only an extension's: a key ends on a whole byte */
        for (unsigned i = 0; i + 1 < size; i++)
            to[i] = (uint8_t)(packed[depth / 2 + i] << 4 | packed[depth / 2 + i + 1] >> 4);
    }
    return to + size - 1;
}

static uint8_t *put_name(uint8_t *to, const uint8_t *name, bool embedded)
{
    if (embedded) {
        size_t len = (size_t)name[0] - 0xc0 + 1;
        memcpy(to, name, len);
        return to + len;
    }
    *to = 0xa0;
    memcpy(to + 1, name, 32);
    return to + 33;
}

/* Goes from child to child: what lies between is written as sixteen empty ones, of which the next
 * child takes back those that are too many. */
static uint8_t *put_children(uint8_t *to, const tr_mpt_inner *p)
{
    const uint8_t *names = tr_mpt_names(p);
    unsigned done = 0;
    bool dense = p->capacity == 16;
    TR_MPT_EACH(n, p->present)
    {
        memset(to, 0x80, 16);
        to += n - done;
        to = put_name(to, dense ? names + 32 * (size_t)n : names, (p->embedded >> n & 1) != 0);
        names += dense ? 0 : 32;
        done = n + 1;
    }
    memset(to, 0x80, 16);
    return to + 16 - done;
}

tr_bytes tr_mpt_encode(const tr_mpt_node *node, unsigned depth, uint8_t memory[TR_MPT_FRONT],
                       tr_bytes *tail)
{
    uint8_t *begin = memory + HEADER, *to = begin;
    *tail = (tr_bytes){NULL, 0};
    if (node->kind == TR_MPT_LEAF) {
        const tr_mpt_leaf *leaf = (const tr_mpt_leaf *)node;
        to = put_path(to, leaf->data, depth, 2u * leaf->key_len, true);
        *tail = tr_mpt_leaf_value(leaf);
        to = put_header(to, *tail);
    } else if (node->kind == TR_MPT_EXTENSION) {
        const tr_mpt_inner *p = (const tr_mpt_inner *)node;
        to = put_path(to, tr_mpt_path(p), depth, p->end, false);
        to = put_name(to, tr_mpt_name(p, 0), p->embedded != 0);
    } else {
        const tr_mpt_inner *p = (const tr_mpt_inner *)node;
        to = put_children(to, p);
        if (p->value != NULL) *tail = tr_bytes_of(p->value->data, p->value->len);
        to = put_header(to, *tail);
    }
    begin = header_before(begin, 0xc0, (size_t)(to - begin) + tail->len);
    return tr_bytes_of(begin, (size_t)(to - begin));
}

static bool append(tr_mpt_worker *w, size_t count, tr_mpt_task task)
{
    if (TR_UNLIKELY(count == w->task_capacity)) {
        size_t capacity = count == 0 ? 16 : 2 * count;
        tr_mpt_task *tasks =
            tr_mpt_scratch(w->trie, w->tasks, count * sizeof(task), capacity * sizeof(task));
        if (tasks == NULL) return false;
        w->tasks = tasks;
        w->task_capacity = capacity;
    }
    w->tasks[count] = task;
    return true;
}

/* Lists what is stale below top, level by level; top is task 0 and not hashed itself. */
static tr_err collect(tr_mpt_worker *w, tr_mpt_inner *top, unsigned depth, size_t *count)
{
    size_t n_tasks = 1;
    bool room = append(w, 0, (tr_mpt_task){.node = &top->node, .depth = (uint8_t)depth});
    for (size_t i = 0; i < n_tasks && room; i++) {
        tr_mpt_task *task = &w->tasks[i];
        if (i + AHEAD < n_tasks) {
            __builtin_prefetch(w->tasks[i + AHEAD].node);
            __builtin_prefetch((const uint8_t *)w->tasks[i + AHEAD].node + 64);
        }
        tr_mpt_inner *p = (tr_mpt_inner *)task->node;
        if (p->node.kind == TR_MPT_LEAF) continue;
        unsigned below = p->node.kind == TR_MPT_EXTENSION ? p->end : task->depth + 1u;
        task->wide = p->capacity > 3;
        TR_MPT_EACH(n, p->stale)
        {
            tr_mpt_task child = {.node = *tr_mpt_child(p, n),
                                 .name = tr_mpt_name(p, n),
                                 .parent = (uint32_t)i,
                                 .depth = (uint8_t)below,
                                 .place = (uint8_t)n,
                                 .embedded = (p->embedded >> n & 1) != 0};
            room = room && append(w, n_tasks, child);
            if (room) n_tasks++;
        }
    }
    *count = n_tasks;
    if (!room || n_tasks > UINT32_MAX)
        return tr_fail(w->trail, TR_E_MEMORY, "no memory to hash a trie");
    return TR_OK;
}

static void set_name(const tr_mpt_worker *w, const tr_mpt_task *task, const uint8_t *name,
                     size_t len)
{
    memcpy(task->name, name, len);
    if (TR_LIKELY(len == 32 && !task->embedded)) return; /* the parent need not be looked at */
    tr_mpt_inner *p = (tr_mpt_inner *)w->tasks[task->parent].node;
    uint16_t bit = (uint16_t)(1u << task->place), others = (uint16_t)~bit;
    p->embedded = len == 32 ? (uint16_t)(p->embedded & others) : (uint16_t)(p->embedded | bit);
}

static void hash_large(const tr_mpt_worker *w, const tr_mpt_task *task, tr_bytes front,
                       tr_bytes tail)
{
    tr_sponge sponge;
    tr_keccak256_init(&sponge);
    tr_sponge_update(&sponge, front);
    tr_sponge_update(&sponge, tail);
    tr_hash hash = tr_keccak256_final(&sponge);
    set_name(w, task, hash.b, sizeof(hash));
}

static void call_ahead(const tr_mpt_task *task)
{
    const uint8_t *at = (const uint8_t *)task->node;
    unsigned lines = task->wide ? 11 : 3;
    for (unsigned i = 0; i < lines; i++) __builtin_prefetch(at + 64 * i);
}

/* Hashes at most GROUP tasks, none of which is above another.  A node whose turn has come has all
 * names that it gives: nothing of it is stale. */
static void hash_group(const tr_mpt_worker *w, const tr_mpt_task *tasks, size_t count)
{
    tr_bytes views[GROUP], tail;
    const tr_mpt_task *who[GROUP];
    tr_hash hashes[GROUP];
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        uint8_t *memory = w->encodings + i * TR_MPT_FRONT;
        if (i + AHEAD < count) call_ahead(&tasks[i + AHEAD]);
        if (tasks[i].node->kind != TR_MPT_LEAF) ((tr_mpt_inner *)tasks[i].node)->stale = 0;
        tr_bytes front = tr_mpt_encode(tasks[i].node, tasks[i].depth, memory, &tail);
        size_t room = (size_t)(memory + TR_MPT_FRONT - front.data) - front.len;
        if (TR_UNLIKELY(tail.len > room)) {
            hash_large(w, &tasks[i], front, tail);
            continue;
        }
        copy(memory + TR_MPT_FRONT - room, tail.data, tail.len);
        front.len += tail.len;
        if (front.len < 32 && w->tasks[tasks[i].parent].node != &w->trie->root.node) {
            set_name(w, &tasks[i], front.data, front.len);
            continue;
        }
        views[n] = front;
        who[n++] = &tasks[i];
    }
    for (size_t i = 1; i <= AHEAD && tasks - i > w->tasks; i++) call_ahead(tasks - i);
    if (n != 0) tr_keccak256_many(n, views, hashes);
    for (size_t i = 0; i < n; i++) set_name(w, who[i], hashes[i].b, sizeof(hashes[i]));
}

static tr_err hash_collected(tr_mpt_worker *w, tr_mpt_inner *top, unsigned depth)
{
    size_t count;
    TR_TRY(collect(w, top, depth, &count));
    size_t size = TR_MIN(count, (size_t)GROUP) * TR_MPT_FRONT;
    if (size > w->encodings_size) {
        uint8_t *memory = tr_mpt_scratch(w->trie, w->encodings, w->encodings_size, size);
        if (memory == NULL) return tr_fail(w->trail, TR_E_MEMORY, "no memory to hash a trie");
        w->encodings = memory;
        w->encodings_size = size;
    }
    /* A level's parents all lie in the level before: a group ends where the next one begins. */
    for (size_t end = count; end > 1;) {
        size_t parents_end = w->tasks[end - 1].parent + 1, n = TR_MIN(end - 1, (size_t)GROUP);
        if (end - n < parents_end) n = end - parents_end;
        hash_group(w, w->tasks + end - n, n);
        end -= n;
    }
    top->stale = 0;
    return TR_OK;
}

/* Hashes all that is stale below p: in one go, or the children's subtrees first. */
static tr_err hash_below(tr_mpt_worker *w, tr_mpt_inner *p, unsigned depth, size_t work)
{
    if (work >= CUT) {
        unsigned below = p->node.kind == TR_MPT_EXTENSION ? p->end : depth + 1;
        TR_MPT_EACH(n, p->stale)
        {
            tr_mpt_node *child = *tr_mpt_child(p, n);
            if (child->kind == TR_MPT_LEAF) continue;
            size_t share = p->node.kind == TR_MPT_EXTENSION ? work : work / 16;
            TR_TRY(hash_below(w, (tr_mpt_inner *)child, below, share));
        }
    }
    return hash_collected(w, p, depth);
}

typedef struct ways {
    tr_trie *trie;
    tr_mpt_inner *branch;
    unsigned depth;
    tr_err err[TR_MPT_WAYS];
} ways;

static void go(void *context, size_t n)
{
    ways *all = context;
    if ((all->branch->stale >> n & 1) == 0) return;
    tr_mpt_node *child = *tr_mpt_child(all->branch, (unsigned)n);
    if (child->kind == TR_MPT_LEAF) return;
    all->err[n] = hash_below(&all->trie->others[n], (tr_mpt_inner *)child, all->depth + 1,
                             all->trie->pending / TR_MPT_WAYS);
}

static tr_err hash_ways(tr_trail *trail, tr_trie *trie, tr_exec *exec)
{
    tr_mpt_inner *b = (tr_mpt_inner *)trie->root.child[0];
    ways all = {.trie = trie};
    if (b->node.kind == TR_MPT_EXTENSION) {
        if (b->stale == 0) return TR_OK;
        all.depth = b->end;
        b = (tr_mpt_inner *)b->child[0];
    }
    if (b->node.kind != TR_MPT_BRANCH) return TR_OK;
    all.branch = b;
    TR_TRY(tr_mpt_workers(trail, trie));
    tr_exec_run(exec, TR_MPT_WAYS, go, &all);
    for (unsigned n = 0; n < TR_MPT_WAYS; n++) {
        if (all.err[n] == TR_OK) continue;
        if (trail != NULL) *trail = trie->others[n].own_trail;
        return all.err[n];
    }
    return TR_OK;
}

tr_err tr_mpt_hash(tr_trail *trail, tr_trie *trie, tr_exec *exec)
{
    tr_mpt_inner *root = &trie->root;
    size_t work = trie->pending;
    if (root->stale == 0) return TR_OK;
    trie->main.trail = trail;
    if (root->present == 0) {
        memcpy(tr_mpt_name(root, 0), &tr_trie_empty_root, sizeof(tr_hash));
        root->stale = 0;
    } else {
        if (tr_exec_width(exec) > 1 && work >= PARALLEL) {
            TR_TRY(hash_ways(trail, trie, exec));
            work = 0;
        }
        TR_TRY(hash_below(&trie->main, root, 0, work));
    }
    trie->pending = 0;
    return TR_OK;
}
