/* Tries that are only looked at: the root of a block's receipts, and proofs of accounts.
 *
 * What the peers read (numbers little-endian, 32 bits):
 *   ordered-root-10000   count, then for each receipt its length and its bytes (type and RLP)
 *   account-proof        the state root (32 bytes), count, then for each proof: the hashed address
 *                        (32 bytes), the length of the account's RLP and the RLP, the number of
 *                        nodes, and for each node from the root on its length and its bytes */
#include "cli/bench/bench.h"
#include "codec/rlp.h"
#include "trie/build.h"
#include "trie/proof.h"

enum {
    RECEIPTS = 10000,
    ACCOUNTS = 1000000,
    VALUES = 256, /* different accounts; their keys differ all the same */
    PROOFS = 256,
    TOP = 4, /* nibbles above which every branch is there */
    GROUPS = 1 << 4 * TOP,
    NODES_MAX = 16,
};

static void put_u32(tr_buf *out, size_t value)
{
    uint8_t b[4];
    tr_store32le(b, (uint32_t)value);
    tr_buf_put(out, TR_VIEW(b));
}

static void put_sized(tr_buf *out, tr_bytes bytes)
{
    put_u32(out, bytes.len);
    tr_buf_put(out, bytes);
}

static void put_random(tr_buf *out, uint64_t *seed, size_t len)
{
    uint8_t bytes[256];
    for (size_t i = 0; i < len; i++) bytes[i] = (uint8_t)tr_bench_random(seed);
    tr_rlp_put_bytes(out, (tr_bytes){bytes, len});
}

typedef struct receipts_state {
    tr_alloc *alloc;
    tr_bytes values[RECEIPTS];
} receipts_state;

/* A receipt of type 2 with up to three logs. */
static void put_receipt(tr_buf *out, uint64_t *seed, size_t i)
{
    uint64_t choice = tr_bench_random(seed);
    tr_buf_put_u8(out, 2);
    tr_rlp_mark receipt = tr_rlp_begin(out, 400);
    tr_rlp_put_u64(out, choice % 16 != 0);
    tr_rlp_put_u64(out, 21000 * (i + 1));
    put_random(out, seed, 256);
    tr_rlp_mark logs = tr_rlp_begin(out, 100);
    for (uint64_t log = choice >> 8 & 3; log > 0; log--) {
        tr_rlp_mark one = tr_rlp_begin(out, 100);
        put_random(out, seed, 20);
        tr_rlp_mark topics = tr_rlp_begin(out, 99);
        for (uint64_t t = 1 + (choice >> 16) % 3; t > 0; t--) put_random(out, seed, 32);
        tr_rlp_end(out, topics);
        put_random(out, seed, 32);
        tr_rlp_end(out, one);
    }
    tr_rlp_end(out, logs);
    tr_rlp_end(out, receipt);
}

static void *setup_receipts(const tr_bench_input *input)
{
    receipts_state *state = TR_ARENA_NEW(input->arena, receipts_state);
    if (state == NULL) return NULL;
    state->alloc = input->alloc;
    uint64_t seed = 301;
    put_u32(input->document, RECEIPTS);
    for (size_t i = 0; i < RECEIPTS; i++) {
        tr_buf out;
        tr_buf_init(&out, &input->arena->alloc, SIZE_MAX);
        put_receipt(&out, &seed, i);
        if (tr_buf_err(&out) != TR_OK) return NULL;
        state->values[i] = tr_buf_view(&out);
        put_sized(input->document, state->values[i]);
    }
    return state;
}

static uint64_t run_receipts(void *pointer)
{
    const receipts_state *state = pointer;
    tr_hash root = {{0}};
    if (tr_trie_ordered_root(NULL, state->alloc, NULL, RECEIPTS, state->values, &root) != TR_OK)
        return 0;
    return tr_load64le(root.b);
}

typedef struct account_proof {
    tr_bytes key, value, nodes[NODES_MAX];
    size_t count;
} account_proof;

typedef struct accounts_state {
    tr_hash root;
    account_proof proofs[PROOFS];
} accounts_state;

/* What is needed to make the proofs: the trie's entries, and its upper branches as a heap: the
 * children of branch i are 16 i + 1 to 16 i + 16. */
typedef struct accounts {
    tr_arena *arena;
    tr_alloc *alloc;
    tr_trie_entry *entries;
    uint32_t groups[GROUPS + 1]; /* where the entries of each beginning begin */
    tr_trie_ref refs[GROUPS];
    tr_bytes top[(GROUPS - 1) / 15];
    tr_bytes values[VALUES];
} accounts;

static size_t group_of(const uint8_t *key)
{
    return tr_load16be(key);
}

/* Hashed addresses in their order: spread by their first two bytes, then sorted in each group. */
static bool make_entries(accounts *a)
{
    uint8_t *keys = tr_arena_get(a->arena, (size_t)ACCOUNTS * 32, 8);
    a->entries = TR_ARENA_ARRAY(a->arena, tr_trie_entry, ACCOUNTS);
    if (keys == NULL || a->entries == NULL) return false;
    uint64_t seed = 302;
    memset(a->groups, 0, sizeof(a->groups));
    for (size_t i = 0; i < ACCOUNTS; i++) {
        for (size_t k = 0; k < 4; k++) tr_store64le(keys + 32 * i + 8 * k, tr_bench_random(&seed));
        a->groups[group_of(keys + 32 * i) + 1]++;
    }
    for (size_t i = 0; i < GROUPS; i++) a->groups[i + 1] += a->groups[i];
    static uint32_t filled[GROUPS];
    memset(filled, 0, sizeof(filled));
    for (size_t i = 0; i < ACCOUNTS; i++) {
        const uint8_t *key = keys + 32 * i;
        size_t first = a->groups[group_of(key)], at = first + filled[group_of(key)]++;
        for (; at > first && memcmp(a->entries[at - 1].key.data, key, 32) > 0; at--)
            a->entries[at] = a->entries[at - 1];
        a->entries[at] = (tr_trie_entry){{key, 32}, a->values[i % VALUES]};
    }
    return true;
}

static bool make_values(accounts *a)
{
    uint64_t seed = 303;
    for (size_t i = 0; i < VALUES; i++) {
        tr_buf out;
        tr_buf_init(&out, &a->arena->alloc, SIZE_MAX);
        tr_rlp_mark account = tr_rlp_begin(&out, 80);
        tr_rlp_put_u64(&out, i % 5 * i);
        tr_rlp_put_u64(&out, tr_bench_random(&seed) >> (i % 20));
        put_random(&out, &seed, 32);
        put_random(&out, &seed, 32);
        tr_rlp_end(&out, account);
        if (tr_buf_err(&out) != TR_OK) return false;
        a->values[i] = tr_buf_view(&out);
    }
    return true;
}

static tr_bytes encode(accounts *a, const tr_trie_node *node)
{
    tr_buf out;
    tr_buf_init(&out, &a->arena->alloc, SIZE_MAX);
    tr_trie_node_encode(&out, node);
    return tr_buf_err(&out) == TR_OK ? tr_buf_view(&out) : (tr_bytes){NULL, 0};
}

static tr_bytes view(const tr_trie_ref *ref)
{
    return (tr_bytes){ref->b, ref->len};
}

/* The branches above the groups, from the lowest; refs[i] comes to be that of beginning i. */
static bool make_top(accounts *a, tr_hash *root)
{
    for (size_t i = 0; i < GROUPS; i++)
        if (tr_trie_build_below(NULL, a->alloc, NULL, TOP, a->groups[i + 1] - a->groups[i],
                                a->entries + a->groups[i], &a->refs[i]) != TR_OK)
            return false;
    for (size_t count = GROUPS / 16; count > 0; count /= 16) {
        for (size_t i = 0; i < count; i++) {
            tr_trie_node node = {.kind = TR_TRIE_BRANCH};
            for (size_t k = 0; k < 16; k++) node.child[k] = view(&a->refs[16 * i + k]);
            tr_bytes *to = &a->top[(count - 1) / 15 + i];
            *to = encode(a, &node);
            if (to->data == NULL) return false;
            a->refs[i] = tr_trie_ref_of(*to);
        }
    }
    memcpy(root, a->refs[0].b, sizeof(*root));
    return true;
}

/* Adds the nodes below the top that lead to an entry. */
static bool add_lower(accounts *a, account_proof *proof, size_t at)
{
    size_t group = group_of(proof->key.data);
    size_t begin = a->groups[group], end = a->groups[group + 1];
    tr_path path, other;
    tr_path_of(proof->key, &path);
    for (size_t depth = TOP;; depth++) {
        tr_trie_node node = {.kind = TR_TRIE_LEAF, .path.len = (uint8_t)(path.len - depth)};
        if (end - begin == 1) {
            memcpy(node.path.at, path.at + depth, node.path.len);
            node.value = a->entries[at].value;
            proof->nodes[proof->count++] = encode(a, &node);
            return true;
        }
        tr_trie_ref refs[16];
        size_t next[2] = {begin, end}, entries = 0;
        node.kind = TR_TRIE_BRANCH;
        for (unsigned k = 0; k < 16; k++) {
            size_t to = begin;
            for (; to < end; to++) {
                tr_path_of(a->entries[to].key, &other);
                if (other.at[depth] != k) break;
            }
            if (tr_trie_build_below(NULL, a->alloc, NULL, (unsigned)depth + 1, to - begin,
                                    a->entries + begin, &refs[k]) != TR_OK)
                return false;
            node.child[k] = view(&refs[k]);
            entries += to != begin;
            if (begin <= at && at < to) next[0] = begin, next[1] = to;
            begin = to;
        }
        if (entries < 2 || proof->count == NODES_MAX - 1) return false; /* would be an extension */
        proof->nodes[proof->count++] = encode(a, &node);
        begin = next[0];
        end = next[1];
    }
}

static bool make_proof(accounts *a, account_proof *proof, size_t at)
{
    *proof = (account_proof){.key = a->entries[at].key, .value = a->entries[at].value};
    tr_path path;
    tr_path_of(proof->key, &path);
    for (size_t depth = 0, i = 0; depth < TOP; depth++) {
        proof->nodes[proof->count++] = a->top[i];
        i = 16 * i + 1 + path.at[depth];
    }
    return add_lower(a, proof, at);
}

static void put_proof(tr_buf *out, const account_proof *proof)
{
    tr_buf_put(out, proof->key);
    put_sized(out, proof->value);
    put_u32(out, proof->count);
    for (size_t i = 0; i < proof->count; i++) put_sized(out, proof->nodes[i]);
}

static void *setup_accounts(const tr_bench_input *input)
{
    accounts_state *state = TR_ARENA_NEW(input->arena, accounts_state);
    accounts *a = TR_ARENA_NEW(input->arena, accounts);
    if (state == NULL || a == NULL) return NULL;
    a->arena = input->arena;
    a->alloc = input->alloc;
    if (!make_values(a) || !make_entries(a) || !make_top(a, &state->root)) return NULL;
    tr_buf_put(input->document, TR_VIEW(state->root.b));
    put_u32(input->document, PROOFS);
    size_t at = 0;
    for (size_t i = 0; i < PROOFS; i++) {
        do at = (at + 7919 * 97) % ACCOUNTS;
        while (!make_proof(a, &state->proofs[i], at));
        put_proof(input->document, &state->proofs[i]);
    }
    return state;
}

static uint64_t run_accounts(void *pointer)
{
    const accounts_state *state = pointer;
    uint64_t sum = 0;
    for (size_t i = 0; i < PROOFS; i++) {
        const account_proof *p = &state->proofs[i];
        tr_bytes value;
        if (tr_trie_check(NULL, &state->root, p->key, p->count, p->nodes, &value) != TR_OK ||
            !tr_bytes_eq(value, p->value))
            return 0;
        sum += value.len + value.data[value.len - 1];
    }
    return sum;
}

static const tr_bench_row rows[] = {
    {"ordered-root-10000",
     "root of the trie of 10,000 receipts",
     1,
     0,
     {4e6, 15e6, 60e6},
     setup_receipts,
     run_receipts},
    {"account-proof",
     "check the proof of an account among 1,000,000",
     PROOFS,
     0,
     {3000, 8000, 20000},
     setup_accounts,
     run_accounts},
};
const tr_bench_rows tr_bench_rows_proof = {rows, TR_COUNTOF(rows)};
