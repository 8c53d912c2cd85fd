#include "trie/multiproof.h"

/* Results of the hash function that lie on the stack before they replace what they were made of. */
enum { PIECE = 64 };

/* A walk up the tree, a level at a time.  Nodes stand in falling order. */
typedef struct walk {
    tr_merkle_hash *hash; /* NULL: only the indices are worked out */
    bool sorted;
    size_t count;    /* of nodes at this level */
    uint64_t *index; /* their positions in the level, or generalized indices */
    tr_hash *node, *pairs;
    const tr_hash *helper; /* the next one */
    size_t left;           /* how many there are */
    uint64_t *wanted;      /* if not NULL: where the indices of helpers are noted */
    size_t wanted_count;
} walk;

static tr_err no_memory(tr_trail *trail)
{
    return tr_fail(trail, TR_E_MEMORY, "no memory for a proof of many leaves");
}

/* walk_open takes scratch for count nodes; without a hash only for their indices. */
static tr_err walk_open(tr_trail *trail, tr_arena *arena, size_t count, walk *w)
{
    if (count == 0) return tr_fail(trail, TR_E_ARGUMENT, "a proof of no leaves");
    w->index = TR_ARENA_ARRAY(arena, uint64_t, count);
    if (w->index == NULL) return no_memory(trail);
    if (w->hash == NULL) return TR_OK;
    size_t pairs;
    w->node = TR_ARENA_ARRAY(arena, tr_hash, count);
    w->pairs = tr_mul_size(count, 2, &pairs) ? TR_ARENA_ARRAY(arena, tr_hash, pairs) : NULL;
    return w->node == NULL || w->pairs == NULL ? no_memory(trail) : TR_OK;
}

/* walk_add puts what comes next in falling order behind the nodes of this level. */
static void walk_add(walk *w, uint64_t index, const tr_hash *node)
{
    w->index[w->count] = index;
    if (node != NULL) w->node[w->count] = *node;
    w->count++;
}

static void put_pair(bool sorted, tr_hash pair[2], const tr_hash *left, const tr_hash *right)
{
    bool turn = sorted && memcmp(left, right, sizeof(tr_hash)) > 0;
    tr_hash first = turn ? *right : *left, second = turn ? *left : *right;
    pair[0] = first;
    pair[1] = second;
}

/* The helper for a node, or NULL when there are no more. */
static const tr_hash *next_helper(walk *w, uint64_t index)
{
    if (w->wanted != NULL) w->wanted[w->wanted_count] = index;
    w->wanted_count++;
    if (w->hash == NULL) return NULL;
    if (w->left == 0) return NULL;
    w->left--;
    return w->helper++;
}

/* walk_step goes up one level, in which indices lie below width: a node whose sibling does not
 * goes up as it is.  False: a helper was missing. */
static bool walk_step(walk *w, uint64_t width)
{
    size_t to = 0, alone = 0;
    for (size_t i = 0; i < w->count; to++) {
        uint64_t index = w->index[i], sibling = index ^ 1;
        bool both = i + 1 < w->count && w->index[i + 1] == sibling;
        w->index[to] = index / 2;
        if (!both && sibling >= width) { /* only the first can be the last of its level */
            alone = 1;
            i++;
            continue;
        }
        const tr_hash *other = NULL;
        if (!both) {
            other = next_helper(w, sibling);
            if (w->hash != NULL && other == NULL) return false;
        } else if (w->hash != NULL) {
            other = &w->node[i + 1];
        }
        if (other != NULL)
            put_pair(w->sorted, &w->pairs[2 * (to - alone)], index % 2 == 0 ? &w->node[i] : other,
                     index % 2 == 0 ? other : &w->node[i]);
        i += both ? 2 : 1;
    }
    if (w->hash != NULL) w->hash(to - alone, w->pairs, w->node + alone);
    w->count = to;
    return true;
}

static tr_err walk_finish(tr_trail *trail, const walk *w, const tr_hash *root)
{
    if (w->left != 0)
        return tr_fail(trail, TR_E_TRAILING, "%zu helpers of the proof are not needed", w->left);
    if (memcmp(&w->node[0], root, sizeof(tr_hash)) == 0) return TR_OK;
    return tr_fail(trail, TR_E_TRIE_PROOF, "the proof of many leaves leads to another root");
}

static tr_err short_of_helpers(tr_trail *trail)
{
    return tr_fail(trail, TR_E_SHORT, "a helper is missing in a proof of many leaves");
}

/* How many levels lie above n leaves; TR_E_RANGE when they have no room. */
static tr_err levels_of(tr_trail *trail, const tr_merkle_rule *rule, size_t n, unsigned *levels)
{
    *levels = n <= 1 ? 0 : 64 - tr_clz64(n - 1);
    unsigned depth = rule->edge == TR_MERKLE_ZEROS ? rule->depth : 0;
    if (depth > TR_MERKLE_MAX_DEPTH || (depth != 0 && *levels > depth))
        return tr_fail(trail, TR_E_RANGE, "%zu leaves in a Merkle tree of depth %u", n, depth);
    if (depth != 0) *levels = depth;
    return TR_OK;
}

static tr_err check_rising(tr_trail *trail, size_t count, const uint64_t index[])
{
    for (size_t i = 1; i < count; i++)
        if (index[i - 1] >= index[i])
            return tr_fail(trail, TR_E_TRIE_ORDER, "the leaves to be proved do not rise at %zu", i);
    return TR_OK;
}

static tr_err check_positions(tr_trail *trail, size_t n, size_t count, const uint64_t positions[])
{
    TR_TRY(check_rising(trail, count, positions));
    if (count == 0 || positions[count - 1] < n) return TR_OK;
    return tr_fail(trail, TR_E_RANGE, "there is no leaf %llu in a Merkle tree of %zu",
                   (unsigned long long)positions[count - 1], n);
}

/* The number of nodes in a level above n, or no bound where zeros fill it up. */
static uint64_t width_of(const tr_merkle_rule *rule, uint64_t n)
{
    return rule->edge == TR_MERKLE_ZEROS ? UINT64_MAX : n;
}

static tr_err check_with(tr_trail *trail, const tr_merkle_rule *rule, tr_arena *arena, size_t n,
                         const tr_multiproof_part *part, const tr_multiproof *proof,
                         const tr_hash *root)
{
    unsigned levels;
    TR_TRY(levels_of(trail, rule, n, &levels));
    TR_TRY(check_positions(trail, n, part->count, part->index));
    walk w = {
        .hash = rule->hash, .sorted = rule->sorted, .helper = proof->helpers, .left = proof->count};
    TR_TRY(walk_open(trail, arena, part->count, &w));
    for (size_t i = part->count; i-- > 0;) walk_add(&w, part->index[i], &part->node[i]);
    uint64_t width = n;
    for (unsigned level = 0; level < levels; level++) {
        if (!walk_step(&w, width_of(rule, width))) return short_of_helpers(trail);
        width = width / 2 + width % 2;
    }
    return walk_finish(trail, &w, root);
}

tr_err tr_multiproof_check(tr_trail *trail, const tr_merkle_rule *rule, tr_arena *arena, size_t n,
                           const tr_multiproof_part *part, const tr_multiproof *proof,
                           const tr_hash *root)
{
    tr_arena_mark mark = tr_arena_save(arena);
    tr_err err = check_with(trail, rule, arena, n, part, proof, root);
    tr_arena_rewind(arena, mark);
    return err;
}

/* The deepest nodes first, those of higher levels as their level comes. */
static tr_err walk_nodes(tr_trail *trail, walk *w, size_t count, const uint64_t index[],
                         const tr_hash node[])
{
    TR_TRY(check_rising(trail, count, index));
    if (index[0] == 0) return tr_fail(trail, TR_E_RANGE, "0 is no generalized index");
    size_t next = count;
    unsigned level = 64 - tr_clz64(index[count - 1]);
    do {
        level--;
        /* What came up from below and what begins here are merged in falling order. */
        size_t begin = next;
        while (begin > 0 && index[begin - 1] >> level != 0) begin--;
        size_t from = w->count, fresh = next - begin, to = from + fresh;
        for (size_t i = begin; i < next; to--) {
            bool mine = from == 0 || index[i] <= w->index[from - 1];
            if (from != 0 && index[i] == w->index[from - 1])
                return tr_fail(trail, TR_E_TRIE_ORDER, "a node to be proved lies above another");
            w->index[to - 1] = mine ? index[i] : w->index[from - 1];
            if (node != NULL) w->node[to - 1] = mine ? node[i] : w->node[from - 1];
            if (mine) {
                i++;
            } else {
                from--;
            }
        }
        w->count += fresh;
        next = begin;
        if (level != 0 && !walk_step(w, UINT64_MAX)) return short_of_helpers(trail);
    } while (level != 0);
    return TR_OK;
}

tr_err tr_multiproof_check_nodes(tr_trail *trail, tr_merkle_hash *hash, tr_arena *arena,
                                 const tr_multiproof_part *part, const tr_multiproof *proof,
                                 const tr_hash *root)
{
    tr_arena_mark mark = tr_arena_save(arena);
    walk w = {.hash = hash, .helper = proof->helpers, .left = proof->count};
    tr_err err = walk_open(trail, arena, part->count, &w);
    if (err == TR_OK) err = walk_nodes(trail, &w, part->count, part->index, part->node);
    if (err == TR_OK) err = walk_finish(trail, &w, root);
    tr_arena_rewind(arena, mark);
    return err;
}

tr_err tr_multiproof_helpers(tr_trail *trail, tr_arena *arena, size_t count, const uint64_t index[],
                             const uint64_t **helpers, size_t *helper_count)
{
    walk w = {.hash = NULL};
    TR_TRY(walk_open(trail, arena, count, &w));
    TR_TRY(walk_nodes(trail, &w, count, index, NULL));
    uint64_t *out = TR_ARENA_ARRAY(arena, uint64_t, w.wanted_count);
    if (out == NULL) return no_memory(trail);
    w.wanted = out;
    w.wanted_count = 0;
    w.count = 0;
    TR_TRY(walk_nodes(trail, &w, count, index, NULL));
    *helpers = out;
    *helper_count = w.wanted_count;
    return TR_OK;
}

/* Counts the helpers of a proof by position: a walk without hashes. */
static tr_err count_helpers(tr_trail *trail, const tr_merkle_rule *rule, tr_arena *arena, size_t n,
                            unsigned levels, size_t count, const uint64_t positions[],
                            size_t *helpers)
{
    tr_arena_mark mark = tr_arena_save(arena);
    walk w = {.hash = NULL};
    TR_TRY(walk_open(trail, arena, count, &w));
    for (size_t i = count; i-- > 0;) walk_add(&w, positions[i], NULL);
    uint64_t width = n;
    for (unsigned level = 0; level < levels; level++) {
        (void)walk_step(&w, width_of(rule, width));
        width = width / 2 + width % 2;
    }
    *helpers = w.wanted_count;
    tr_arena_rewind(arena, mark);
    return TR_OK;
}

/* The helpers of one level, before it is hashed: a walk tells which, nodes (n of them, beyond which
 * zero stands) has them. */
static void take_helpers(walk *w, const tr_merkle_rule *rule, size_t n, const tr_hash nodes[],
                         const tr_hash *zero, tr_hash helpers[])
{
    size_t first = w->wanted_count;
    (void)walk_step(w, width_of(rule, n));
    for (size_t i = first; i < w->wanted_count; i++) {
        uint64_t index = w->wanted[i];
        helpers[i] = index < n ? nodes[index] : *zero;
    }
}

/* One level of the whole tree, in place. */
static void join_level(const tr_merkle_rule *rule, size_t n, tr_hash nodes[], const tr_hash *zero)
{
    tr_hash out[PIECE], last[2] = {nodes[n - 1], nodes[n - 1]};
    size_t pairs = n / 2;
    for (size_t done = 0; done < pairs;) {
        size_t count = TR_MIN(pairs - done, (size_t)PIECE);
        tr_hash *from = nodes + 2 * done;
        for (size_t i = 0; i < count; i++)
            put_pair(rule->sorted, &from[2 * i], &from[2 * i], &from[2 * i + 1]);
        rule->hash(count, from, out);
        memcpy(nodes + done, out, count * sizeof(tr_hash));
        done += count;
    }
    if (n % 2 == 0) return;
    nodes[pairs] = last[0];
    if (rule->edge != TR_MERKLE_ZEROS) return;
    put_pair(rule->sorted, last, &last[0], zero);
    rule->hash(1, last, &nodes[pairs]);
}

tr_err tr_multiproof_make(tr_trail *trail, const tr_merkle_rule *rule, tr_arena *arena, size_t n,
                          tr_hash nodes[], size_t count, const uint64_t positions[],
                          tr_multiproof *out, tr_hash *root)
{
    unsigned levels;
    size_t total;
    TR_TRY(levels_of(trail, rule, n, &levels));
    TR_TRY(check_positions(trail, n, count, positions));
    TR_TRY(count_helpers(trail, rule, arena, n, levels, count, positions, &total));
    tr_hash *helpers = TR_ARENA_ARRAY(arena, tr_hash, total);
    if (helpers == NULL) return no_memory(trail);
    tr_arena_mark mark = tr_arena_save(arena);
    walk w = {.hash = NULL, .wanted = TR_ARENA_ARRAY(arena, uint64_t, total)};
    if (w.wanted == NULL) return no_memory(trail);
    TR_TRY(walk_open(trail, arena, count, &w));
    for (size_t i = count; i-- > 0;) walk_add(&w, positions[i], NULL);
    tr_hash zero = {{0}}, pair[2];
    size_t width = n;
    for (unsigned level = 0; level < levels; level++) {
        take_helpers(&w, rule, width, nodes, &zero, helpers);
        join_level(rule, width, nodes, &zero);
        width = width / 2 + width % 2;
        pair[0] = pair[1] = zero;
        rule->hash(1, pair, &zero);
    }
    *root = nodes[0];
    *out = (tr_multiproof){helpers, total};
    tr_arena_rewind(arena, mark);
    return TR_OK;
}

tr_err tr_multiproof_check_flags(tr_trail *trail, tr_merkle_hash *hash, tr_arena *arena,
                                 size_t count, const tr_hash leaves[], const tr_multiproof *proof,
                                 size_t flag_count, const bool flags[], const tr_hash *root)
{
    size_t total, from = 0, made = 0, used = 0;
    if (count == 0) return tr_fail(trail, TR_E_ARGUMENT, "a proof of no leaves");
    if (!tr_add_size(count, proof->count, &total) || total - 1 != flag_count)
        return tr_fail(trail, TR_E_TRIE_PROOF,
                       "%zu leaves and %zu helpers do not go with %zu flags", count, proof->count,
                       flag_count);
    tr_arena_mark mark = tr_arena_save(arena);
    tr_hash *queue =
        tr_add_size(count, flag_count, &total) ? TR_ARENA_ARRAY(arena, tr_hash, total) : NULL;
    if (queue == NULL) return no_memory(trail);
    if (count != 0) memcpy(queue, leaves, count * sizeof(tr_hash));
    bool enough = true;
    for (; made < flag_count && enough; made++) {
        size_t have = count + made - from;
        enough = flags[made] ? have >= 2 : have >= 1 && used < proof->count;
        if (!enough) break;
        const tr_hash *a = &queue[from++];
        const tr_hash *b = flags[made] ? &queue[from++] : &proof->helpers[used++];
        tr_hash pair[2];
        put_pair(true, pair, a, b);
        hash(1, pair, &queue[count + made]);
    }
    bool right = enough && used == proof->count &&
                 memcmp(&queue[count + flag_count - 1], root, sizeof(tr_hash)) == 0;
    tr_arena_rewind(arena, mark);
    if (right) return TR_OK;
    return tr_fail(trail, TR_E_TRIE_PROOF, "the proof with flags does not lead to the root");
}
