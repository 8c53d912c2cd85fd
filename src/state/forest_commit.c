/* Giving a forest's changes to a store, and giving memory back. */
#include "state/forest_internal.h"

static tr_err give(tr_trail *trail, tr_trie *trie, tr_forest_sink *sink, const tr_hash *owner)
{
    tr_trie_sink *its_sink = sink->trie(sink, owner);
    if (its_sink == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for the sink of a trie");
    return tr_trie_give(trail, trie, its_sink);
}

static tr_err give_storage(tr_trail *trail, const tr_storage *storage, tr_forest_sink *sink)
{
    if (storage->cleared && sink->clear != NULL) TR_TRY(sink->clear(sink, trail, &storage->owner));
    if (storage->trie == NULL || !storage->unsaved) return TR_OK;
    return give(trail, storage->trie, sink, &storage->owner);
}

tr_err tr_forest_commit(tr_trail *trail, tr_forest *forest, tr_forest_sink *sink)
{
    TR_TRY(tr_forest_ready(trail, forest));
    for (const tr_storage *s = forest->storages; s != NULL; s = s->next)
        TR_TRY(give_storage(trail, s, sink));
    TR_TRY(give(trail, forest->accounts, sink, NULL));
    tr_trie_given(forest->accounts);
    for (tr_storage *s = forest->storages, *next; s != NULL; s = next) {
        next = s->next;
        if (s->trie != NULL && s->unsaved) tr_trie_given(s->trie);
        s->cleared = s->unsaved = false;
        if (s->trie == NULL) tr_forest_close(forest, s);
    }
    return TR_OK;
}

void tr_forest_prune(tr_forest *forest, unsigned depth)
{
    if (forest->broken) return;
    tr_trie_prune(forest->accounts, depth);
    for (tr_storage *s = forest->storages, *next; s != NULL; s = next) {
        next = s->next;
        bool is_idle = !s->used && !s->unsaved && forest->source != NULL;
        s->used = false;
        if (is_idle)
            tr_forest_close(forest, s);
        else if (s->trie != NULL)
            tr_trie_prune(s->trie, depth);
    }
    tr_alloc_put(&forest->memory.alloc, forest->scratch, forest->scratch_size);
    forest->scratch = NULL;
    forest->scratch_size = 0;
}
