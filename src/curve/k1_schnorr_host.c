/* Many BIP-340 signatures by one equation: with weights a, the sum of a s G is that of a R + a e P.
 * The weights are 128 bits of a hash of everything that was signed, by whom and how, so that nobody
 * can choose signatures that are wrong and cancel.  If the equation does not hold, halves are
 * tried, and at last single signatures: every answer is that of tr_schnorr_verify. */
#include <stdlib.h>

#include "curve/k1_combine_avx512.h"
#include "curve/k1_room_host.h"
#include "field/prime.h"
#include "hash/sha2.h"

enum {
    BLOCK = 512, /* signatures in one equation */
    FEWEST = 4,  /* an equation takes 110 us at least, as three in the library */
};

typedef struct entry {
    size_t place;
    tr_k1_term term;
    tr_k1_fn weighted_s; /* a s */
} entry;

typedef struct block {
    const tr_k1_code *single;
    const uint8_t (*keys)[32], (*sigs)[64];
    const tr_bytes *messages;
    bool *ok;
    void *room;
    size_t count;
    entry entries[BLOCK];
} block;

static bool verify_one(const block *b, size_t i)
{
    return b->single->schnorr_verify(b->keys[i], b->messages[i], b->sigs[i]) == TR_OK;
}

/* Those whose numbers are in range, with their weights: hashes of the seed and their number. */
static void weigh(block *b, size_t first, size_t n)
{
    tr_sha256_state state;
    uint8_t counted[40] = {0};
    tr_k1_fn e[BLOCK];
    b->count = 0;
    tr_sha256_init(&state);
    for (size_t i = first; i < first + n; i++) {
        tr_k1_fp x;
        entry *to = &b->entries[b->count];
        b->ok[i] = false;
        if (!tr_k1_fp_read_be(&x, b->keys[i]) || !tr_k1_fp_read_be(&x, b->sigs[i]) ||
            !tr_k1_fn_read_be(&to->weighted_s, b->sigs[i] + 32))
            continue;
        tr_hash challenge = tr_schnorr_challenge(b->keys[i], b->messages[i], b->sigs[i]);
        tr_k1_fn_reduce_be(&e[b->count], challenge.b, sizeof(challenge.b));
        tr_sha256_update(&state, TR_VIEW(challenge.b));
        tr_sha256_update(&state, tr_bytes_of(b->sigs[i] + 32, 32));
        to->place = i;
        b->count++;
    }
    tr_hash seed = tr_sha256_final(&state);
    memcpy(counted, seed.b, 32);
    for (size_t i = 0; i < b->count; i++) {
        entry *at = &b->entries[i];
        uint64_t a[4] = {0};
        tr_k1_fn weight;
        tr_store64le(counted + 32, i);
        tr_hash hash = tr_sha256(TR_VIEW(counted));
        a[0] = tr_load64le(hash.b) | 1;
        a[1] = tr_load64le(hash.b + 8);
        tr_k1_fn_of_limbs(&weight, a);
        tr_k1_fn_mul(&at->weighted_s, &at->weighted_s, &weight);
        tr_k1_fn_mul(&weight, &weight, &e[i]);
        at->term = (tr_k1_term){b->sigs[at->place], b->keys[at->place], {a[0], a[1]}, {0}};
        tr_k1_fn_to_limbs(at->term.b, &weight);
    }
}

/* Does the equation hold for entries first to first + n - 1?  Those whose x is on no point are left
 * out of it. */
static bool holds(const block *b, size_t first, size_t n, bool lifted[])
{
    tr_k1_fn sum = tr_k1_fn_zero;
    tr_pubkey parts[TR_K1_SUMS];
    bool there[TR_K1_SUMS];
    tr_k1_combine_begin(b->room);
    for (size_t at = 0; at < n; at += TR_K1_TERMS) {
        tr_k1_term terms[TR_K1_TERMS];
        size_t count = TR_MIN(n - at, (size_t)TR_K1_TERMS);
        for (size_t i = 0; i < count; i++) terms[i] = b->entries[first + at + i].term;
        tr_k1_combine_add(b->room, count, terms, lifted + at);
    }
    for (size_t i = 0; i < n; i++)
        if (lifted[i]) tr_k1_fn_add(&sum, &sum, &b->entries[first + i].weighted_s);
    return tr_k1_combine_end(b->room, parts, there) &&
           tr_k1_is_multiple(&sum, TR_K1_SUMS, parts, there);
}

static void settle(const block *b, size_t first, size_t n)
{
    bool lifted[BLOCK];
    if (n < FEWEST) {
        for (size_t i = first; i < first + n; i++)
            b->ok[b->entries[i].place] = verify_one(b, b->entries[i].place);
    } else if (holds(b, first, n, lifted)) {
        for (size_t i = 0; i < n; i++) b->ok[b->entries[first + i].place] = lifted[i];
    } else {
        settle(b, first, n / 2);
        settle(b, first + n / 2, n - n / 2);
    }
}

void tr_k1_schnorr_many(const tr_k1_code *single, size_t n, const uint8_t keys[][32],
                        const tr_bytes messages[], const uint8_t sigs[][64], bool ok[])
{
    void *room = n < FEWEST ? NULL : tr_k1_take_room();
    block *b = room == NULL ? NULL : malloc(sizeof(*b));
    if (b == NULL) {
        for (size_t i = 0; i < n; i++)
            ok[i] = single->schnorr_verify(keys[i], messages[i], sigs[i]) == TR_OK;
        tr_k1_give_room(room);
        return;
    }
    b->single = single;
    b->keys = keys;
    b->messages = messages;
    b->sigs = sigs;
    b->ok = ok;
    b->room = room;
    for (size_t at = 0; at < n; at += BLOCK) {
        weigh(b, at, TR_MIN(n - at, (size_t)BLOCK));
        settle(b, 0, b->count);
    }
    free(b);
    tr_k1_give_room(room);
}
