/* The root after a batch of changes in a trie of a million accounts.
 *
 * A row's document: u32le N (accounts), u32le B (batches), u32le S (changes in a batch), u64le
 * seed, then the root of the N accounts (32 bytes), for a peer to compare.  Everything else comes
 * from one splitmix64 stream (tr_bench_random) that starts at seed:
 *
 *   account i = 0 .. N-1      key: four draws, little-endian, 32 bytes, used as it is (not hashed);
 *                             then a value
 *   batch b = 0 .. B-1        S times: draws d until d % N is an account that this batch does not
 *                             have yet; then two values
 *   a value                   rlp([nonce, balance, empty root, keccak-256 of nothing]) with
 *                             nonce = draw % 1000, balance = draw * 10^9 (as a 128-bit product)
 *
 * Run r = 0, 1, ... gives the accounts of batch r % B, in the order drawn, their first value when
 * r / B is even and their second when it is odd, and asks for the root.  So every run changes all
 * the accounts that it names.  Keys and encoded values are made before the clock starts. */
#include "cli/bench/bench.h"
#include "codec/rlp.h"
#include "hash/keccak.h"
#include "trie/trie.h"

enum { ACCOUNTS = 1000000, VALUE_MAX = 96, SEED = 11 };

typedef struct state {
    tr_trie *trie;
    tr_trie_change *changes; /* batch b, variant v: from (2 * b + v) * size on */
    size_t size, batches, runs;
} state;

static void put_value(tr_buf *out, uint64_t *seed)
{
    uint64_t nonce = tr_bench_random(seed) % 1000, draw = tr_bench_random(seed);
    tr_hash no_code = tr_keccak256((tr_bytes){NULL, 0});
    uint8_t balance[16];
    unsigned __int128 wei = (unsigned __int128)draw * 1000000000;
    tr_store64be(balance, (uint64_t)(wei >> 64));
    tr_store64be(balance + 8, (uint64_t)wei);
    tr_rlp_mark mark = tr_rlp_begin(out, 80);
    tr_rlp_put_u64(out, nonce);
    tr_rlp_put_int(out, TR_VIEW(balance));
    tr_rlp_put_bytes(out, TR_VIEW(tr_trie_empty_root.b));
    tr_rlp_put_bytes(out, TR_VIEW(no_code.b));
    tr_rlp_end(out, mark);
}

/* One value, as a view that stays. */
static tr_bytes make_value(tr_arena *arena, uint64_t *seed)
{
    uint8_t memory[VALUE_MAX];
    tr_buf out;
    tr_buf_init_fixed(&out, memory, sizeof(memory));
    put_value(&out, seed);
    return tr_arena_copy(arena, tr_buf_view(&out));
}

static bool make_accounts(tr_arena *arena, uint64_t *seed, tr_hash *keys, tr_trie_change *out)
{
    for (size_t i = 0; i < ACCOUNTS; i++) {
        for (size_t w = 0; w < 4; w++) tr_store64le(keys[i].b + 8 * w, tr_bench_random(seed));
        out[i] = (tr_trie_change){TR_VIEW(keys[i].b), make_value(arena, seed)};
        if (out[i].value.data == NULL) return false;
    }
    return true;
}

static bool make_batches(tr_arena *arena, uint64_t *seed, const tr_hash *keys, state *s)
{
    uint32_t *used_by = TR_ARENA_ARRAY(arena, uint32_t, ACCOUNTS);
    s->changes = TR_ARENA_ARRAY(arena, tr_trie_change, 2 * s->batches * s->size);
    if (used_by == NULL || s->changes == NULL) return false;
    memset(used_by, 0, ACCOUNTS * sizeof(*used_by));
    for (uint32_t b = 0; b < s->batches; b++) {
        tr_trie_change *first = s->changes + 2 * b * s->size, *second = first + s->size;
        for (size_t i = 0; i < s->size; i++) {
            size_t account;
            do account = tr_bench_random(seed) % ACCOUNTS;
            while (used_by[account] == b + 1);
            used_by[account] = b + 1;
            first[i] = (tr_trie_change){TR_VIEW(keys[account].b), make_value(arena, seed)};
            second[i] = (tr_trie_change){TR_VIEW(keys[account].b), make_value(arena, seed)};
            if (first[i].value.data == NULL || second[i].value.data == NULL) return false;
        }
    }
    return true;
}

static bool fill(const tr_bench_input *input, state *s)
{
    uint64_t seed = SEED;
    tr_hash *keys = TR_ARENA_ARRAY(input->arena, tr_hash, ACCOUNTS), root;
    tr_trie_change *accounts = TR_ARENA_ARRAY(input->arena, tr_trie_change, ACCOUNTS);
    if (keys == NULL || accounts == NULL) return false;
    if (!make_accounts(input->arena, &seed, keys, accounts)) return false;
    if (!make_batches(input->arena, &seed, keys, s)) return false;
    tr_trie_options options = {.alloc = input->alloc, .limit = SIZE_MAX};
    if (tr_trie_new(NULL, &options, &s->trie) != TR_OK) return false;
    if (tr_trie_update(NULL, s->trie, NULL, ACCOUNTS, accounts) != TR_OK) return false;
    if (tr_trie_root(NULL, s->trie, NULL, &root) != TR_OK) return false;
    uint8_t head[20];
    tr_store32le(head, ACCOUNTS);
    tr_store32le(head + 4, (uint32_t)s->batches);
    tr_store32le(head + 8, (uint32_t)s->size);
    tr_store64le(head + 12, SEED);
    tr_buf_put(input->document, TR_VIEW(head));
    tr_buf_put(input->document, TR_VIEW(root.b));
    return true;
}

static void *setup(const tr_bench_input *input, size_t size, size_t batches)
{
    state *s = TR_ARENA_NEW(input->arena, state);
    if (s == NULL) return NULL;
    *s = (state){.size = size, .batches = batches};
    return fill(input, s) ? s : NULL;
}

static void *setup_2000(const tr_bench_input *input)
{
    return setup(input, 2000, 32);
}

static void *setup_100000(const tr_bench_input *input)
{
    return setup(input, 100000, 4);
}

static uint64_t run(void *of)
{
    state *s = of;
    size_t variant = s->runs / s->batches % 2, batch = s->runs % s->batches;
    const tr_trie_change *changes = s->changes + (2 * batch + variant) * s->size;
    tr_hash root;
    s->runs++;
    if (tr_trie_update(NULL, s->trie, NULL, s->size, changes) != TR_OK ||
        tr_trie_root(NULL, s->trie, NULL, &root) != TR_OK)
        return 0;
    return tr_load64le(root.b);
}

static const tr_bench_row rows[] = {
    {"trie-update-2000",
     "root after changing 2,000 of 1,000,000 accounts, for each",
     2000,
     0,
     {1000, 2000, 8000},
     setup_2000,
     run},
    {"trie-update-100000",
     "root after changing 100,000 of 1,000,000 accounts, for each",
     100000,
     0,
     {600, 1200, 6000},
     setup_100000,
     run},
};
const tr_bench_rows tr_bench_rows_trie = {rows, TR_COUNTOF(rows)};
