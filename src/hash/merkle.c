#include "hash/merkle.h"

#include "hash/keccak.h"
#include "hash/sha2.h"

/* Pairs are put to the hash function in pieces of this many, which lie on the stack: a multiple of
 * all lane counts. */
enum { PIECE = 64 };

typedef void many_hash(size_t n, const tr_bytes in[], tr_hash out[]);

static void hash_pairs(many_hash *many, size_t n, const tr_hash pairs[], tr_hash out[])
{
    tr_bytes views[PIECE];
    for (size_t done = 0; done < n;) {
        size_t count = TR_MIN(n - done, (size_t)PIECE);
        for (size_t i = 0; i < count; i++)
            views[i] = tr_bytes_of(&pairs[2 * (done + i)], 2 * sizeof(tr_hash));
        many(count, views, out + done);
        done += count;
    }
}

void tr_merkle_keccak256(size_t n, const tr_hash pairs[], tr_hash out[])
{
    hash_pairs(tr_keccak256_many, n, pairs, out);
}

void tr_merkle_sha256(size_t n, const tr_hash pairs[], tr_hash out[])
{
    hash_pairs(tr_sha256_many, n, pairs, out);
}

static void sort_pair(tr_hash pair[2])
{
    if (memcmp(&pair[0], &pair[1], sizeof(tr_hash)) <= 0) return;
    tr_hash first = pair[0];
    pair[0] = pair[1];
    pair[1] = first;
}

/* One pair, in the rule's order; right tells on which side node stands. */
static tr_hash join(const tr_merkle_rule *rule, const tr_hash *node, const tr_hash *partner,
                    bool right)
{
    tr_hash pair[2] = {right ? *partner : *node, right ? *node : *partner}, out;
    if (rule->sorted) sort_pair(pair);
    rule->hash(1, pair, &out);
    return out;
}

/* The first n pairs of nodes become the first n nodes.  Each piece of results is written after its
 * pairs have been read. */
static void join_level(const tr_merkle_rule *rule, size_t n, tr_hash nodes[])
{
    tr_hash out[PIECE];
    for (size_t done = 0; done < n;) {
        size_t count = TR_MIN(n - done, (size_t)PIECE);
        tr_hash *pairs = nodes + 2 * done;
        if (rule->sorted)
            for (size_t i = 0; i < count; i++) sort_pair(pairs + 2 * i);
        rule->hash(count, pairs, out);
        memcpy(nodes + done, out, count * sizeof(tr_hash));
        done += count;
    }
}

/* How many levels lie above n leaves. */
static unsigned levels_of(const tr_merkle_rule *rule, size_t n)
{
    unsigned least = n <= 1 ? 0 : 64 - tr_clz64(n - 1);
    return rule->edge == TR_MERKLE_ZEROS && rule->depth != 0 ? rule->depth : least;
}

static bool has_room(unsigned levels, size_t n)
{
    return levels <= TR_MERKLE_MAX_DEPTH && (levels >= 64 || n <= (uint64_t)1 << levels);
}

tr_err tr_merkle_prove(tr_trail *trail, const tr_merkle_rule *rule, size_t n, tr_hash nodes[],
                       size_t index, tr_hash proof[TR_MERKLE_MAX_DEPTH], size_t *proof_len,
                       tr_hash *root)
{
    if (index >= n)
        return tr_fail(trail, TR_E_RANGE, "there is no leaf %zu in a Merkle tree of %zu", index, n);
    *proof_len = 0;
    unsigned levels = levels_of(rule, n);
    if (!has_room(levels, n))
        return tr_fail(trail, TR_E_RANGE, "%zu leaves in a Merkle tree of depth %u", n, levels);
    tr_hash zero = {{0}};
    for (unsigned level = 0; level < levels; level++) {
        bool filled = n % 2 == 1 && rule->edge == TR_MERKLE_ZEROS;
        if ((index ^ 1) < n) {
            proof[(*proof_len)++] = nodes[index ^ 1];
        } else if (filled) {
            proof[(*proof_len)++] = zero;
        }
        size_t pairs = n / 2;
        tr_hash odd = nodes[n - 1];
        join_level(rule, pairs, nodes);
        if (n % 2 == 1) nodes[pairs] = filled ? join(rule, &odd, &zero, false) : odd;
        if (rule->edge == TR_MERKLE_ZEROS) zero = join(rule, &zero, &zero, false);
        n = pairs + n % 2;
        index /= 2;
    }
    *root = nodes[0];
    return TR_OK;
}

tr_err tr_merkle_root(tr_trail *trail, const tr_merkle_rule *rule, size_t n, tr_hash nodes[],
                      tr_hash *root)
{
    tr_hash zero = {{0}}, proof[TR_MERKLE_MAX_DEPTH];
    size_t proof_len;
    if (n != 0) return tr_merkle_prove(trail, rule, n, nodes, 0, proof, &proof_len, root);
    unsigned levels = levels_of(rule, 0);
    if (!has_room(levels, 0))
        return tr_fail(trail, TR_E_RANGE, "a Merkle tree of depth %u", levels);
    for (unsigned level = 0; level < levels; level++) zero = join(rule, &zero, &zero, false);
    *root = zero;
    return TR_OK;
}

bool tr_merkle_check(const tr_merkle_rule *rule, size_t n, size_t index, const tr_hash *leaf,
                     const tr_hash proof[], size_t proof_len, const tr_hash *root)
{
    tr_hash node = *leaf;
    size_t used = 0;
    if (rule->sorted && rule->edge == TR_MERKLE_PROMOTE && n == 0) {
        for (; used < proof_len; used++) node = join(rule, &node, &proof[used], false);
        return memcmp(&node, root, sizeof(node)) == 0;
    }
    unsigned levels = levels_of(rule, n);
    if (index >= n || !has_room(levels, n)) return false;
    for (unsigned level = 0; level < levels; level++) {
        if (rule->edge == TR_MERKLE_ZEROS || (index ^ 1) < n) {
            if (used == proof_len) return false;
            node = join(rule, &node, &proof[used++], index % 2 == 1);
        }
        n = n / 2 + n % 2;
        index /= 2;
    }
    return used == proof_len && memcmp(&node, root, sizeof(node)) == 0;
}
