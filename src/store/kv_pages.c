#include "store/kv_pages.h"

enum {
    META_MAGIC = 0x3eefc0de, /* without its top bit, which does not fit an int */
    META_VERSION = 1,
    PAGE_MIN = 512,
    PAGE_MAX = 32768,
    HEADER = 16, /* of a page */
    META = 136,  /* bytes of a meta page that count, after the header */
    TREE = 48,   /* the record of a tree */
    NODE = 8,    /* the fixed part of a node */
    KEY_MAX = 511,
    LEVELS = 32, /* of one tree */

    IS_BRANCH = 1,
    IS_LEAF = 2,
    IS_LONG = 4,
    IS_META = 8,

    INTEGER_KEYS = 8,   /* flag of the tree of free pages */
    NO_FOLDER = 0x4000, /* in the same place: how the environment was opened when it was made */

    NODE_LONG = 1, /* the value lies on pages of its own */
    NODE_TREE = 2, /* the value is the record of a tree */
};

static const uint64_t NO_PAGE = UINT64_MAX;

typedef enum tree_kind { TREE_FREE, TREE_NAMES, TREE_TABLE } tree_kind;

typedef struct tree {
    tree_kind kind;
    uint16_t flags, depth;
    uint32_t pad;
    uint64_t branches, leaves, longs, entries, root;
} tree;

typedef struct meta {
    uint32_t page_size;
    tree free, names;
    uint64_t last_page, transaction;
} meta;

typedef struct check {
    tr_trail *trail;
    tr_alloc *alloc;
    tr_kv_pages *pages;
    tr_kv_pages_report *out;
    uint64_t file_pages; /* whole ones in the file */
    bool deep;
    uint8_t *seen; /* a bit for each page of the file */
    size_t seen_size;
    uint64_t freed_last;  /* the newest transaction in the list of free pages */
    uint64_t free_beyond; /* free pages beyond the end of the file */
    uint8_t *levels; /* one page for each level of the names' tree and of one more, and a last */
} check;

/* A tree while it is walked, and what was found. */
typedef struct walk {
    check *c;
    tree tree;
    uint8_t *levels; /* its first */
    uint64_t branches, leaves, longs, entries;
} walk;

static tree tree_of(tree_kind kind, const uint8_t *p)
{
    return (tree){
        .kind = kind,
        .pad = tr_load32le(p),
        .flags = tr_load16le(p + 4),
        .depth = tr_load16le(p + 6),
        .branches = tr_load64le(p + 8),
        .leaves = tr_load64le(p + 16),
        .longs = tr_load64le(p + 24),
        .entries = tr_load64le(p + 32),
        .root = tr_load64le(p + 40),
    };
}

static tr_err damaged(const check *c, uint64_t page, const char *what)
{
    return tr_fail_at(c->trail, TR_E_KV_DAMAGED, page * c->out->page_size,
                      "the store is damaged: page %llu %s", (unsigned long long)page, what);
}

/* A meta page, with all in it that does not need another page. */
static tr_err parse_meta(tr_trail *trail, tr_bytes page, uint64_t number, uint64_t offset,
                         meta *out)
{
    const uint8_t *m = page.data + HEADER;
    if (tr_load32le(m) != ((uint32_t)META_MAGIC | 0x80000000))
        return tr_fail_at(trail, TR_E_KV_FORMAT, offset, "not a store: it has no mark of one");
    if (tr_load32le(m + 4) != META_VERSION)
        return tr_fail_at(trail, TR_E_KV_VERSION, offset, "the store's pages are of version %u",
                          tr_load32le(m + 4));
    *out = (meta){
        .free = tree_of(TREE_FREE, m + 24),
        .names = tree_of(TREE_NAMES, m + 72),
        .last_page = tr_load64le(m + 120),
        .transaction = tr_load64le(m + 128),
    };
    out->page_size = out->free.pad;
    bool power = (out->page_size & (out->page_size - 1)) == 0;
    if (tr_load64le(page.data) != number || tr_load16le(page.data + 10) != IS_META || !power ||
        out->page_size < PAGE_MIN || out->page_size > PAGE_MAX)
        return tr_fail_at(trail, TR_E_KV_DAMAGED, offset,
                          "the store is damaged: meta page %llu is not well formed",
                          (unsigned long long)number);
    return TR_OK;
}

static bool has_magic(const uint8_t *page)
{
    return tr_load32le(page + HEADER) == ((uint32_t)META_MAGIC | 0x80000000);
}

/* Where the second meta page lies when the first cannot tell. */
static tr_err find_second(tr_kv_pages *pages, bool *found)
{
    uint8_t head[HEADER + META];
    for (uint64_t at = PAGE_MIN; at <= PAGE_MAX && !*found; at *= 2) {
        if (pages->size < at + sizeof(head)) break;
        TR_TRY(pages->read(pages, NULL, at, head, sizeof(head)));
        *found = has_magic(head);
    }
    return TR_OK;
}

static tr_err read_metas(tr_trail *trail, tr_kv_pages *pages, meta metas[2])
{
    uint8_t head[HEADER + META];
    bool second = false;
    if (pages->size < sizeof(head))
        return tr_fail_at(trail, pages->size == 0 ? TR_E_KV_DAMAGED : TR_E_KV_FORMAT, pages->size,
                          "not a store: the file has only %llu bytes",
                          (unsigned long long)pages->size);
    TR_TRY(pages->read(pages, trail, 0, head, sizeof(head)));
    tr_err err = parse_meta(trail, TR_VIEW(head), 0, 0, &metas[0]);
    if (err == TR_E_KV_FORMAT) {
        TR_TRY(find_second(pages, &second));
        if (second)
            return tr_fail_at(trail, TR_E_KV_DAMAGED, 0,
                              "the store is damaged: its first page is not a meta page");
    }
    if (err != TR_OK) return err;
    uint64_t at = metas[0].page_size;
    if (pages->size < at + sizeof(head))
        return tr_fail_at(trail, TR_E_KV_DAMAGED, pages->size,
                          "the store is damaged: the file ends in its meta pages");
    TR_TRY(pages->read(pages, trail, at, head, sizeof(head)));
    err = parse_meta(trail, TR_VIEW(head), 1, at, &metas[1]);
    if (err == TR_E_KV_FORMAT || err == TR_E_KV_VERSION ||
        (err == TR_OK && metas[1].page_size != metas[0].page_size))
        return tr_fail_at(trail, TR_E_KV_DAMAGED, at,
                          "the store is damaged: its meta pages do not agree");
    return err;
}

/* Transaction n writes meta page n modulo 2, so two neighbouring numbers must be there. */
static tr_err choose_meta(tr_trail *trail, const meta metas[2], uint64_t transaction, meta *out)
{
    bool right = metas[0].transaction % 2 == 0 && metas[1].transaction % 2 == 1 &&
                 (metas[0].transaction + 1 == metas[1].transaction ||
                  metas[1].transaction + 1 == metas[0].transaction);
    if (!right)
        return tr_fail_at(trail, TR_E_KV_DAMAGED, 0,
                          "the store is damaged: its meta pages are of the transactions %llu and "
                          "%llu",
                          (unsigned long long)metas[0].transaction,
                          (unsigned long long)metas[1].transaction);
    uint64_t newest = TR_MAX(metas[0].transaction, metas[1].transaction);
    *out = metas[(transaction == 0 ? newest : transaction) % 2];
    if (transaction != 0 && out->transaction != transaction)
        return tr_fail(trail, TR_E_NOT_FOUND, "transaction %llu is not in the meta pages any more",
                       (unsigned long long)transaction);
    return TR_OK;
}

static tr_err read_page(check *c, uint64_t page, uint8_t *to)
{
    size_t size = c->out->page_size;
    return c->pages->read(c->pages, c->trail, page * size, to, size);
}

/* Takes a run of pages; each has one owner. */
static tr_err take_pages(check *c, uint64_t first, uint64_t count)
{
    if (first < 2 || first > c->out->last_page || count > c->out->last_page - first + 1)
        return damaged(c, first, "lies outside of the store");
    if (first + count > c->file_pages) return damaged(c, first, "lies beyond the end of the file");
    for (uint64_t page = first; page < first + count; page++) {
        uint8_t bit = (uint8_t)(1 << (page & 7));
        if ((c->seen[page >> 3] & bit) != 0) return damaged(c, page, "is used twice");
        c->seen[page >> 3] |= bit;
    }
    return TR_OK;
}

static int compare_keys(const walk *w, tr_bytes a, tr_bytes b)
{
    if (w->tree.kind != TREE_FREE) return tr_bytes_cmp(a, b);
    uint64_t x = tr_load64le(a.data), y = tr_load64le(b.data);
    return (x > y) - (x < y);
}

typedef struct node {
    tr_bytes key;
    tr_bytes value;     /* of a leaf; of a long one only its length counts */
    uint64_t child;     /* of a branch; the first page of a long value */
    bool is_long, tree; /* of a leaf */
} node;

static tr_err parse_node(const walk *w, const uint8_t *page, uint64_t number, bool leaf, size_t i,
                         node *out)
{
    size_t size = w->c->out->page_size;
    size_t upper = tr_load16le(page + 14), at = tr_load16le(page + HEADER + 2 * i);
    if (at < upper || at > size - NODE || at % 2 != 0)
        return damaged(w->c, number, "has a node outside of it");
    const uint8_t *p = page + at;
    size_t room = size - at - NODE, key = tr_load16le(p + 6);
    uint64_t low = tr_load32le(p), flags = tr_load16le(p + 4);
    if (key > room || key > KEY_MAX) return damaged(w->c, number, "has a key that is too long");
    *out = (node){.key = {p + NODE, key}};
    bool bare = !leaf && i == 0; /* the first key of a branch stands for everything below */
    if (!bare && (w->tree.kind == TREE_FREE ? key != 8 : key == 0))
        return damaged(w->c, number, "has a key of the wrong length");
    if (!leaf) {
        out->child = low | flags << 32;
        return TR_OK;
    }
    out->is_long = flags == NODE_LONG;
    out->tree = flags == NODE_TREE;
    if (flags != 0 && !out->is_long && !out->tree)
        return damaged(w->c, number, "has a value of an unknown kind");
    size_t here = out->is_long ? 8 : (size_t)low;
    if (here > room - key) return damaged(w->c, number, "has a value that is too long");
    out->value = tr_bytes_of(p + NODE + key, (size_t)low);
    if (out->is_long) out->child = tr_load64le(p + NODE + key);
    return TR_OK;
}

/* The pages of a long value.  Deep, all of it is read. */
static tr_err check_long(walk *w, uint64_t first, uint64_t len, uint8_t *scratch)
{
    check *c = w->c;
    uint64_t size = c->out->page_size;
    if (first < 2 || first >= c->file_pages) return damaged(c, first, "lies outside of the file");
    TR_TRY(read_page(c, first, scratch));
    uint64_t count = tr_load32le(scratch + 12);
    if (tr_load64le(scratch) != first || tr_load16le(scratch + 10) != IS_LONG ||
        count < (HEADER - 1 + len) / size + 1)
        return damaged(c, first, "is not the beginning of a long value");
    TR_TRY(take_pages(c, first, count));
    w->longs += count;
    for (uint64_t i = 1; i < count && c->deep; i++) TR_TRY(read_page(c, first + i, scratch));
    return TR_OK;
}

/* One record of the list of free pages: their count, then their numbers, falling. */
static tr_err check_free_list(walk *w, const node *n, uint64_t number, uint8_t *scratch)
{
    check *c = w->c;
    uint64_t size = c->out->page_size, words = n->value.len / 8, count = 0, last = NO_PAGE;
    if (words == 0 || n->value.len % 8 != 0)
        return damaged(c, number, "has a list of free pages of a wrong length");
    uint64_t loaded = NO_PAGE;
    for (uint64_t i = 0; i <= count; i++) {
        uint64_t at = HEADER + 8 * i, page = n->child + at / size;
        if (n->is_long && page != loaded) TR_TRY(read_page(c, page, scratch));
        loaded = page;
        uint64_t word = tr_load64le(n->is_long ? scratch + at % size : n->value.data + 8 * i);
        if (i == 0) {
            count = word;
            if (count >= words) return damaged(c, number, "has a list of free pages that is cut");
            continue;
        }
        if (word < 2 || word > c->out->last_page || word >= last)
            return damaged(c, number, "has a list of free pages with a wrong number");
        last = word;
        if (word < c->file_pages)
            TR_TRY(take_pages(c, word, 1));
        else
            c->free_beyond++;
        c->out->free++;
    }
    return TR_OK;
}

static tr_err check_tree(check *c, const tree *t, uint8_t *levels);

/* The root alone, of a table that is not walked. */
static tr_err check_root(check *c, const tree *t, uint8_t *scratch)
{
    if (t->root == NO_PAGE && t->depth == 0 && t->entries == 0) return TR_OK;
    TR_TRY(take_pages(c, t->root, 1));
    TR_TRY(read_page(c, t->root, scratch));
    if (t->depth == 0 || t->depth > LEVELS || tr_load64le(scratch) != t->root ||
        tr_load16le(scratch + 10) != (t->depth == 1 ? IS_LEAF : IS_BRANCH))
        return damaged(c, t->root, "is not the root of a table");
    return TR_OK;
}

static tr_err check_table(walk *w, const node *n, uint64_t number)
{
    check *c = w->c;
    if (w->tree.kind != TREE_NAMES || !n->tree || n->value.len != TREE)
        return tr_fail_at(c->trail, TR_E_KV_FORMAT, number * c->out->page_size,
                          "a store of another program");
    tree t = tree_of(TREE_TABLE, n->value.data);
    if (t.flags != 0)
        return tr_fail_at(c->trail, TR_E_KV_FORMAT, number * c->out->page_size,
                          "a store of another program: a table with flags");
    uint64_t all = c->out->last_page;
    if (t.branches > all || t.leaves > all || t.longs > all)
        return damaged(c, number, "counts more pages than there are");
    c->out->used += t.branches + t.leaves + t.longs;
    c->out->entries += t.entries;
    c->out->tables++;
    bool self = tr_bytes_eq(n->key, TR_LIT(TR_KV_SELF_TABLE)); /* small, and read by opening */
    if (self) c->out->is_ours = true;
    uint8_t *levels = c->levels + (size_t)LEVELS * c->out->page_size;
    return c->deep || self ? check_tree(c, &t, levels) : check_root(c, &t, levels);
}

static tr_err check_leaf_node(walk *w, const node *n, uint64_t number)
{
    uint8_t *scratch = w->c->levels + (size_t)2 * LEVELS * w->c->out->page_size;
    w->entries++;
    if (n->is_long) TR_TRY(check_long(w, n->child, n->value.len, scratch));
    switch (w->tree.kind) {
    case TREE_FREE:
        if (n->tree) return damaged(w->c, number, "has a tree among the free pages");
        w->c->freed_last = tr_load64le(n->key.data); /* they rise */
        return check_free_list(w, n, number, scratch);
    case TREE_NAMES:
        return check_table(w, n, number);
    case TREE_TABLE:
        if (n->tree) return damaged(w->c, number, "has a table in a table");
        return TR_OK;
    }
    return TR_OK;
}

/* A page whose keys lie from low on and below high; data NULL: no bound. */
static tr_err check_page(walk *w, uint64_t number, unsigned level, tr_bytes low, tr_bytes high)
{
    check *c = w->c;
    bool leaf = level + 1 == w->tree.depth;
    uint8_t *page = w->levels + (size_t)level * c->out->page_size;
    TR_TRY(take_pages(c, number, 1));
    TR_TRY(read_page(c, number, page));
    size_t lower = tr_load16le(page + 12), upper = tr_load16le(page + 14);
    if (tr_load64le(page) != number || tr_load16le(page + 10) != (leaf ? IS_LEAF : IS_BRANCH))
        return damaged(c, number, "is not the page that belongs there");
    if (lower <= HEADER || lower > upper || upper > c->out->page_size || lower % 2 != 0)
        return damaged(c, number, "has wrong bounds");
    (leaf ? &w->leaves : &w->branches)[0]++;
    size_t count = (lower - HEADER) / 2;
    node n, next;
    TR_TRY(parse_node(w, page, number, leaf, 0, &n));
    for (size_t i = 0; i < count; i++, n = next) {
        bool last = i + 1 == count, bare = !leaf && i == 0;
        if (!last) TR_TRY(parse_node(w, page, number, leaf, i + 1, &next));
        tr_bytes from = bare ? low : n.key, to = last ? high : next.key;
        if ((!bare && low.data != NULL && compare_keys(w, n.key, low) < 0) ||
            (from.data != NULL && to.data != NULL && compare_keys(w, from, to) >= 0))
            return damaged(c, number, "has keys out of order");
        TR_TRY(leaf ? check_leaf_node(w, &n, number) : check_page(w, n.child, level + 1, from, to));
    }
    return TR_OK;
}

static tr_err check_tree(check *c, const tree *t, uint8_t *levels)
{
    walk w = {.c = c, .tree = *t, .levels = levels};
    if (t->depth > LEVELS) return damaged(c, t->root, "is the root of a tree that is too deep");
    if ((t->root == NO_PAGE) != (t->depth == 0))
        return damaged(c, t->root, "cannot be the root of its tree");
    if (t->root != NO_PAGE) TR_TRY(check_page(&w, t->root, 0, (tr_bytes){0}, (tr_bytes){0}));
    if (w.branches != t->branches || w.leaves != t->leaves || w.longs != t->longs ||
        w.entries != t->entries)
        return damaged(c, t->root == NO_PAGE ? 0 : t->root, "has a tree whose counts are wrong");
    return TR_OK;
}

static tr_err check_trees(check *c, const meta *m)
{
    tr_kv_pages_report *out = c->out;
    const tree *trees[] = {&m->free, &m->names};
    if ((m->free.flags & ~NO_FOLDER) != INTEGER_KEYS || m->names.flags != 0 || m->names.pad != 0)
        return m->names.flags != 0
                   ? tr_fail(c->trail, TR_E_KV_FORMAT, "a store of another program: its flags")
                   : damaged(c, 0, "has wrong flags");
    if (m->last_page < 1 || m->last_page > UINT64_MAX / PAGE_MAX)
        return damaged(c, 0, "has a wrong number of pages");
    out->used = 2;
    for (size_t i = 0; i < TR_COUNTOF(trees); i++) {
        TR_TRY(check_tree(c, trees[i], c->levels));
        out->used += trees[i]->branches + trees[i]->leaves + trees[i]->longs;
    }
    if (!out->is_ours) return tr_fail(c->trail, TR_E_KV_FORMAT, "a store of another program");
    if (out->used > out->last_page + 1 || out->free > out->last_page + 1 - out->used)
        return damaged(c, 0, "has a wrong count of pages");
    if (out->cut && c->free_beyond != out->last_page + 1 - c->file_pages)
        return damaged(c, c->file_pages, "and what follows is cut off");
    /* Every transaction but the first replaces pages, and lists them. */
    if (out->transaction > 1 && c->freed_last != out->transaction)
        return damaged(c, 0, "has a list of free pages of another transaction");
    return TR_OK;
}

tr_err tr_kv_pages_check(tr_trail *trail, tr_alloc *alloc, tr_kv_pages *pages, uint64_t transaction,
                         bool deep, tr_kv_pages_report *out)
{
    meta metas[2], m;
    *out = (tr_kv_pages_report){0};
    TR_TRY(read_metas(trail, pages, metas));
    TR_TRY(choose_meta(trail, metas, transaction, &m));
    out->page_size = m.page_size;
    out->transaction = m.transaction;
    out->last_page = m.last_page;
    uint64_t file_pages = pages->size / m.page_size;
    out->cut = m.last_page >= file_pages;
    check c = {.trail = trail,
               .alloc = alloc,
               .pages = pages,
               .out = out,
               .file_pages = file_pages,
               .deep = deep,
               .seen_size = (size_t)(file_pages / 8 + 1)};
    size_t levels_size = ((size_t)2 * LEVELS + 1) * m.page_size;
    c.seen = tr_alloc_get(alloc, c.seen_size);
    c.levels = tr_alloc_get(alloc, levels_size);
    tr_err err = TR_E_MEMORY;
    if (c.seen != NULL && c.levels != NULL) {
        memset(c.seen, 0, c.seen_size);
        err = check_trees(&c, &m);
    }
    tr_alloc_put(alloc, c.levels, levels_size);
    tr_alloc_put(alloc, c.seen, c.seen_size);
    return err;
}
