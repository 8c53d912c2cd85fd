/* The life of a trie. */
#include "hash/keccak.h"
#include "trie/mpt_internal.h"

tr_err tr_trie_new(tr_trail *trail, const tr_trie_options *options, tr_trie **out)
{
    tr_trie *trie = tr_alloc_get(options->alloc, sizeof(*trie));
    if (trie == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a trie");
    memset(trie, 0, sizeof(*trie));
    trie->alloc = options->alloc;
    trie->source = options->source;
    trie->limit = options->limit;
    trie->secure = options->secure;
    trie->main.trie = trie;
    tr_mpt_inner *root = &trie->root;
    root->node.kind = TR_MPT_EXTENSION;
    root->capacity = 1;
    tr_hash first = options->source == NULL ? tr_trie_empty_root : options->root;
    memcpy(tr_mpt_name(root, 0), &first, sizeof(first));
    root->present = memcmp(&first, &tr_trie_empty_root, sizeof(first)) != 0;
    *out = trie;
    return TR_OK;
}

void tr_trie_free(tr_trie *trie)
{
    if (trie == NULL) return;
    tr_mpt_release(trie);
    tr_alloc_put(trie->alloc, trie, sizeof(*trie));
}

tr_err tr_mpt_ready(tr_trail *trail, const tr_trie *trie, bool hashed)
{
    if (trie->broken) return tr_fail(trail, TR_E_STATE, "an update of this trie failed half-way");
    if (hashed && trie->root.stale != 0)
        return tr_fail(trail, TR_E_STATE, "the trie has changed since its root was worked out");
    return TR_OK;
}

tr_err tr_trie_update(tr_trail *trail, tr_trie *trie, tr_exec *exec, size_t n,
                      const tr_trie_change changes[])
{
    tr_mpt_item *items;
    size_t count;
    TR_TRY(tr_mpt_ready(trail, trie, false));
    if (n == 0) return TR_OK;
    TR_TRY(tr_mpt_sort(trail, trie, exec, n, changes, &items, &count));
    tr_err err = tr_mpt_update(trail, trie, exec, items, count);
    trie->pending += count;
    if (err != TR_OK) trie->broken = true;
    return err;
}

tr_err tr_trie_root(tr_trail *trail, tr_trie *trie, tr_exec *exec, tr_hash *out)
{
    TR_TRY(tr_mpt_ready(trail, trie, false));
    TR_TRY(tr_mpt_hash(trail, trie, exec));
    memcpy(out, tr_mpt_name(&trie->root, 0), sizeof(*out));
    return TR_OK;
}

tr_err tr_trie_get(tr_trail *trail, tr_trie *trie, tr_bytes key, tr_bytes *out)
{
    tr_hash hash;
    *out = (tr_bytes){NULL, 0};
    TR_TRY(tr_mpt_ready(trail, trie, false));
    if (trie->secure) {
        hash = tr_keccak256(key);
        key = TR_VIEW(hash.b);
    } else if (key.len > TR_TRIE_KEY_MAX) {
        return TR_E_NOT_FOUND;
    }
    trie->main.trail = trail;
    return tr_mpt_find(&trie->main, key, out);
}

static void add_usage(int64_t sums[3], const tr_mpt_worker *w)
{
    sums[0] += w->bytes;
    sums[1] += w->nodes;
    sums[2] += w->leaves;
}

tr_trie_usage tr_trie_get_usage(const tr_trie *trie)
{
    int64_t sums[3] = {0};
    add_usage(sums, &trie->main);
    for (size_t i = 0; i < TR_MPT_WAYS && trie->others != NULL; i++)
        add_usage(sums, &trie->others[i]);
    return (tr_trie_usage){(size_t)sums[0], (size_t)sums[1], (size_t)sums[2]};
}
