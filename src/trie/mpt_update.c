/* A batch of changes goes down the trie.
 *
 * Each function here takes the items of one subtree, in the order of keys, and the place where its
 * node is.  What is to be removed and is not there changes nothing.  A branch looks at what is left
 * of it when all its items are done, so that a child is loaded for a collapse only if the batch as
 * a whole leaves it alone. */
#include "trie/mpt_internal.h"

enum {
    FEW = 32,       /* items whose ways down are called into the cache together */
    PARALLEL = 512, /* items that are worth an executor */
    LINEAR = 8,     /* items to look through one by one */
};

typedef tr_mpt_item item;

static inline unsigned nibble(const item *it, unsigned depth)
{
    if (TR_LIKELY(depth < 16)) return (unsigned)(it->head >> (60 - 4 * depth)) & 15;
    return tr_mpt_nibble(it->key, depth);
}

/* The end of the items that have nibble n at this depth, as the first one has. */
static item *group_end(item *lo, item *hi, unsigned depth, unsigned n)
{
    size_t left = (size_t)(hi - lo);
    while (left > LINEAR) {
        size_t half = left / 2;
        if (nibble(&lo[half], depth) == n) {
            lo += half;
            left -= half;
        } else {
            left = half;
        }
    }
    item *end = lo + 1;
    for (item *stop = lo + left; end < stop && nibble(end, depth) == n;) end++;
    return end;
}

static bool is_key(const item *it, const tr_mpt_leaf *leaf)
{
    return it->len == 2 * (unsigned)leaf->key_len &&
           (it->len == 0 || memcmp(it->key, leaf->data, leaf->key_len) == 0);
}

static tr_bytes value_of(const item *it)
{
    return (tr_bytes){it->value, it->value_len};
}

/* Remembers that the store has a node at a path that may be gone: one nibble behind the others, or
 * none (16). */
static tr_err log_gone(tr_mpt_worker *w, const uint8_t *path, unsigned len, unsigned more)
{
    unsigned total = len + (more < 16);
    size_t size = sizeof(tr_mpt_gone) + (total + 1) / 2;
    tr_mpt_gone *gone = tr_mpt_get(w, size);
    if (gone == NULL) return tr_mpt_no_memory(w, size);
    gone->next = w->gone;
    gone->len = (uint8_t)total;
    if (total != 0) {
        gone->path[(total - 1) / 2] = 0;
        memcpy(gone->path, path, (len + 1) / 2);
        if ((len & 1) != 0) gone->path[len / 2] &= 0xf0;
        if (more < 16) gone->path[len / 2] |= (uint8_t)((len & 1) != 0 ? more : more << 4);
    }
    w->gone = gone;
    return TR_OK;
}

/* A node leaves the path that it was stored at. */
static tr_err leave(tr_mpt_worker *w, tr_mpt_node *node, const uint8_t *path, unsigned len,
                    unsigned more)
{
    if ((node->flags & TR_MPT_STORED) == 0) return TR_OK;
    node->flags = (uint8_t)(node->flags & ~TR_MPT_STORED);
    return log_gone(w, path, len, more);
}

static void mark(tr_mpt_inner *p, unsigned n)
{
    p->stale |= (uint16_t)(1u << n);
    p->unsaved |= (uint16_t)(1u << n);
}

/* Moves the items that put something to the front. */
static item *compact(item *lo, item *hi)
{
    item *to = lo;
    for (; lo < hi; lo++)
        if (lo->value_len != 0) *to++ = *lo;
    return to;
}

/* How many nibbles, from depth on, both have in common. */
static unsigned common(const uint8_t *a, unsigned a_len, const uint8_t *b, unsigned b_len,
                       unsigned depth)
{
    return tr_mpt_common(a, b, depth, TR_MIN(a_len, b_len));
}

/* Puts a one-child extension above a branch. */
static tr_err wrap(tr_mpt_worker *w, const uint8_t *path, unsigned end, tr_mpt_inner *branch,
                   tr_mpt_inner **out)
{
    TR_TRY(tr_mpt_new_extension(w, path, end, out));
    (*out)->child[0] = &branch->node;
    mark(*out, 0);
    return TR_OK;
}

/* Building what is not there. */

static tr_err build(tr_mpt_worker *w, unsigned depth, item *lo, item *hi, tr_mpt_leaf *extra,
                    tr_mpt_node **out);

static unsigned children_of(item *lo, item *hi, unsigned depth, const tr_mpt_leaf *extra)
{
    unsigned mask = extra == NULL ? 0 : 1u << tr_mpt_nibble(extra->data, depth);
    for (item *end; lo < hi; lo = end) {
        unsigned n = nibble(lo, depth);
        end = group_end(lo, hi, depth, n);
        mask |= 1u << n;
    }
    return tr_mpt_count((uint16_t)mask);
}

static tr_err build_branch(tr_mpt_worker *w, unsigned depth, item *lo, item *hi, tr_mpt_leaf *extra,
                           tr_mpt_inner **out)
{
    tr_mpt_value *value = NULL;
    if (lo->len == depth) {
        TR_TRY(tr_mpt_new_value(w, value_of(lo), &value));
        lo++;
    } else if (extra != NULL && 2 * (unsigned)extra->key_len == depth) {
        TR_TRY(tr_mpt_new_value(w, tr_mpt_leaf_value(extra), &value));
        tr_mpt_free_node(w, &extra->node);
        extra = NULL;
    }
    TR_TRY(tr_mpt_new_branch(w, children_of(lo, hi, depth, extra), out));
    (*out)->value = value;
    unsigned extra_nibble = extra == NULL ? 16 : tr_mpt_nibble(extra->data, depth);
    for (item *end; lo < hi; lo = end) {
        unsigned n = nibble(lo, depth);
        tr_mpt_node *child;
        end = group_end(lo, hi, depth, n);
        TR_TRY(build(w, depth + 1, lo, end, n == extra_nibble ? extra : NULL, &child));
        TR_TRY(tr_mpt_add_child(w, out, n, child));
        if (n == extra_nibble) extra = NULL;
    }
    return extra == NULL ? TR_OK : tr_mpt_add_child(w, out, extra_nibble, &extra->node);
}

/* Makes the subtree of items that all put something, and of a leaf that is there already and has
 * another key. */
static tr_err build(tr_mpt_worker *w, unsigned depth, item *lo, item *hi, tr_mpt_leaf *extra,
                    tr_mpt_node **out)
{
    if (lo == hi || (hi - lo == 1 && extra == NULL)) {
        *out = extra == NULL ? NULL : &extra->node;
        if (lo == hi) return TR_OK;
        return tr_mpt_new_leaf(w, tr_bytes_of(lo->key, lo->len / 2), value_of(lo), out);
    }
    unsigned skip = common(lo->key, lo->len, hi[-1].key, hi[-1].len, depth);
    if (extra != NULL)
        skip = TR_MIN(skip, common(lo->key, lo->len, extra->data, 2u * extra->key_len, depth));
    const uint8_t *path = lo->key;
    tr_mpt_inner *branch, *extension;
    TR_TRY(build_branch(w, depth + skip, lo, hi, extra, &branch));
    *out = &branch->node;
    if (skip == 0) return TR_OK;
    TR_TRY(wrap(w, path, depth + skip, branch, &extension));
    *out = &extension->node;
    return TR_OK;
}

/* Changing what is there. */

static tr_err change_child(tr_mpt_worker *w, tr_mpt_inner *p, unsigned n, unsigned depth, item *lo,
                           item *hi, bool *changed);

static tr_err put_value(tr_mpt_worker *w, tr_mpt_node **at, item *it, bool *changed)
{
    tr_mpt_leaf *leaf = (tr_mpt_leaf *)*at;
    if (tr_bytes_eq(tr_mpt_leaf_value(leaf), value_of(it))) return TR_OK;
    size_t old_size = tr_mpt_leaf_size(leaf->key_len, leaf->value_len);
    size_t new_size = tr_mpt_leaf_size(leaf->key_len, it->value_len);
    *changed = true;
    if (tr_mpt_class_size(old_size) == tr_mpt_class_size(new_size)) {
        leaf->value_len = it->value_len;
        memcpy(leaf->data + leaf->key_len, it->value, it->value_len);
        return TR_OK;
    }
    uint8_t flags = leaf->node.flags;
    TR_TRY(tr_mpt_new_leaf(w, tr_mpt_leaf_key(leaf), value_of(it), at));
    (*at)->flags = flags;
    tr_mpt_free_node(w, &leaf->node);
    return TR_OK;
}

static tr_err remove_leaf(tr_mpt_worker *w, tr_mpt_node **at, unsigned depth)
{
    tr_mpt_leaf *leaf = (tr_mpt_leaf *)*at;
    TR_TRY(leave(w, &leaf->node, leaf->data, depth, 16));
    tr_mpt_free_node(w, &leaf->node);
    *at = NULL;
    return TR_OK;
}

static tr_err change_leaf(tr_mpt_worker *w, tr_mpt_node **at, unsigned depth, item *lo, item *hi,
                          bool *changed)
{
    tr_mpt_leaf *leaf = (tr_mpt_leaf *)*at;
    item *same = lo;
    leaf->node.flags |= TR_MPT_USED;
    while (same < hi && !is_key(same, leaf)) same++;
    bool is_same = same < hi, removed = is_same && same->value_len == 0;
    if (is_same && !removed && hi - lo == 1) return put_value(w, at, same, changed);
    item one = is_same ? *same : *lo;
    hi = compact(lo, hi);
    if (hi == lo) {
        *changed = removed;
        return removed ? remove_leaf(w, at, depth) : TR_OK;
    }
    if (is_same && !removed && hi - lo == 1) return put_value(w, at, &one, changed);
    *changed = true;
    if (is_same) TR_TRY(remove_leaf(w, at, depth));
    if (!is_same) TR_TRY(leave(w, &leaf->node, leaf->data, depth, 16));
    return build(w, depth, lo, hi, is_same ? NULL : leaf, at);
}

static tr_err change_branch_value(tr_mpt_worker *w, tr_mpt_inner *b, const item *it, bool *changed)
{
    tr_mpt_value *old = b->value;
    tr_bytes had = old == NULL ? (tr_bytes){NULL, 0} : tr_bytes_of(old->data, old->len);
    if (tr_bytes_eq(had, value_of(it))) return TR_OK;
    *changed = true;
    b->value = NULL;
    tr_mpt_free_value(w, old);
    return it->value_len == 0 ? TR_OK : tr_mpt_new_value(w, value_of(it), &b->value);
}

/* A branch with one child and no value: the child takes its place. */
static tr_err collapse(tr_mpt_worker *w, tr_mpt_node **at, unsigned depth, const uint8_t *path)
{
    tr_mpt_inner *b = (tr_mpt_inner *)*at, *extension;
    unsigned n = tr_ctz64(b->present) & 15;
    uint8_t below[TR_TRIE_KEY_MAX] = {0};
    memcpy(below, path, (depth + 1) / 2);
    if ((depth & 1) != 0)
        below[depth / 2] = (uint8_t)((below[depth / 2] & 0xf0) | n);
    else
        below[depth / 2] = (uint8_t)(n << 4);
    if (*tr_mpt_child(b, n) == NULL) TR_TRY(tr_mpt_load(w, b, n, below, depth + 1));
    tr_mpt_node *child = *tr_mpt_child(b, n);
    TR_TRY(leave(w, &b->node, path, depth, 16));
    if (child->kind == TR_MPT_BRANCH) {
        TR_TRY(wrap(w, below, depth + 1, (tr_mpt_inner *)child, &extension));
        extension->stale = b->stale >> n & 1;
        extension->unsaved = b->unsaved >> n & 1;
        extension->embedded = b->embedded >> n & 1;
        memcpy(tr_mpt_name(extension, 0), tr_mpt_name(b, n), 32);
        *at = &extension->node;
    } else {
        TR_TRY(leave(w, child, below, depth + 1, 16));
        *at = child;
    }
    tr_mpt_free_node(w, &b->node);
    return TR_OK;
}

/* A branch without a child. */
static tr_err fold(tr_mpt_worker *w, tr_mpt_node **at, unsigned depth, const uint8_t *path)
{
    tr_mpt_inner *b = (tr_mpt_inner *)*at;
    *at = NULL;
    TR_TRY(leave(w, &b->node, path, depth, 16));
    if (b->value != NULL)
        TR_TRY(tr_mpt_new_leaf(w, tr_bytes_of(path, depth / 2),
                               tr_bytes_of(b->value->data, b->value->len), at));
    tr_mpt_free_node(w, &b->node);
    return TR_OK;
}

/* What becomes of a branch that has changed. */
static tr_err shape_branch(tr_mpt_worker *w, tr_mpt_node **at, unsigned depth, const uint8_t *path)
{
    tr_mpt_inner *b = (tr_mpt_inner *)*at;
    if (b->present == 0) return fold(w, at, depth, path);
    if ((b->present & (b->present - 1)) == 0 && b->value == NULL)
        return collapse(w, at, depth, path);
    tr_err err = tr_mpt_fit(w, &b);
    *at = &b->node;
    return err;
}

/* Child n of a branch became another one, or none. */
static void settle(tr_mpt_inner *b, unsigned n)
{
    if (*tr_mpt_child(b, n) == NULL)
        tr_mpt_drop_child(b, n);
    else
        mark(b, n);
}

static tr_err change_branch(tr_mpt_worker *w, tr_mpt_node **at, unsigned depth, item *lo, item *hi,
                            bool *changed)
{
    tr_mpt_inner *b = (tr_mpt_inner *)*at;
    const uint8_t *path = lo->key;
    bool dirty = false;
    b->node.flags |= TR_MPT_USED;
    if (lo->len == depth) {
        TR_TRY(change_branch_value(w, b, lo, &dirty));
        lo++;
    }
    for (item *end; lo < hi; lo = end) {
        unsigned n = nibble(lo, depth);
        end = group_end(lo, hi, depth, n);
        if (tr_mpt_has(b, n)) {
            bool child_changed = false;
            TR_TRY(change_child(w, b, n, depth + 1, lo, end, &child_changed));
            if (!child_changed) continue;
            settle(b, n);
        } else {
            tr_mpt_node *child;
            TR_TRY(build(w, depth + 1, lo, compact(lo, end), NULL, &child));
            if (child == NULL) continue;
            TR_TRY(tr_mpt_add_child(w, &b, n, child));
            *at = &b->node;
        }
        dirty = true;
    }
    if (!dirty) return TR_OK;
    *changed = true;
    return shape_branch(w, at, depth, path);
}

/* The child of an extension became something else: two of a kind are joined. */
static tr_err join(tr_mpt_worker *w, tr_mpt_node **at, unsigned depth)
{
    tr_mpt_inner *e = (tr_mpt_inner *)*at;
    tr_mpt_node *child = e->child[0];
    if (child != NULL && child->kind == TR_MPT_BRANCH) {
        mark(e, 0);
        return TR_OK;
    }
    TR_TRY(leave(w, &e->node, tr_mpt_path(e), depth, 16));
    *at = child;
    tr_mpt_free_node(w, &e->node);
    return TR_OK;
}

/* Keys leave an extension at depth split: a branch comes to be there. */
static tr_err split(tr_mpt_worker *w, tr_mpt_node **at, unsigned depth, unsigned at_depth, item *lo,
                    item *hi)
{
    tr_mpt_inner *e = (tr_mpt_inner *)*at, *b, *upper;
    uint8_t path[TR_TRIE_KEY_MAX];
    bool changed = false;
    memcpy(path, tr_mpt_path(e), ((size_t)e->end + 1) / 2);
    unsigned n = tr_mpt_nibble(path, at_depth);
    TR_TRY(leave(w, &e->node, path, depth, 16));
    TR_TRY(tr_mpt_new_branch(w, 2, &b));
    if (at_depth + 1 == e->end) {
        TR_TRY(tr_mpt_add_child(w, &b, n, e->child[0]));
        b->stale = (uint16_t)((e->stale & 1u) << n);
        b->unsaved = (uint16_t)((e->unsaved & 1u) << n);
        b->embedded = (uint16_t)((e->embedded & 1u) << n);
        memcpy(tr_mpt_name(b, n), tr_mpt_name(e, 0), 32);
        tr_mpt_free_node(w, &e->node);
    } else {
        TR_TRY(tr_mpt_add_child(w, &b, n, &e->node));
    }
    *at = &b->node;
    TR_TRY(change_branch(w, at, at_depth, lo, hi, &changed));
    if (at_depth == depth || (*at)->kind != TR_MPT_BRANCH) return TR_OK;
    TR_TRY(wrap(w, path, at_depth, (tr_mpt_inner *)*at, &upper));
    *at = &upper->node;
    return TR_OK;
}

static tr_err change_extension(tr_mpt_worker *w, tr_mpt_node **at, unsigned depth, item *lo,
                               item *hi, bool *changed)
{
    tr_mpt_inner *e = (tr_mpt_inner *)*at;
    unsigned leaves_at = e->end; /* where the first key that puts something leaves the path */
    item *to = lo;
    e->node.flags |= TR_MPT_USED;
    for (item *it = lo; it < hi; it++) {
        unsigned until = depth + common(it->key, it->len, tr_mpt_path(e), e->end, depth);
        if (until < e->end && it->value_len == 0) continue;
        leaves_at = TR_MIN(leaves_at, until);
        *to++ = *it;
    }
    if (to == lo) return TR_OK;
    if (leaves_at < e->end) {
        *changed = true;
        return split(w, at, depth, leaves_at, lo, to);
    }
    TR_TRY(change_child(w, e, 0, e->end, lo, to, changed));
    return *changed ? join(w, at, depth) : TR_OK;
}

/* Calls the nodes on the ways of the next few items into the cache, all ways at once: each step
 * waits for memory, and so they wait together. */
static void call_ahead(tr_mpt_worker *w)
{
    const item *items = w->ahead.next;
    size_t n = TR_MIN((size_t)(w->ahead.end - items), (size_t)FEW);
    tr_mpt_node *at[FEW], *top = *tr_mpt_child(w->ahead.parent, w->ahead.n);
    unsigned depths[FEW], active = 0;
    if (top != NULL && n != 0) active = UINT32_MAX >> (FEW - n);
    w->ahead.next += n;
    for (size_t i = 0; i < n; i++) {
        at[i] = top;
        depths[i] = w->ahead.depth;
        __builtin_prefetch(items[i].key);
        __builtin_prefetch(items[i].value);
        if (items[i].value_len > 64) __builtin_prefetch(items[i].value + 64);
    }
    while (active != 0) {
        for (unsigned left = active; left != 0; left &= left - 1) {
            unsigned i = tr_ctz64(left);
            tr_mpt_inner *p = (tr_mpt_inner *)at[i];
            tr_mpt_node *next = NULL;
            if (p->node.kind == TR_MPT_EXTENSION) {
                next = p->child[0];
                depths[i] = p->end;
            } else if (p->node.kind == TR_MPT_BRANCH && depths[i] < items[i].len) {
                unsigned nib = nibble(&items[i], depths[i]++);
                if (tr_mpt_has(p, nib)) next = *tr_mpt_child(p, nib);
            }
            if (next == NULL || depths[i] > items[i].len) {
                active &= ~(1u << i);
                continue;
            }
            at[i] = next;
            __builtin_prefetch(next, 1);
            __builtin_prefetch((uint8_t *)next + 64, 1);
            __builtin_prefetch((uint8_t *)next + 127, 1);
        }
    }
}

static void begin_ahead(tr_mpt_worker *w, tr_mpt_inner *parent, unsigned n, unsigned depth,
                        const item *lo, const item *hi)
{
    w->ahead.parent = parent;
    w->ahead.n = n;
    w->ahead.depth = depth;
    w->ahead.next = lo;
    w->ahead.end = hi;
}

static tr_err change_child(tr_mpt_worker *w, tr_mpt_inner *p, unsigned n, unsigned depth, item *lo,
                           item *hi, bool *changed)
{
    if (lo >= w->ahead.next && w->ahead.next < w->ahead.end) call_ahead(w);
    if (*tr_mpt_child(p, n) == NULL) TR_TRY(tr_mpt_load(w, p, n, lo->key, depth));
    tr_mpt_node **at = tr_mpt_child(p, n);
    if ((*at)->kind == TR_MPT_LEAF) return change_leaf(w, at, depth, lo, hi, changed);
    if ((*at)->kind == TR_MPT_BRANCH) return change_branch(w, at, depth, lo, hi, changed);
    return change_extension(w, at, depth, lo, hi, changed);
}

/* All items, from the root on. */
static tr_err change_root(tr_mpt_worker *w, item *items, size_t count)
{
    tr_mpt_inner *root = &w->trie->root;
    bool changed = false;
    begin_ahead(w, root, 0, 0, items, items + count);
    if (root->present != 0) {
        TR_TRY(change_child(w, root, 0, 0, items, items + count, &changed));
    } else {
        TR_TRY(build(w, 0, items, compact(items, items + count), NULL, &root->child[0]));
        changed = root->child[0] != NULL;
    }
    if (!changed) return TR_OK;
    root->present = root->child[0] != NULL;
    mark(root, 0);
    return TR_OK;
}

/* The children of a root that is a branch, each by itself. */
typedef struct way {
    item *lo, *hi;
    tr_mpt_node *made; /* for a place that is empty */
    tr_err err;
    bool changed;
} way;

typedef struct ways {
    tr_trie *trie;
    tr_mpt_inner *branch;
    way ways[TR_MPT_WAYS];
} ways;

static void go(void *context, size_t n)
{
    ways *all = context;
    way *y = &all->ways[n];
    tr_mpt_worker *w = &all->trie->others[n];
    if (y->lo == y->hi) return;
    if (tr_mpt_has(all->branch, (unsigned)n)) {
        begin_ahead(w, all->branch, (unsigned)n, 1, y->lo, y->hi);
        y->err = change_child(w, all->branch, (unsigned)n, 1, y->lo, y->hi, &y->changed);
    } else {
        y->err = build(w, 1, y->lo, compact(y->lo, y->hi), NULL, &y->made);
        y->changed = y->made != NULL;
    }
}

static tr_err first_error(tr_trail *trail, const ways *all)
{
    for (unsigned n = 0; n < TR_MPT_WAYS; n++) {
        if (all->ways[n].err == TR_OK) continue;
        if (trail != NULL) *trail = all->trie->others[n].own_trail;
        return all->ways[n].err;
    }
    return TR_OK;
}

static tr_err meet(tr_mpt_worker *w, ways *all, tr_mpt_node **at, bool *dirty)
{
    tr_mpt_inner *b = all->branch;
    for (unsigned n = 0; n < TR_MPT_WAYS; n++) {
        if (!all->ways[n].changed) continue;
        *dirty = true;
        if (tr_mpt_has(b, n))
            settle(b, n);
        else
            TR_TRY(tr_mpt_add_child(w, &b, n, all->ways[n].made));
    }
    *at = &b->node;
    return TR_OK;
}

static tr_err change_ways(tr_mpt_worker *w, tr_exec *exec, tr_mpt_inner *b, item *lo, item *hi)
{
    tr_trie *trie = w->trie;
    ways all = {.trie = trie, .branch = b};
    const uint8_t *path = lo->key;
    bool dirty = false;
    if (lo->len == 0) {
        TR_TRY(change_branch_value(w, b, lo, &dirty));
        lo++;
    }
    for (item *end; lo < hi; lo = end) {
        unsigned n = nibble(lo, 0);
        end = group_end(lo, hi, 0, n);
        all.ways[n].lo = lo;
        all.ways[n].hi = end;
    }
    tr_exec_run(exec, TR_MPT_WAYS, go, &all);
    TR_TRY(first_error(w->trail, &all));
    TR_TRY(meet(w, &all, &trie->root.child[0], &dirty));
    if (!dirty && trie->root.present == 0) {
        trie->root.child[0] = NULL;
        tr_mpt_free_node(w, &b->node);
    }
    if (!dirty) return TR_OK;
    TR_TRY(shape_branch(w, &trie->root.child[0], 0, path));
    trie->root.present = trie->root.child[0] != NULL;
    mark(&trie->root, 0);
    return TR_OK;
}

tr_err tr_mpt_update(tr_trail *trail, tr_trie *trie, tr_exec *exec, tr_mpt_item *items,
                     size_t count)
{
    tr_mpt_worker *w = &trie->main;
    tr_mpt_inner *root = &trie->root, *b;
    w->trail = trail;
    if (tr_exec_width(exec) == 1 || count < PARALLEL) return change_root(w, items, count);
    TR_TRY(tr_mpt_workers(trail, trie));
    if (root->present == 0) {
        TR_TRY(tr_mpt_new_branch(w, 16, &b));
    } else {
        if (root->child[0] == NULL) TR_TRY(tr_mpt_load(w, root, 0, items->key, 0));
        b = (tr_mpt_inner *)root->child[0];
        if (b->node.kind != TR_MPT_BRANCH) return change_root(w, items, count);
        b->node.flags |= TR_MPT_USED;
    }
    return change_ways(w, exec, b, items, items + count);
}
