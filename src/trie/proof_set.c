#include "hash/keccak.h"
#include "trie/proof_internal.h"

static int compare(const tr_proof_set *set, uint32_t a, uint32_t b)
{
    return memcmp(&set->hashes[a], &set->hashes[b], sizeof(tr_hash));
}

/* Lets order[at] sink in the heap of the first n. */
static void sink(tr_proof_set *set, size_t at, size_t n)
{
    uint32_t *order = set->order;
    for (size_t child; (child = 2 * at + 1) < n; at = child) {
        if (child + 1 < n && compare(set, order[child], order[child + 1]) < 0) child++;
        if (compare(set, order[at], order[child]) >= 0) return;
        uint32_t other = order[at];
        order[at] = order[child];
        order[child] = other;
    }
}

/* A heap sort: whoever chooses the nodes cannot make it slow. */
static void sort(tr_proof_set *set)
{
    for (size_t i = 0; i < set->count; i++) set->order[i] = (uint32_t)i;
    for (size_t i = set->count / 2; i > 0; i--) sink(set, i - 1, set->count);
    for (size_t n = set->count; n > 1; n--) {
        uint32_t last = set->order[n - 1];
        set->order[n - 1] = set->order[0];
        set->order[0] = last;
        sink(set, 0, n - 1);
    }
}

enum { EACH = sizeof(tr_hash) + sizeof(uint32_t) + sizeof(bool) };

tr_err tr_proof_set_init(tr_trail *trail, tr_proof_set *set, tr_alloc *alloc, size_t count,
                         const tr_bytes nodes[])
{
    *set = (tr_proof_set){.alloc = alloc, .nodes = nodes};
    if (count == 0) return TR_OK;
    if (count > UINT32_MAX || count > SIZE_MAX / EACH)
        return tr_fail(trail, TR_E_LIMIT, "a proof of %zu nodes", count);
    set->hashes = tr_alloc_get(alloc, count * EACH);
    if (set->hashes == NULL) return tr_fail(trail, TR_E_MEMORY, "checking a proof: no memory");
    set->order = (uint32_t *)(void *)(set->hashes + count);
    set->used = (bool *)(set->order + count);
    set->count = count;
    memset(set->used, 0, count * sizeof(bool));
    tr_keccak256_many(count, nodes, set->hashes);
    sort(set);
    return TR_OK;
}

void tr_proof_set_free(tr_proof_set *set)
{
    tr_alloc_put(set->alloc, set->hashes, set->count * EACH);
    *set = (tr_proof_set){0};
}

tr_err tr_proof_set_use(tr_trail *trail, tr_proof_set *set, const uint8_t hash[32], tr_bytes *out)
{
    size_t low = 0, high = set->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(&set->hashes[set->order[middle]], hash, 32) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = false;
    for (; low < set->count; low++) {
        uint32_t i = set->order[low];
        if (memcmp(&set->hashes[i], hash, 32) != 0) break;
        if (found && set->used[i]) break;
        set->used[i] = found = true;
        *out = set->nodes[i];
    }
    if (found) return TR_OK;
    return tr_fail(trail, TR_E_SHORT, "the proof lacks a node");
}

tr_err tr_proof_set_finish(tr_trail *trail, const tr_proof_set *set, bool repeated)
{
    for (size_t i = 0; i < set->count; i++)
        if (!set->used[i])
            return tr_fail(trail, TR_E_TRAILING, "node %zu of the proof is not needed", i);
    for (size_t i = 1; i < set->count && !repeated; i++)
        if (compare(set, set->order[i - 1], set->order[i]) == 0)
            return tr_fail(trail, TR_E_DUPLICATE, "node %u of the proof is there twice",
                           set->order[i]);
    return TR_OK;
}
