/* A crit-bit tree: each inner node names the first bit in which the keys below it differ. */
#include "evm/trace_internal.h"

#define TR_TRACE_LEAF UINT16_MAX

static inline unsigned bit_of(const uint8_t *key, unsigned bit)
{
    return key[bit / 8] >> (7 - bit % 8) & 1;
}

/* The only item that could have this key. */
static tr_trace_item *nearest(const tr_trace_map *map, const uint8_t *key)
{
    tr_trace_node *node = map->root;
    while (node->bit != TR_TRACE_LEAF) node = node->child[bit_of(key, node->bit)];
    return (tr_trace_item *)node;
}

tr_trace_item *tr_trace_map_find(const tr_trace_map *map, const void *key)
{
    if (map->root == NULL) return NULL;
    tr_trace_item *item = nearest(map, key);
    return memcmp(item->key, key, map->key_size) == 0 ? item : NULL;
}

static unsigned first_difference(const uint8_t *a, const uint8_t *b)
{
    unsigned i = 0;
    while (a[i] == b[i]) i++;
    return 8 * i + tr_clz64((uint64_t)(a[i] ^ b[i]) << 56);
}

static void put_below(tr_trace_map *map, tr_trace_item *item, tr_trace_node *inner, unsigned bit)
{
    tr_trace_node **at = &map->root;
    while ((*at)->bit < bit) at = &(*at)->child[bit_of(item->key, (*at)->bit)];
    unsigned side = bit_of(item->key, bit);
    inner->bit = (uint16_t)bit;
    inner->child[side] = &item->node;
    inner->child[1 - side] = *at;
    *at = inner;
}

tr_trace_item *tr_trace_map_add(tr_trace *trace, tr_trace_map *map, const void *key, bool *is_new)
{
    tr_trace_item *near = map->root == NULL ? NULL : nearest(map, key);
    *is_new = near == NULL || memcmp(near->key, key, map->key_size) != 0;
    if (!*is_new) return near;
    tr_trace_node *inner = NULL;
    tr_trace_item *item = TR_TRACE_NEW(trace, tr_trace_item);
    if (near != NULL) inner = TR_TRACE_NEW(trace, tr_trace_node);
    if (item == NULL || (near != NULL && inner == NULL)) return NULL;
    *item = (tr_trace_item){.node.bit = TR_TRACE_LEAF};
    memcpy(item->key, key, map->key_size);
    if (inner == NULL)
        map->root = &item->node;
    else
        put_below(map, item, inner, first_difference(near->key, item->key));
    if (map->last == NULL)
        map->first = item;
    else
        map->last->next = item;
    map->last = item;
    map->count++;
    return item;
}

void tr_trace_map_sort(tr_trace_map *map)
{
    tr_trace_node *later[8 * TR_TRACE_KEY + 1];
    size_t n = 0;
    tr_trace_item **link = &map->first;
    if (map->root != NULL) later[n++] = map->root;
    while (n != 0) {
        tr_trace_node *node = later[--n];
        while (node->bit != TR_TRACE_LEAF) {
            later[n++] = node->child[1];
            node = node->child[0];
        }
        map->last = (tr_trace_item *)node;
        *link = map->last;
        link = &map->last->next;
    }
    *link = NULL;
}
