#include "trie/frontier.h"

/* Results of the hash function that lie on the stack before they replace what they were made of. */
enum { PIECE = 64 };

static tr_hash join(const tr_merkle_rule *rule, const tr_hash *left, const tr_hash *right)
{
    tr_hash pair[2] = {*left, *right}, out;
    rule->hash(1, pair, &out);
    return out;
}

static uint64_t room(const tr_merkle_rule *rule)
{
    return rule->depth == 64 ? UINT64_MAX : (uint64_t)1 << rule->depth;
}

/* Position of the first node after count leaves, or how many full nodes there are, at a level. */
static uint64_t full(uint64_t count, unsigned level)
{
    return level >= 64 ? 0 : count >> level;
}

tr_err tr_frontier_init(tr_trail *trail, tr_frontier *tree, const tr_merkle_rule *rule)
{
    if (rule->edge != TR_MERKLE_ZEROS || rule->sorted || rule->depth == 0 ||
        rule->depth > TR_MERKLE_MAX_DEPTH)
        return tr_fail(trail, TR_E_ARGUMENT, "no rule for an append-only tree: depth %u",
                       rule->depth);
    memset(tree, 0, sizeof(*tree));
    tree->rule = *rule;
    for (unsigned i = 0; i < rule->depth; i++)
        tree->zeros[i + 1] = join(rule, &tree->zeros[i], &tree->zeros[i]);
    return TR_OK;
}

static tr_err has_room(tr_trail *trail, const tr_merkle_rule *rule, uint64_t count, size_t n)
{
    if (n <= room(rule) - count) return TR_OK;
    return tr_fail(trail, TR_E_RANGE, "%zu leaves more than %llu in a tree of depth %u", n,
                   (unsigned long long)count, rule->depth);
}

/* The first n pairs of nodes become the first n nodes. */
static void join_pairs(const tr_merkle_rule *rule, size_t n, tr_hash nodes[])
{
    tr_hash out[PIECE];
    for (size_t done = 0; done < n;) {
        size_t count = TR_MIN(n - done, (size_t)PIECE);
        rule->hash(count, nodes + 2 * done, out);
        memcpy(nodes + done, out, count * sizeof(tr_hash));
        done += count;
    }
}

tr_err tr_frontier_append(tr_trail *trail, tr_frontier *tree, size_t n, tr_hash nodes[])
{
    TR_TRY(has_room(trail, &tree->rule, tree->count, n));
    size_t left = n;
    for (unsigned level = 0; left != 0; level++) {
        /* The first new node may be the right half of a pair whose left one is at the edge. */
        size_t odd = full(tree->count, level) % 2, pairs = (left - odd) / 2;
        tr_hash last = nodes[left - 1], first = {{0}};
        bool open = (left - odd) % 2 == 1;
        if (odd != 0) first = join(&tree->rule, &tree->hash[level], &nodes[0]);
        join_pairs(&tree->rule, pairs, nodes + odd);
        if (odd != 0) nodes[0] = first;
        if (open) tree->hash[level] = last;
        left = pairs + odd;
    }
    tree->count += n;
    return TR_OK;
}

tr_hash tr_frontier_root(const tr_frontier *tree)
{
    unsigned depth = tree->rule.depth, level = tr_ctz64(tree->count);
    if (tree->count == 0) return tree->zeros[depth];
    if (level == depth) return tree->hash[depth];
    tr_hash node = tree->zeros[level];
    for (; level < depth; level++) {
        bool left = (tree->count >> level & 1) != 0;
        node = left ? join(&tree->rule, &tree->hash[level], &node)
                    : join(&tree->rule, &node, &tree->zeros[level]);
    }
    return node;
}

tr_hash tr_frontier_count_node(uint64_t count)
{
    tr_hash node = {{0}};
    tr_store64le(node.b, count);
    return node;
}

tr_hash tr_frontier_mix(const tr_merkle_rule *rule, const tr_hash *root, uint64_t count)
{
    tr_hash node = tr_frontier_count_node(count);
    return join(rule, root, &node);
}

void tr_append_tree_init(tr_append_tree *tree, tr_alloc *alloc, const tr_frontier *base)
{
    memset(tree, 0, sizeof(*tree));
    tree->base = *base;
    tree->count = base->count;
    tree->alloc = alloc;
}

void tr_append_tree_free(tr_append_tree *tree)
{
    for (unsigned i = 0; i <= TR_MERKLE_MAX_DEPTH; i++)
        tr_alloc_put(tree->alloc, tree->levels[i].nodes,
                     tree->levels[i].capacity * sizeof(tr_hash));
    memset(tree->levels, 0, sizeof(tree->levels));
    tree->count = tree->base.count;
}

static tr_err grow(tr_trail *trail, tr_alloc *alloc, tr_append_level *level, size_t more)
{
    size_t need, size;
    if (!tr_add_size(level->count, more, &need) || !tr_mul_size(need, sizeof(tr_hash), &size))
        return tr_fail(trail, TR_E_MEMORY, "too many leaves for memory");
    if (need <= level->capacity) return TR_OK;
    size_t capacity = TR_MAX(need, level->capacity + level->capacity / 2);
    tr_hash *nodes = alloc->resize(alloc, level->nodes, level->capacity * sizeof(tr_hash),
                                   capacity * sizeof(tr_hash));
    if (nodes == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for %zu tree nodes", capacity);
    level->nodes = nodes;
    level->capacity = capacity;
    return TR_OK;
}

tr_err tr_append_tree_append(tr_trail *trail, tr_append_tree *tree, size_t n,
                             const tr_hash leaves[])
{
    if (n == 0) return TR_OK;
    unsigned depth = tree->base.rule.depth;
    TR_TRY(has_room(trail, &tree->base.rule, tree->count, n));
    uint64_t count = tree->count + n;
    for (unsigned i = 0; i <= depth; i++)
        TR_TRY(grow(trail, tree->alloc, &tree->levels[i],
                    (size_t)(full(count, i) - full(tree->count, i))));
    memcpy(tree->levels[0].nodes + tree->levels[0].count, leaves, n * sizeof(tr_hash));
    tree->levels[0].count += n;
    for (unsigned i = 0; i < depth; i++) {
        const tr_append_level *below = &tree->levels[i];
        tr_append_level *level = &tree->levels[i + 1];
        uint64_t have = full(tree->count, i + 1), start = full(tree->base.count, i);
        size_t fresh = (size_t)(full(count, i + 1) - have);
        if (fresh == 0) break;
        tr_hash *to = level->nodes + level->count;
        level->count += fresh;
        if (2 * have < start) { /* the left half is at the edge */
            *to++ = join(&tree->base.rule, &tree->base.hash[i], &below->nodes[0]);
            have++;
            fresh--;
        }
        tree->base.rule.hash(fresh, below->nodes + (size_t)(2 * have - start), to);
    }
    tree->count = count;
    return TR_OK;
}

/* The full node at a position, which is at the edge or to its right. */
static const tr_hash *node_at(const tr_append_tree *tree, unsigned level, uint64_t position)
{
    uint64_t start = full(tree->base.count, level);
    return position < start ? &tree->base.hash[level]
                            : &tree->levels[level].nodes[position - start];
}

static tr_err check_count(tr_trail *trail, const tr_append_tree *tree, uint64_t count)
{
    if (count >= tree->base.count && count <= tree->count) return TR_OK;
    return tr_fail(trail, TR_E_RANGE, "a count of %llu is not between %llu and %llu",
                   (unsigned long long)count, (unsigned long long)tree->base.count,
                   (unsigned long long)tree->count);
}

/* One step up the right edge of the tree of count leaves: node stands to the right of the last full
 * node of its level and holds what is left of the leaves, and zeros. */
static tr_hash step(const tr_append_tree *tree, uint64_t count, unsigned level, const tr_hash *node)
{
    uint64_t position = full(count, level);
    return position % 2 == 1 ? join(&tree->base.rule, node_at(tree, level, position - 1), node)
                             : join(&tree->base.rule, node, &tree->base.zeros[level]);
}

tr_err tr_append_tree_root(tr_trail *trail, const tr_append_tree *tree, uint64_t count,
                           tr_hash *root)
{
    TR_TRY(check_count(trail, tree, count));
    unsigned depth = tree->base.rule.depth, level = tr_ctz64(count);
    if (level >= depth) {
        *root = count == 0 ? tree->base.zeros[depth] : *node_at(tree, depth, 0);
        return TR_OK;
    }
    *root = tree->base.zeros[level];
    for (; level < depth; level++) *root = step(tree, count, level, root);
    return TR_OK;
}

tr_err tr_append_tree_prove(tr_trail *trail, const tr_append_tree *tree, uint64_t index,
                            uint64_t count, tr_hash proof[TR_MERKLE_MAX_DEPTH])
{
    TR_TRY(check_count(trail, tree, count));
    if (index < tree->base.count || index >= count)
        return tr_fail(trail, TR_E_RANGE,
                       "no proof for leaf %llu: finalised below %llu, count %llu",
                       (unsigned long long)index, (unsigned long long)tree->base.count,
                       (unsigned long long)count);
    tr_hash edge = tree->base.zeros[0];
    for (unsigned level = 0; level < tree->base.rule.depth; level++) {
        uint64_t sibling = (index >> level) ^ 1, last = full(count, level);
        if (sibling < last) {
            proof[level] = *node_at(tree, level, sibling);
        } else {
            proof[level] = sibling == last ? edge : tree->base.zeros[level];
        }
        edge = step(tree, count, level, &edge);
    }
    return TR_OK;
}

tr_err tr_append_tree_finalize(tr_trail *trail, tr_append_tree *tree, uint64_t count)
{
    TR_TRY(check_count(trail, tree, count));
    unsigned depth = tree->base.rule.depth;
    for (unsigned i = 0; i <= depth; i++) {
        uint64_t position = full(count, i);
        if (position % 2 == 1) tree->base.hash[i] = *node_at(tree, i, position - 1);
    }
    for (unsigned i = 0; i <= depth; i++) {
        tr_append_level *level = &tree->levels[i];
        size_t gone = (size_t)(full(count, i) - full(tree->base.count, i));
        if (gone == 0) continue;
        level->count -= gone;
        memmove(level->nodes, level->nodes + gone, level->count * sizeof(tr_hash));
    }
    tree->base.count = count;
    return TR_OK;
}

void tr_deposit_snapshot_get(const tr_frontier *tree, tr_deposit_snapshot *out)
{
    tr_hash root = tr_frontier_root(tree);
    out->finalized_count = 0;
    for (unsigned i = tree->rule.depth + 1u; i-- > 0;)
        if (full(tree->count, i) % 2 == 1) out->finalized[out->finalized_count++] = tree->hash[i];
    out->deposit_count = tree->count;
    out->deposit_root = tr_frontier_mix(&tree->rule, &root, tree->count);
}

tr_err tr_deposit_snapshot_restore(tr_trail *trail, const tr_merkle_rule *rule,
                                   const tr_deposit_snapshot *snapshot, tr_frontier *out)
{
    TR_TRY(tr_frontier_init(trail, out, rule));
    uint64_t count = snapshot->deposit_count;
    size_t bits = 0;
    for (uint64_t rest = count; rest != 0; rest &= rest - 1) bits++;
    if (count > room(rule) || snapshot->finalized_count != bits)
        return tr_fail(trail, TR_E_RANGE, "a snapshot of %llu deposits with %zu hashes",
                       (unsigned long long)count, snapshot->finalized_count);
    size_t at = 0;
    for (unsigned i = rule->depth + 1u; i-- > 0;)
        if (full(count, i) % 2 == 1) out->hash[i] = snapshot->finalized[at++];
    out->count = count;
    tr_hash root = tr_frontier_root(out);
    root = tr_frontier_mix(rule, &root, count);
    if (memcmp(&root, &snapshot->deposit_root, sizeof(root)) == 0) return TR_OK;
    return tr_fail(trail, TR_E_TRIE_HASH, "the snapshot's hashes do not lead to its deposit root");
}
