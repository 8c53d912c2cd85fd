/* Giving changed nodes to a sink, and giving memory back.
 *
 * Marks are cleared in a second pass, when the sink has taken everything: a commit that fails can
 * be made again. */
#include "trie/mpt_internal.h"

typedef struct committing {
    tr_trail *trail;
    tr_trie_sink *sink;
    tr_buf encoding;
    tr_path path;
} committing;

/* Goes on to the path of child n; returns the length to come back to. */
static uint8_t step(tr_path *path, const tr_mpt_inner *p, unsigned n)
{
    uint8_t len = path->len;
    if (p->node.kind == TR_MPT_BRANCH) path->at[path->len++] = (uint8_t)n;
    for (unsigned i = len; p->node.kind == TR_MPT_EXTENSION && i < p->end; i++)
        path->at[path->len++] = (uint8_t)tr_mpt_nibble(tr_mpt_path(p), i);
    return len;
}

static tr_err give(committing *c, const tr_mpt_inner *p, unsigned n, const tr_mpt_node *node)
{
    tr_bytes tail;
    uint8_t memory[TR_MPT_FRONT];
    if ((p->embedded >> n & 1) != 0) {
        if ((node->flags & TR_MPT_STORED) == 0) return TR_OK;
        return c->sink->remove(c->sink, c->trail, &c->path);
    }
    tr_bytes front = tr_mpt_encode(node, c->path.len, memory, &tail);
    tr_hash hash;
    tr_buf_clear(&c->encoding);
    tr_buf_put(&c->encoding, front);
    tr_buf_put(&c->encoding, tail);
    if (tr_buf_err(&c->encoding) != TR_OK)
        return tr_fail(c->trail, tr_buf_err(&c->encoding), "no memory to commit a trie");
    memcpy(&hash, tr_mpt_name(p, n), sizeof(hash));
    return c->sink->put(c->sink, c->trail, &c->path, &hash, tr_buf_view(&c->encoding));
}

static tr_err give_below(committing *c, tr_mpt_inner *p)
{
    TR_MPT_EACH(n, (unsigned)(p->unsaved & p->present))
    {
        tr_mpt_node *node = *tr_mpt_child(p, n);
        uint8_t len = step(&c->path, p, n);
        if (node->kind != TR_MPT_LEAF) TR_TRY(give_below(c, (tr_mpt_inner *)node));
        TR_TRY(give(c, p, n, node));
        c->path.len = len;
    }
    return TR_OK;
}

/* Is there a node with a hash at this path? */
static bool is_stored_at(tr_mpt_inner *p, const uint8_t *path, unsigned len)
{
    unsigned n = 0, depth = 0;
    for (;;) {
        if (!tr_mpt_has(p, n)) return false;
        if (depth == len) return (p->embedded >> n & 1) == 0;
        tr_mpt_node *node = *tr_mpt_child(p, n);
        if (node == NULL || node->kind == TR_MPT_LEAF) return false;
        p = (tr_mpt_inner *)node;
        n = 0;
        if (node->kind == TR_MPT_BRANCH) {
            n = tr_mpt_nibble(path, depth++);
        } else if (p->end > len ||
                   tr_mpt_common(path, tr_mpt_path(p), depth, p->end) != p->end - depth) {
            return false;
        } else {
            depth = p->end;
        }
    }
}

static tr_err remove_gone(committing *c, tr_trie *trie, const tr_mpt_worker *w)
{
    for (const tr_mpt_gone *gone = w->gone; gone != NULL; gone = gone->next) {
        if (is_stored_at(&trie->root, gone->path, gone->len)) continue;
        c->path.len = gone->len;
        for (unsigned i = 0; i < gone->len; i++)
            c->path.at[i] = (uint8_t)tr_mpt_nibble(gone->path, i);
        TR_TRY(c->sink->remove(c->sink, c->trail, &c->path));
    }
    return TR_OK;
}

static void forget_gone(tr_mpt_worker *w)
{
    while (w->gone != NULL) {
        tr_mpt_gone *gone = w->gone;
        w->gone = gone->next;
        tr_mpt_put(w, gone, sizeof(*gone) + ((size_t)gone->len + 1) / 2);
    }
}

static void clear_below(tr_mpt_inner *p)
{
    TR_MPT_EACH(n, (unsigned)(p->unsaved & p->present))
    {
        tr_mpt_node *node = *tr_mpt_child(p, n);
        bool stored = (p->embedded >> n & 1) == 0;
        if (node->kind != TR_MPT_LEAF) clear_below((tr_mpt_inner *)node);
        node->flags = (uint8_t)((node->flags & ~TR_MPT_STORED) | (stored ? TR_MPT_STORED : 0));
    }
    p->unsaved = 0;
}

static tr_err give_all(committing *c, tr_trie *trie)
{
    TR_TRY(give_below(c, &trie->root));
    TR_TRY(remove_gone(c, trie, &trie->main));
    for (size_t i = 0; i < TR_MPT_WAYS && trie->others != NULL; i++)
        TR_TRY(remove_gone(c, trie, &trie->others[i]));
    return TR_OK;
}

tr_err tr_trie_give(tr_trail *trail, tr_trie *trie, tr_trie_sink *sink)
{
    TR_TRY(tr_mpt_ready(trail, trie, true));
    committing c = {.trail = trail, .sink = sink};
    tr_buf_init(&c.encoding, trie->alloc, SIZE_MAX);
    tr_err err = give_all(&c, trie);
    tr_buf_free(&c.encoding);
    return err;
}

void tr_trie_given(tr_trie *trie)
{
    clear_below(&trie->root);
    forget_gone(&trie->main);
    for (size_t i = 0; i < TR_MPT_WAYS && trie->others != NULL; i++) forget_gone(&trie->others[i]);
}

tr_err tr_trie_commit(tr_trail *trail, tr_trie *trie, tr_trie_sink *sink)
{
    TR_TRY(tr_trie_give(trail, trie, sink));
    tr_trie_given(trie);
    return TR_OK;
}

/* Frees what may go below p; true when nothing is left in memory there. */
static bool prune_below(tr_mpt_worker *w, tr_mpt_inner *p, unsigned depth, unsigned least)
{
    bool empty = true;
    unsigned below = p->node.kind == TR_MPT_EXTENSION ? p->end : depth + 1;
    TR_MPT_EACH(n, p->present)
    {
        tr_mpt_node **at = tr_mpt_child(p, n), *node = *at;
        if (node == NULL) continue;
        bool goes = node->kind == TR_MPT_LEAF || prune_below(w, (tr_mpt_inner *)node, below, least);
        goes = goes && (p->unsaved >> n & 1) == 0 && (node->flags & TR_MPT_USED) == 0;
        node->flags = (uint8_t)(node->flags & ~TR_MPT_USED);
        if (goes && below > least) {
            tr_mpt_free_node(w, node);
            *at = NULL;
        } else {
            empty = false;
        }
    }
    return empty;
}

void tr_trie_prune(tr_trie *trie, unsigned depth)
{
    if (trie->broken) return;
    if (trie->source != NULL) (void)prune_below(&trie->main, &trie->root, 0, depth);
    tr_mpt_trim(trie);
}
