/* A point read in LMDB's pages, without LMDB.
 *
 * The library searches a page by halves; nearly every step waits for memory.  Here the bounds that
 * the parent page gives tell about where in its child a key must lie, and what is around that place
 * is fetched at once.  mdb_get is the slow twin (tr_kv_get_slowly).
 *
 * Nothing is believed that would lead outside of a page or of the file: a damaged page gives
 * TR_E_KV_DAMAGED or another entry's value, never a read beyond the map. */
#include "store/kv_internal.h"

enum {
    HEADER = 16,
    NODE = 8,
    LINE = 64,
    LEVELS = 32,
    IS_BRANCH = 1,
    IS_LEAF = 2,
    NODE_LONG = 1,
    AROUND = 3, /* nodes to fetch on either side of a guess */
};

typedef struct page {
    const uint8_t *at;
    size_t size, count;
    bool leaf;
    bool damaged; /* a node of it goes beyond its end */
} page;

/* What is known of the keys of a page, and of the key that is looked for among them. */
typedef struct range {
    tr_bytes key;
    tr_bytes low, high; /* data NULL: no bound */
    size_t skip;        /* bytes that all of them begin with */
    uint64_t begins;    /* the next 8 of the key, as they compare */
} range;

static uint64_t begins_of(tr_bytes key, size_t skip)
{
    uint8_t bytes[8] = {0};
    if (key.len >= skip + 8) return tr_load64be(key.data + skip);
    if (key.len > skip) memcpy(bytes, key.data + skip, key.len - skip);
    return tr_load64be(bytes);
}

static void narrow(range *r)
{
    size_t most = TR_MIN(r->low.len, r->high.len), skip = r->skip;
    if (r->low.data == NULL || r->high.data == NULL) return;
    while (skip < most && r->low.data[skip] == r->high.data[skip]) skip++;
    r->skip = skip;
    r->begins = begins_of(r->key, skip);
}

static const uint8_t *node_at(const page *p, size_t i)
{
    return p->at + tr_load16le(p->at + HEADER + 2 * i);
}

static bool is_inside(const page *p, const uint8_t *node, size_t len)
{
    return (size_t)(node - p->at) + len <= p->size;
}

static tr_bytes key_at(page *p, size_t i)
{
    const uint8_t *node = node_at(p, i);
    size_t len = is_inside(p, node, NODE) ? tr_load16le(node + 6) : p->size;
    if (TR_LIKELY(is_inside(p, node, NODE + len))) return tr_bytes_of(node + NODE, len);
    p->damaged = true;
    return tr_bytes_of(p->at, 0);
}

static int compare(const range *r, tr_bytes other)
{
    size_t skip = r->skip;
    if (TR_LIKELY(other.len >= skip + 8 && r->key.len >= skip + 8)) {
        uint64_t begins = tr_load64be(other.data + skip);
        if (r->begins != begins) return r->begins < begins ? -1 : 1;
        skip += 8;
    } else if (other.len < skip) {
        skip = 0;
    }
    return tr_bytes_cmp(tr_bytes_of(r->key.data + skip, r->key.len - skip),
                        tr_bytes_of(other.data + skip, other.len - skip));
}

/* Where the key would be if keys were spread evenly. */
static size_t guess(const range *r, size_t count)
{
    uint64_t low = r->low.data == NULL ? 0 : begins_of(r->low, r->skip);
    uint64_t high = r->high.data == NULL ? UINT64_MAX : begins_of(r->high, r->skip);
    if (high <= low || r->begins < low) return count / 2;
    uint64_t at = (r->begins - low) / ((high - low) / count | 1);
    return at < count ? (size_t)at : count - 1;
}

static void fetch_around(const page *p, size_t i)
{
    size_t first = i < AROUND ? 0 : i - AROUND, last = TR_MIN(i + AROUND, p->count - 1);
    for (size_t k = first; k <= last; k++) __builtin_prefetch(node_at(p, k));
}

/* The last node whose key is not above the key; in a branch the first node is below everything.
 * false: a leaf has none. */
static bool search(page *p, const range *r, size_t *out, bool *exact)
{
    size_t low = p->leaf ? 0 : 1, high = p->count, step = 1;
    size_t at = TR_MAX(guess(r, p->count), low);
    int way = 0; /* of the steps so far; 2: they turned round */
    fetch_around(p, at);
    *exact = false;
    while (low < high) {
        if (way == 2 || at < low || at >= high) at = low + (high - low) / 2;
        int c = compare(r, key_at(p, at));
        if (c == 0) {
            *out = at;
            *exact = true;
            return true;
        }
        if (c < 0)
            high = at;
        else
            low = at + 1;
        way = way == 0 || way == c ? c : 2;
        at = c < 0 ? at - step : at + step; /* below 0 is beyond the end too */
        step *= 2;
    }
    *out = low - 1;
    return low != 0;
}

static bool open_page(const tr_kv_root *root, uint64_t number, bool leaf, page *out)
{
    const uint8_t *at = root->base + number * root->page_size;
    size_t lower = tr_load16le(at + 12);
    *out = (page){at, root->page_size, (lower - HEADER) / 2, leaf, false};
    return tr_load64le(at) == number && tr_load16le(at + 10) == (leaf ? IS_LEAF : IS_BRANCH) &&
           lower > HEADER && lower <= root->page_size;
}

static void fetch_page(const uint8_t *at)
{
    for (size_t i = 0; i < 3; i++) __builtin_prefetch(at + i * LINE);
}

/* The value of a node whose key is in its bounds: behind it, or on pages of its own. */
static tr_err value_at(const tr_kv_root *root, const page *p, size_t i, tr_bytes *out)
{
    const uint8_t *node = node_at(p, i);
    size_t key = NODE + tr_load16le(node + 6);
    uint32_t len = tr_load32le(node);
    const uint8_t *data = node + key;
    if ((tr_load16le(node + 4) & NODE_LONG) != 0) {
        if (!is_inside(p, node, key + sizeof(uint64_t))) return TR_E_KV_DAMAGED;
        uint64_t number = tr_load64le(data), more = (HEADER + (uint64_t)len - 1) / root->page_size;
        if (number > root->last_page || more > root->last_page - number) return TR_E_KV_DAMAGED;
        data = root->base + number * root->page_size + HEADER;
    } else if (!is_inside(p, node, key + len)) {
        return TR_E_KV_DAMAGED;
    }
    *out = tr_bytes_of(data, len);
    return TR_OK;
}

tr_err tr_kv_find(const tr_kv_root *root, tr_bytes key, tr_bytes *out)
{
    range r = {.key = key, .begins = begins_of(key, 0)};
    uint64_t number = root->number;
    if (root->depth == 0) return TR_E_NOT_FOUND;
    for (unsigned level = 1; level <= root->depth && level <= LEVELS; level++) {
        page p;
        size_t at;
        bool exact;
        if (TR_UNLIKELY(number > root->last_page ||
                        !open_page(root, number, level == root->depth, &p)))
            return TR_E_KV_DAMAGED;
        bool found = search(&p, &r, &at, &exact);
        if (TR_UNLIKELY(p.damaged)) return TR_E_KV_DAMAGED;
        if (p.leaf) return found && exact ? value_at(root, &p, at, out) : TR_E_NOT_FOUND;
        const uint8_t *node = node_at(&p, at);
        if (TR_UNLIKELY(!is_inside(&p, node, NODE))) return TR_E_KV_DAMAGED;
        number = tr_load32le(node) | (uint64_t)tr_load16le(node + 4) << 32;
        if (TR_UNLIKELY(number > root->last_page)) return TR_E_KV_DAMAGED;
        fetch_page(root->base + number * root->page_size);
        if (at != 0) r.low = key_at(&p, at);
        if (at + 1 < p.count) r.high = key_at(&p, at + 1);
        if (TR_UNLIKELY(p.damaged)) return TR_E_KV_DAMAGED;
        narrow(&r);
    }
    return TR_E_KV_DAMAGED;
}

bool tr_kv_find_root(tr_kv_snapshot *snapshot, tr_kv_table table, tr_kv_root *out)
{
    enum { TREE = 48, NAMES = 1 }; /* the record of a table, in the table of tables */
    const tr_kv *kv = snapshot->kv;
    const char *name = kv->names[table];
    MDB_val k = {strlen(name), (void *)(uintptr_t)name}, v;
    MDB_envinfo info;
    if (mdb_env_info(kv->env, &info) != 0) return false;
    if (kv->page_size == 0 || mdb_get(snapshot->txn, NAMES, &k, &v) != 0 || v.mv_size != TREE)
        return false;
    const uint8_t *record = v.mv_data;
    /* The record lies on a page that says its own number. */
    const uint8_t *start = record - ((uintptr_t)record & (kv->page_size - 1));
    *out = (tr_kv_root){
        .base = start - tr_load64le(start) * kv->page_size,
        .page_size = kv->page_size,
        .depth = tr_load16le(record + 6),
        .number = tr_load64le(record + 40),
        .last_page = info.me_last_pgno, /* of now: the snapshot has no later one */
    };
    return true;
}
