/* Making, freeing and reshaping nodes. */
#include "trie/mpt_internal.h"

enum { VALUE_MAX = INT32_MAX };

size_t tr_mpt_leaf_size(size_t key_len, size_t value_len)
{
    return sizeof(tr_mpt_leaf) + key_len + value_len;
}

static size_t inner_size(unsigned capacity, size_t path)
{
    return sizeof(tr_mpt_inner) + capacity * (sizeof(tr_mpt_node *) + 32) + path;
}

static size_t size_of_inner(const tr_mpt_inner *p)
{
    return inner_size(p->capacity, p->node.kind == TR_MPT_EXTENSION ? ((size_t)p->end + 1) / 2 : 0);
}

/* Few capacities, so that a branch which grows by one child is not copied each time. */
static unsigned capacity_for(unsigned children)
{
    static const uint8_t capacities[17] = {2,  2,  2,  3,  4,  6,  6,  8, 8,
                                           11, 11, 11, 16, 16, 16, 16, 16};
    return capacities[children];
}

tr_err tr_mpt_new_leaf(tr_mpt_worker *w, tr_bytes key, tr_bytes value, tr_mpt_node **out)
{
    size_t size = tr_mpt_leaf_size(key.len, value.len);
    if (value.len > VALUE_MAX) return tr_mpt_no_memory(w, SIZE_MAX);
    tr_mpt_leaf *leaf = tr_mpt_get(w, size);
    if (TR_UNLIKELY(leaf == NULL)) return tr_mpt_no_memory(w, size);
    leaf->node = (tr_mpt_node){TR_MPT_LEAF, TR_MPT_USED};
    leaf->key_len = (uint8_t)key.len;
    leaf->unused = 0;
    leaf->value_len = (uint32_t)value.len;
    if (key.len != 0) memcpy(leaf->data, key.data, key.len);
    memcpy(leaf->data + key.len, value.data, value.len);
    w->nodes++;
    w->leaves++;
    *out = &leaf->node;
    return TR_OK;
}

static tr_err new_inner(tr_mpt_worker *w, tr_mpt_kind kind, unsigned capacity, size_t path,
                        tr_mpt_inner **out)
{
    size_t size = inner_size(capacity, path);
    tr_mpt_inner *p = tr_mpt_get(w, size);
    if (TR_UNLIKELY(p == NULL)) return tr_mpt_no_memory(w, size);
    memset(p, 0, sizeof(*p));
    p->node = (tr_mpt_node){(uint8_t)kind, TR_MPT_USED};
    p->capacity = (uint8_t)capacity;
    w->nodes++;
    *out = p;
    return TR_OK;
}

tr_err tr_mpt_new_branch(tr_mpt_worker *w, unsigned children, tr_mpt_inner **out)
{
    return new_inner(w, TR_MPT_BRANCH, capacity_for(children), 0, out);
}

tr_err tr_mpt_new_extension(tr_mpt_worker *w, const uint8_t *path, unsigned end, tr_mpt_inner **out)
{
    size_t size = (end + 1) / 2;
    TR_TRY(new_inner(w, TR_MPT_EXTENSION, 1, size, out));
    (*out)->end = (uint8_t)end;
    (*out)->present = 1;
    memcpy(tr_mpt_path(*out), path, size);
    return TR_OK;
}

tr_err tr_mpt_new_value(tr_mpt_worker *w, tr_bytes value, tr_mpt_value **out)
{
    size_t size = sizeof(tr_mpt_value) + value.len;
    if (value.len > VALUE_MAX) return tr_mpt_no_memory(w, SIZE_MAX);
    *out = tr_mpt_get(w, size);
    if (TR_UNLIKELY(*out == NULL)) return tr_mpt_no_memory(w, size);
    (*out)->len = (uint32_t)value.len;
    memcpy((*out)->data, value.data, value.len);
    return TR_OK;
}

void tr_mpt_free_value(tr_mpt_worker *w, tr_mpt_value *value)
{
    if (value != NULL) tr_mpt_put(w, value, sizeof(*value) + value->len);
}

void tr_mpt_free_node(tr_mpt_worker *w, tr_mpt_node *node)
{
    w->nodes--;
    if (node->kind == TR_MPT_LEAF) {
        tr_mpt_leaf *leaf = (tr_mpt_leaf *)node;
        w->leaves--;
        tr_mpt_put(w, leaf, tr_mpt_leaf_size(leaf->key_len, leaf->value_len));
    } else {
        tr_mpt_inner *p = (tr_mpt_inner *)node;
        tr_mpt_free_value(w, p->value);
        tr_mpt_put(w, p, size_of_inner(p));
    }
}

/* Gives a branch another capacity, which has room for its children. */
static tr_err resize(tr_mpt_worker *w, tr_mpt_inner **branch, unsigned capacity)
{
    size_t size = inner_size(capacity, 0);
    tr_mpt_inner *old = *branch, *p = tr_mpt_get(w, size);
    if (TR_UNLIKELY(p == NULL)) return tr_mpt_no_memory(w, size);
    *p = *old;
    p->capacity = (uint8_t)capacity;
    TR_MPT_EACH(n, old->present)
    {
        *tr_mpt_child(p, n) = *tr_mpt_child(old, n);
        memcpy(tr_mpt_name(p, n), tr_mpt_name(old, n), 32);
    }
    tr_mpt_put(w, old, size_of_inner(old));
    *branch = p;
    return TR_OK;
}

tr_err tr_mpt_fit(tr_mpt_worker *w, tr_mpt_inner **branch)
{
    unsigned count = tr_mpt_count((*branch)->present), best = capacity_for(count);
    /* Not at once: a branch that loses a child often gets another. */
    if (2 * count >= (*branch)->capacity || best >= (*branch)->capacity) return TR_OK;
    return resize(w, branch, best);
}

tr_err tr_mpt_add_child(tr_mpt_worker *w, tr_mpt_inner **branch, unsigned n, tr_mpt_node *child)
{
    unsigned count = tr_mpt_count((*branch)->present);
    if (count == (*branch)->capacity) TR_TRY(resize(w, branch, capacity_for(count + 1)));
    tr_mpt_inner *p = *branch;
    unsigned at = tr_mpt_index(p, n);
    if (p->capacity != 16) {
        memmove(p->child + at + 1, p->child + at, (count - at) * sizeof(tr_mpt_node *));
        uint8_t *names = tr_mpt_names(p);
        memmove(names + 32 * (at + 1), names + 32 * at, 32 * (count - at));
    }
    p->child[at] = child;
    uint16_t bit = (uint16_t)(1u << n);
    p->present |= bit;
    p->stale |= bit;
    p->unsaved |= bit;
    return TR_OK;
}

void tr_mpt_drop_child(tr_mpt_inner *p, unsigned n)
{
    unsigned at = tr_mpt_index(p, n), count = tr_mpt_count(p->present);
    if (p->capacity != 16) {
        memmove(p->child + at, p->child + at + 1, (count - at - 1) * sizeof(tr_mpt_node *));
        uint8_t *names = tr_mpt_names(p);
        memmove(names + 32 * at, names + 32 * (at + 1), 32 * (count - at - 1));
    }
    uint16_t others = (uint16_t) ~(1u << n);
    p->present &= others;
    p->embedded &= others;
    p->stale &= others;
    p->unsaved &= others;
}
