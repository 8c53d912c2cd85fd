#include "trie/sparse.h"

#include "trie/sparse_internal.h"

tr_err tr_sparse_form_init(tr_trail *trail, tr_sparse_form *form, tr_merkle_hash *hash,
                           tr_merkle_hash *leaf, unsigned depth, const tr_hash *empty)
{
    if (depth == 0 || depth > TR_SPARSE_MAX_DEPTH)
        return tr_fail(trail, TR_E_ARGUMENT, "a sparse tree of depth %u", depth);
    if (leaf == NULL && empty != NULL && !tr_sparse_is_zero(empty))
        return tr_fail(trail, TR_E_ARGUMENT, "an empty leaf that a value can be mistaken for");
    memset(form, 0, sizeof(*form));
    form->hash = hash;
    form->leaf = leaf;
    form->depth = depth;
    if (empty != NULL) form->empty[depth] = *empty;
    for (unsigned i = depth; i-- > 0;) {
        tr_hash pair[2] = {form->empty[i + 1], form->empty[i + 1]};
        hash(1, pair, &form->empty[i]);
    }
    return TR_OK;
}

tr_err tr_sparse_new(tr_trail *trail, tr_alloc *alloc, const tr_sparse_form *form, size_t limit,
                     tr_sparse **out)
{
    tr_sparse *tree = tr_alloc_get(alloc, sizeof(*tree));
    if (tree == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a sparse tree");
    memset(tree, 0, sizeof(*tree));
    tree->form = form;
    tree->alloc = alloc;
    tr_arena_init(&tree->arena, alloc, limit);
    *out = tree;
    return TR_OK;
}

void tr_sparse_free(tr_sparse *tree)
{
    if (tree == NULL) return;
    tr_arena_free(&tree->arena);
    tr_alloc_put(tree->alloc, tree, sizeof(*tree));
}

tr_err tr_sparse_check_key(tr_trail *trail, const tr_sparse_form *form, const tr_hash *key)
{
    unsigned whole = form->depth / 8, rest = form->depth % 8;
    uint8_t beyond = rest == 0 ? 0 : key->b[whole] & (0xff >> rest);
    for (unsigned i = whole + (rest != 0); i < sizeof(key->b); i++) beyond |= key->b[i];
    if (beyond == 0) return TR_OK;
    return tr_fail(trail, TR_E_RANGE, "a key of more than %u bits", form->depth);
}

tr_err tr_sparse_check_keys(tr_trail *trail, const tr_sparse_form *form, size_t n,
                            const tr_hash keys[])
{
    if (n == 0) return tr_fail(trail, TR_E_ARGUMENT, "a proof of no keys");
    for (size_t i = 0; i < n; i++) {
        TR_TRY(tr_sparse_check_key(trail, form, &keys[i]));
        if (i > 0 && memcmp(&keys[i - 1], &keys[i], sizeof(tr_hash)) >= 0)
            return tr_fail(trail, TR_E_TRIE_ORDER, "key %zu does not come after the one before", i);
    }
    return TR_OK;
}

static const tr_sparse_node *find(const tr_sparse *tree, const tr_hash *key)
{
    const tr_sparse_node *at = tree->root;
    unsigned depth = tree->form->depth;
    while (at != NULL && at->depth < depth) at = at->u.child[tr_sparse_bit(key, at->depth)];
    return at != NULL && memcmp(&at->key, key, sizeof(*key)) == 0 ? at : NULL;
}

tr_hash tr_sparse_get(const tr_sparse *tree, const tr_hash *key)
{
    const tr_sparse_node *leaf = find(tree, key);
    static const tr_hash none;
    return leaf == NULL ? none : leaf->u.value;
}

size_t tr_sparse_count(const tr_sparse *tree)
{
    return tree->count;
}

/* A change with the beginning of its key, by which most comparisons are decided. */
typedef struct item {
    uint64_t head;
    const tr_sparse_change *change;
} item;

static bool comes_first(const item *a, const item *b)
{
    if (a->head != b->head) return a->head < b->head;
    return memcmp(&a->change->key, &b->change->key, sizeof(tr_hash)) <= 0;
}

/* Merges runs of growing length, so that changes of one key keep their order.  The result is in
 * items or in spare. */
static item *sort(size_t n, item *items, item *spare)
{
    for (size_t run = 1; run < n; run *= 2) {
        for (size_t start = 0; start < n; start += 2 * run) {
            size_t a = start, middle = TR_MIN(start + run, n), b = middle;
            size_t end = TR_MIN(middle + run, n);
            for (size_t to = start; to < end; to++) {
                bool left = b == end || (a < middle && comes_first(&items[a], &items[b]));
                spare[to] = left ? items[a++] : items[b++];
            }
        }
        item *sorted = spare;
        spare = items;
        items = sorted;
    }
    return items;
}

/* Of several changes of one key the last is kept. */
static size_t keep_last(size_t n, item items[])
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        if (to != 0 && items[to - 1].head == items[i].head &&
            memcmp(&items[to - 1].change->key, &items[i].change->key, sizeof(tr_hash)) == 0)
            to--;
        items[to++] = items[i];
    }
    return to;
}

/* Each new key takes a leaf and a place where it parts from the others. */
static tr_err reserve(tr_trail *trail, tr_sparse *tree, size_t n, const item items[])
{
    size_t need = 0;
    for (size_t i = 0; i < n; i++)
        if (!tr_sparse_is_zero(&items[i].change->value) &&
            find(tree, &items[i].change->key) == NULL)
            need += 2;
    while (tree->free_count < need) {
        tr_sparse_node *node = TR_ARENA_NEW(&tree->arena, tr_sparse_node);
        if (node == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a sparse tree's nodes");
        node->u.next = tree->free;
        tree->free = node;
        tree->free_count++;
    }
    return TR_OK;
}

static tr_sparse_node *take(tr_sparse *tree, const tr_hash *key, unsigned depth)
{
    tr_sparse_node *node = tree->free;
    TR_ASSERT(node != NULL);
    tree->free = node->u.next;
    tree->free_count--;
    node->key = *key;
    node->depth = (uint16_t)depth;
    node->dirty = true;
    node->raised = false;
    return node;
}

static void give_back(tr_sparse *tree, tr_sparse_node *node)
{
    node->u.next = tree->free;
    tree->free = node;
    tree->free_count++;
}

/* Two subtrees that part at a depth; each may be empty. */
static tr_sparse_node *part(tr_sparse *tree, tr_sparse_node *left, tr_sparse_node *right,
                            unsigned depth)
{
    if (left == NULL) return right;
    if (right == NULL) return left;
    tr_sparse_node *node = take(tree, &left->key, depth);
    node->u.child[0] = left;
    node->u.child[1] = right;
    return node;
}

/* How many of the items, whose keys agree before bit i, have it zero. */
static size_t split(size_t n, const item items[], unsigned i)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tr_sparse_bit(&items[middle].change->key, i) == 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static tr_sparse_node *build(tr_sparse *tree, size_t n, const item items[])
{
    if (n == 0) return NULL;
    const tr_hash *first = &items[0].change->key, *last = &items[n - 1].change->key;
    if (n == 1) {
        if (tr_sparse_is_zero(&items[0].change->value)) return NULL;
        tr_sparse_node *leaf = take(tree, first, tree->form->depth);
        leaf->u.value = items[0].change->value;
        tree->count++;
        return leaf;
    }
    unsigned depth = tr_sparse_common(first, last, tree->form->depth);
    size_t left = split(n, items, depth);
    tr_sparse_node *below = build(tree, left, items);
    return part(tree, below, build(tree, n - left, items + left), depth);
}

static tr_sparse_node *apply(tr_sparse *tree, tr_sparse_node *at, size_t n, const item items[]);

static tr_sparse_node *apply_to_leaf(tr_sparse *tree, tr_sparse_node *leaf, const tr_hash *value)
{
    if (tr_sparse_is_zero(value)) {
        give_back(tree, leaf);
        tree->count--;
        return NULL;
    }
    if (memcmp(&leaf->u.value, value, sizeof(*value)) == 0) return leaf;
    leaf->u.value = *value;
    leaf->dirty = true;
    return leaf;
}

static tr_sparse_node *apply_below(tr_sparse *tree, tr_sparse_node *at, size_t n,
                                   const item items[])
{
    size_t left = split(n, items, at->depth);
    tr_sparse_node *old[2] = {at->u.child[0], at->u.child[1]};
    tr_sparse_node *now[2] = {apply(tree, old[0], left, items),
                              apply(tree, old[1], n - left, items + left)};
    if (now[0] == NULL || now[1] == NULL) {
        give_back(tree, at);
        return now[0] == NULL ? now[1] : now[0];
    }
    for (unsigned i = 0; i < 2; i++) {
        at->u.child[i] = now[i];
        if (now[i] != old[i] || now[i]->dirty) at->dirty = true;
    }
    return at;
}

/* The items belong below the parent of at, on its side. */
static tr_sparse_node *apply(tr_sparse *tree, tr_sparse_node *at, size_t n, const item items[])
{
    if (n == 0) return at;
    if (at == NULL) return build(tree, n, items);
    unsigned depth = tr_sparse_common(&items[0].change->key, &at->key, at->depth);
    depth = tr_sparse_common(&items[n - 1].change->key, &at->key, depth);
    if (depth == tree->form->depth) return apply_to_leaf(tree, at, &items[0].change->value);
    if (depth == at->depth) return apply_below(tree, at, n, items);
    size_t left = split(n, items, depth);
    bool right = tr_sparse_bit(&at->key, depth) != 0;
    tr_sparse_node *side[2];
    side[0] = right ? build(tree, left, items) : apply(tree, at, left, items);
    side[1] = right ? apply(tree, at, n - left, items + left) : build(tree, n - left, items + left);
    return part(tree, side[0], side[1], depth);
}

tr_err tr_sparse_update(tr_trail *trail, tr_sparse *tree, size_t n,
                        const tr_sparse_change changes[])
{
    for (size_t i = 0; i < n; i++) TR_TRY(tr_sparse_check_key(trail, tree->form, &changes[i].key));
    if (n == 0) return TR_OK;
    size_t size;
    item *memory = tr_mul_size(n, 2 * sizeof(item), &size) ? tr_alloc_get(tree->alloc, size) : NULL;
    if (memory == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory to sort %zu changes", n);
    for (size_t i = 0; i < n; i++) memory[i] = (item){tr_load64be(changes[i].key.b), &changes[i]};
    item *items = sort(n, memory, memory + n);
    size_t count = keep_last(n, items);
    tr_err err = reserve(trail, tree, count, items);
    if (err == TR_OK) tree->root = apply(tree, tree->root, count, items);
    tr_alloc_put(tree->alloc, memory, size);
    return err;
}
