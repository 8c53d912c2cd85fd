/* The inside of a Merkle-Patricia trie in memory, shared by the mpt_*.c files.
 *
 * A leaf holds its whole key and an extension the whole path from the root, so that a node which
 * moves up or down is not rewritten.  Branch, extension and the holder of the root are one struct:
 * places for children, each with the child's name (its hash, or its encoding if that is embedded)
 * and, when the child is in memory, a pointer.  A child that is named and has no pointer is loaded
 * when it is needed.
 *
 *   trie.root [1 place] -> branch [2..16 places] -> extension [1 place] -> branch -> leaf
 *
 * Two bits for each place say what is to be done: stale, the name has to be worked out; unsaved,
 * something at or below it has changed since the last commit.  They are set all the way up.
 *
 * All memory comes from blocks that die with the trie.  A worker is what one thread needs: free
 * lists by size, the blocks it cuts, and scratch memory.  A piece of memory may go back to another
 * worker's list than it came from. */
#ifndef TR_TRIE_MPT_INTERNAL_H
#define TR_TRIE_MPT_INTERNAL_H

#include <stdalign.h>

#include "trie/trie.h"

typedef enum tr_mpt_kind { TR_MPT_LEAF, TR_MPT_EXTENSION, TR_MPT_BRANCH } tr_mpt_kind;

enum {
    TR_MPT_STORED = 1, /* the last commit has put this node where it is, or it was loaded there */
    TR_MPT_USED = 2,   /* looked at since the last prune */
    TR_MPT_SEEN = 4,   /* already in the proof that is being made */
};

typedef struct tr_mpt_node {
    uint8_t kind, flags;
} tr_mpt_node;

typedef struct tr_mpt_leaf {
    tr_mpt_node node;
    uint8_t key_len; /* bytes */
    uint8_t unused;
    uint32_t value_len;
    uint8_t data[]; /* key, value */
} tr_mpt_leaf;

typedef struct tr_mpt_value {
    uint32_t len;
    uint8_t data[];
} tr_mpt_value;

typedef struct tr_mpt_inner {
    tr_mpt_node node;
    uint8_t capacity; /* places */
    uint8_t end;      /* of an extension: nibbles from the root to its child */
    uint16_t present, embedded, stale, unsaved; /* a bit for each child */
    uint32_t unused;
    tr_mpt_value *value;  /* of a branch, where a key ends */
    tr_mpt_node *child[]; /* then the names, 32 bytes each; then the path of an extension */
} tr_mpt_inner;

enum {
    TR_MPT_UNIT = 16,    /* sizes are multiples of this */
    TR_MPT_FINE = 1024,  /* up to here each multiple has its list */
    TR_MPT_COARSE = 256, /* and from there on each multiple of this */
    TR_MPT_LARGE = 4096, /* beyond lie pieces that are asked for one by one */
    TR_MPT_CLASSES = TR_MPT_FINE / TR_MPT_UNIT + (TR_MPT_LARGE - TR_MPT_FINE) / TR_MPT_COARSE,
    TR_MPT_WAYS = 16, /* subtrees for the executor */
};

/* A change on its way down.  head: the first eight bytes of the key, big-endian. */
typedef struct tr_mpt_item {
    uint64_t head;
    const uint8_t *key, *value;
    uint32_t value_len; /* 0: remove */
    uint8_t len;        /* of the key, in nibbles */
} tr_mpt_item;

/* A node to be hashed. */
typedef struct tr_mpt_task {
    tr_mpt_node *node;
    uint8_t *name;   /* where it goes, in the parent */
    uint32_t parent; /* its task's index */
    uint8_t depth, place;
    bool wide;     /* a branch with many places; known once the node was looked at */
    bool embedded; /* what the parent says now */
} tr_mpt_task;

/* Where a stored node was. */
typedef struct tr_mpt_gone tr_mpt_gone;
struct tr_mpt_gone {
    tr_mpt_gone *next;
    uint8_t len; /* nibbles */
    uint8_t path[];
};

typedef struct tr_mpt_worker {
    tr_trie *trie;
    tr_trail *trail;
    void *free[TR_MPT_CLASSES];
    uint8_t *at, *end; /* of the block that is being cut */
    int64_t bytes, nodes, leaves;
    tr_mpt_gone *gone;
    struct { /* changes whose ways are called into the cache before their turn */
        tr_mpt_inner *parent;
        unsigned n, depth;
        const tr_mpt_item *next, *end;
    } ahead;
    tr_mpt_task *tasks;
    size_t task_capacity;
    uint8_t *encodings;
    size_t encodings_size;
    tr_trail own_trail;
} tr_mpt_worker;

typedef struct tr_mpt_block tr_mpt_block;
typedef struct tr_mpt_large tr_mpt_large;

struct tr_trie {
    tr_alloc *alloc;
    tr_trie_source *source;
    size_t limit, reserved; /* reserved: bytes of all blocks and large pieces */
    tr_mpt_block *blocks;
    tr_mpt_large *large;
    tr_mpt_worker main;
    tr_mpt_worker *others; /* TR_MPT_WAYS of them, once an executor was given */
    void *sorting;         /* scratch memory of updates */
    size_t sorting_size;
    size_t pending; /* changes since the last root: how much work it may be */
    bool secure, broken;
    bool lock;
    union { /* one place, at depth 0 */
        tr_mpt_inner root;
        uint8_t root_size[sizeof(tr_mpt_inner) + sizeof(tr_mpt_node *) + 32];
    };
};

/* Memory (mpt_memory.c).  get gives size bytes at 16, or NULL. */
void *tr_mpt_get(tr_mpt_worker *w, size_t size);
void tr_mpt_put(tr_mpt_worker *w, void *memory, size_t size);
void *tr_mpt_scratch(tr_trie *trie, void *old, size_t old_size, size_t new_size);
TR_NODISCARD tr_err tr_mpt_workers(tr_trail *trail, tr_trie *trie);
void tr_mpt_release(tr_trie *trie);
/* tr_mpt_trim gives all blocks back if there is no node. */
void tr_mpt_trim(tr_trie *trie);
TR_NODISCARD tr_err tr_mpt_no_memory(tr_mpt_worker *w, size_t size);
/* tr_mpt_class_size is how much is really taken for size bytes. */
size_t tr_mpt_class_size(size_t size);

/* Nodes (mpt_node.c). */
TR_NODISCARD tr_err tr_mpt_new_leaf(tr_mpt_worker *w, tr_bytes key, tr_bytes value,
                                    tr_mpt_node **out);
TR_NODISCARD tr_err tr_mpt_new_branch(tr_mpt_worker *w, unsigned children, tr_mpt_inner **out);
/* path: packed nibbles from the root, end of them. */
TR_NODISCARD tr_err tr_mpt_new_extension(tr_mpt_worker *w, const uint8_t *path, unsigned end,
                                         tr_mpt_inner **out);
TR_NODISCARD tr_err tr_mpt_new_value(tr_mpt_worker *w, tr_bytes value, tr_mpt_value **out);
void tr_mpt_free_value(tr_mpt_worker *w, tr_mpt_value *value);
/* tr_mpt_free_node frees one node and a branch's value; not what is below. */
void tr_mpt_free_node(tr_mpt_worker *w, tr_mpt_node *node);
size_t tr_mpt_leaf_size(size_t key_len, size_t value_len);
/* add and drop change which children a branch has; add may move the branch. */
TR_NODISCARD tr_err tr_mpt_add_child(tr_mpt_worker *w, tr_mpt_inner **branch, unsigned n,
                                     tr_mpt_node *child);
void tr_mpt_drop_child(tr_mpt_inner *p, unsigned n);
/* tr_mpt_fit gives a branch the capacity that it needs. */
TR_NODISCARD tr_err tr_mpt_fit(tr_mpt_worker *w, tr_mpt_inner **branch);

/* Loading (mpt_load.c).  path: packed, at least depth nibbles. */
TR_NODISCARD tr_err tr_mpt_load(tr_mpt_worker *w, tr_mpt_inner *parent, unsigned n,
                                const uint8_t *path, unsigned depth);
/* tr_mpt_find looks up a key that is used as it is. */
TR_NODISCARD tr_err tr_mpt_find(tr_mpt_worker *w, tr_bytes key, tr_bytes *value);

/* Sorting (mpt_sort.c).  Gives items in the order of keys, each key once (the last of the same);
 * *count becomes fewer.  The items live in the trie's scratch memory until the next call. */
TR_NODISCARD tr_err tr_mpt_sort(tr_trail *trail, tr_trie *trie, tr_exec *exec, size_t n,
                                const tr_trie_change changes[], tr_mpt_item **items, size_t *count);

/* Changing (mpt_update.c): all items, one by one or through the executor. */
TR_NODISCARD tr_err tr_mpt_update(tr_trail *trail, tr_trie *trie, tr_exec *exec, tr_mpt_item *items,
                                  size_t count);

/* Encoding and hashing (mpt_hash.c).  An encoding is front and tail; front lies in memory that the
 * caller gives, tail is a view of the node's value. */
enum { TR_MPT_FRONT = 640 };
tr_bytes tr_mpt_encode(const tr_mpt_node *node, unsigned depth, uint8_t memory[TR_MPT_FRONT],
                       tr_bytes *tail);
TR_NODISCARD tr_err tr_mpt_hash(tr_trail *trail, tr_trie *trie, tr_exec *exec);

/* tr_mpt_ready: the trie is not broken and, where that matters, the root is worked out. */
TR_NODISCARD tr_err tr_mpt_ready(tr_trail *trail, const tr_trie *trie, bool hashed);

static inline unsigned tr_mpt_count(uint16_t mask)
{
#if defined(__POPCNT__)
    return (unsigned)__builtin_popcount(mask);
#else
    unsigned x = mask;
    x -= x >> 1 & 0x5555;
    x = (x & 0x3333) + (x >> 2 & 0x3333);
    x = (x + (x >> 4)) & 0x0f0f;
    return (x + (x >> 8)) & 0x1f;
#endif
}

static inline unsigned tr_mpt_index(const tr_mpt_inner *p, unsigned n)
{
    if (p->capacity == 16) return n;
    return tr_mpt_count((uint16_t)(p->present & ((1u << n) - 1)));
}

static inline bool tr_mpt_has(const tr_mpt_inner *p, unsigned n)
{
    return (p->present >> n & 1) != 0;
}

/* The place of a child that is present. */
static inline tr_mpt_node **tr_mpt_child(tr_mpt_inner *p, unsigned n)
{
    return &p->child[tr_mpt_index(p, n)];
}

static inline uint8_t *tr_mpt_names(const tr_mpt_inner *p)
{
    return (uint8_t *)(uintptr_t)(p->child + p->capacity);
}

static inline uint8_t *tr_mpt_name(const tr_mpt_inner *p, unsigned n)
{
    return tr_mpt_names(p) + 32 * (size_t)tr_mpt_index(p, n);
}

/* An extension's path, packed. */
static inline uint8_t *tr_mpt_path(const tr_mpt_inner *p)
{
    return tr_mpt_names(p) + 32;
}

static inline unsigned tr_mpt_nibble(const uint8_t *packed, unsigned i)
{
    return (i & 1) != 0 ? packed[i / 2] & 15 : packed[i / 2] >> 4;
}

static inline tr_bytes tr_mpt_leaf_key(const tr_mpt_leaf *leaf)
{
    return (tr_bytes){leaf->data, leaf->key_len};
}

static inline tr_bytes tr_mpt_leaf_value(const tr_mpt_leaf *leaf)
{
    return (tr_bytes){leaf->data + leaf->key_len, leaf->value_len};
}

/* How many nibbles from nibble from on two packed paths have in common, both being end long. */
static inline unsigned tr_mpt_common(const uint8_t *a, const uint8_t *b, unsigned from,
                                     unsigned end)
{
    unsigned i = from;
    while (i < end) {
        if ((i & 1) == 0 && i + 1 < end && a[i / 2] == b[i / 2]) {
            i += 2;
        } else if (tr_mpt_nibble(a, i) == tr_mpt_nibble(b, i)) {
            i++;
        } else {
            break;
        }
    }
    return i - from;
}

/* A loop over the numbers of the bits of a mask. */
#define TR_MPT_EACH(n, mask)                                                                       \
    for (unsigned tr_each_##n = (mask), n;                                                         \
         tr_each_##n != 0 && (n = tr_ctz64(tr_each_##n) & 15, true);                               \
         tr_each_##n &= tr_each_##n - 1)

#endif
