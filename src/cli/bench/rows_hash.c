/* Hashes.  A row's document is its input as it stands: the messages one behind the other, the
 * leaves of the tree, or for blake2f the 213 bytes of EIP-152. */
#include "cli/bench/bench.h"
#include "hash/hash.h"

/* Short operations are repeated in one call of run, so that the clock's own time is lost in it. */
enum { REPEAT = 64, MANY = 64, LEAVES = 1024, BLAKE2F_INPUT = 213 };

typedef struct state {
    size_t n;
    tr_bytes messages[MANY];
    tr_hash hashes[MANY];
} state;

typedef struct tree {
    tr_hash leaves[LEAVES], nodes[LEAVES];
} tree;

typedef struct blake2f {
    uint64_t h[8], m[16], t[2];
} blake2f;

static void fill(uint8_t *to, size_t len)
{
    uint64_t seed = 3;
    for (size_t i = 0; i < len; i++) to[i] = (uint8_t)tr_bench_random(&seed);
}

static void *setup(const tr_bench_input *input, size_t n, size_t len)
{
    state *s = TR_ARENA_NEW(input->arena, state);
    uint8_t *data = tr_arena_get(input->arena, n * len, 64);
    if (s == NULL || data == NULL) return NULL;
    fill(data, n * len);
    s->n = n;
    for (size_t i = 0; i < n; i++) s->messages[i] = tr_bytes_of(data + i * len, len);
    tr_buf_put(input->document, tr_bytes_of(data, n * len));
    return s;
}

static void *setup_1x64(const tr_bench_input *input)
{
    return setup(input, 1, 64);
}

static void *setup_1x1088(const tr_bench_input *input)
{
    return setup(input, 1, 1088);
}

static void *setup_8x64(const tr_bench_input *input)
{
    return setup(input, 8, 64);
}

static void *setup_64x64(const tr_bench_input *input)
{
    return setup(input, MANY, 64);
}

static uint64_t sum_of(const state *s)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < s->n; i++) sum += tr_load64le(s->hashes[i].b);
    return sum;
}

static uint64_t run_keccak256_many(void *of)
{
    state *s = of;
    uint64_t sum = 0;
    for (int i = 0; i < REPEAT; i++) {
        tr_keccak256_many(s->n, s->messages, s->hashes);
        sum += sum_of(s);
    }
    return sum;
}

static uint64_t run_keccak256(void *of)
{
    state *s = of;
    uint64_t sum = 0;
    for (int i = 0; i < REPEAT; i++) {
        s->hashes[0] = tr_keccak256(s->messages[0]);
        sum += sum_of(s);
    }
    return sum;
}

static uint64_t run_sha256_many(void *of)
{
    state *s = of;
    uint64_t sum = 0;
    for (int i = 0; i < REPEAT; i++) {
        tr_sha256_many(s->n, s->messages, s->hashes);
        sum += sum_of(s);
    }
    return sum;
}

static uint64_t run_sha256(void *of)
{
    state *s = of;
    uint64_t sum = 0;
    for (int i = 0; i < REPEAT; i++) {
        s->hashes[0] = tr_sha256(s->messages[0]);
        sum += sum_of(s);
    }
    return sum;
}

static uint64_t run_ripemd160(void *of)
{
    state *s = of;
    uint64_t sum = 0;
    for (int i = 0; i < REPEAT; i++) {
        tr_ripemd160(s->messages[0], s->hashes[0].b);
        sum += sum_of(s);
    }
    return sum;
}

static void *setup_blake2f(const tr_bench_input *input)
{
    blake2f *b = TR_ARENA_NEW(input->arena, blake2f);
    if (b == NULL) return NULL;
    uint8_t bytes[BLAKE2F_INPUT] = {0, 0, 0, TR_BLAKE2B_ROUNDS};
    fill(bytes + 4, sizeof(*b));
    memcpy(b, bytes + 4, sizeof(*b));
    bytes[BLAKE2F_INPUT - 1] = 1;
    tr_buf_put(input->document, TR_VIEW(bytes));
    return b;
}

static uint64_t run_blake2f(void *of)
{
    blake2f *b = of;
    for (int i = 0; i < REPEAT; i++) tr_blake2b_f(TR_BLAKE2B_ROUNDS, b->h, b->m, b->t, true);
    return b->h[0];
}

static void *setup_merkle(const tr_bench_input *input)
{
    tree *t = TR_ARENA_NEW(input->arena, tree);
    if (t == NULL) return NULL;
    fill(t->leaves[0].b, sizeof(t->leaves));
    tr_buf_put(input->document, TR_VIEW(t->leaves));
    return t;
}

static uint64_t run_merkle(void *of)
{
    static const tr_merkle_rule rule = {tr_merkle_keccak256, TR_MERKLE_ZEROS, false, 0};
    tree *t = of;
    tr_hash root;
    memcpy(t->nodes, t->leaves, sizeof(t->nodes));
    if (tr_merkle_root(NULL, &rule, LEAVES, t->nodes, &root) != TR_OK) return 0;
    return tr_load64le(root.b);
}

/* The tiers: ultra is what AVX-512 and the SHA instructions reach on a server core of 2023 with
 * about a third to spare, high half that speed, medium what the portable code reaches. */
static const tr_bench_row rows[] = {
    {.name = "keccak256-8x64",
     .what = "keccak-256, 8 messages of 64 bytes in one call",
     .ops = (size_t)8 * REPEAT,
     .bytes = 64,
     .tier_ns = {75, 150, 400},
     .setup = setup_8x64,
     .run = run_keccak256_many},
    {.name = "keccak256-1x64",
     .what = "keccak-256, one message of 64 bytes",
     .ops = REPEAT,
     .bytes = 64,
     .tier_ns = {300, 400, 600},
     .setup = setup_1x64,
     .run = run_keccak256},
    {.name = "keccak256-1x1088",
     .what = "keccak-256, one message of 1,088 bytes",
     .ops = REPEAT,
     .bytes = 1088,
     .tier_ns = {2700, 3600, 5400},
     .setup = setup_1x1088,
     .run = run_keccak256},
    {.name = "sha256-1x64",
     .what = "SHA-256, one message of 64 bytes",
     .ops = REPEAT,
     .bytes = 64,
     .tier_ns = {110, 220, 500},
     .setup = setup_1x64,
     .run = run_sha256},
    {.name = "sha256-64x64",
     .what = "SHA-256, 64 messages of 64 bytes in one call",
     .ops = (size_t)MANY * REPEAT,
     .bytes = 64,
     .tier_ns = {60, 120, 500},
     .setup = setup_64x64,
     .run = run_sha256_many},
    {.name = "ripemd160-1x64",
     .what = "RIPEMD-160, one message of 64 bytes",
     .ops = REPEAT,
     .bytes = 64,
     .tier_ns = {350, 500, 800},
     .setup = setup_1x64,
     .run = run_ripemd160},
    {.name = "blake2f-12",
     .what = "BLAKE2b compression, 12 rounds",
     .ops = REPEAT,
     .bytes = 128,
     .tier_ns = {180, 280, 500},
     .setup = setup_blake2f,
     .run = run_blake2f},
    {.name = "merkle-keccak-1024",
     .what = "Merkle root of 1,024 leaves, keccak-256",
     .ops = 1,
     .bytes = LEAVES * sizeof(tr_hash),
     .tier_ns = {75000, 150000, 400000},
     .setup = setup_merkle,
     .run = run_merkle},
};
const tr_bench_rows tr_bench_rows_hash = {rows, TR_COUNTOF(rows)};
