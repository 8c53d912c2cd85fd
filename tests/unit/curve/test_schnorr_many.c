/* Many BIP-340 signatures together, in every implementation, against libsecp256k1 one by one. */
#include "harness.h"

#include "curve/k1_internal.h"

enum { MOST = 600, SIGNERS = 3 };

typedef struct batch {
    size_t n;
    uint8_t keys[MOST][32], sigs[MOST][64], text[MOST][40];
    tr_bytes messages[MOST];
    bool want[MOST], got[MOST];
} batch;

static void check(batch *b, const char *code)
{
    size_t good = 0;
    memset(b->got, 1, sizeof(b->got));
    size_t found = tr_schnorr_verify_many(b->n, (const uint8_t(*)[32])b->keys, b->messages,
                                          (const uint8_t(*)[64])b->sigs, b->got);
    for (size_t i = 0; i < b->n; i++) {
        good += b->want[i];
        TR_CHECK_MSG(b->got[i] == b->want[i], "%s: signature %zu of %zu %s", code, i, b->n,
                     b->got[i] ? "was accepted" : "was refused");
    }
    TR_CHECK_EQ(found, good);
}

static void check_all(batch *b)
{
    for (size_t i = 0; i < b->n; i++)
        b->want[i] = tr_k1_library.schnorr_verify(b->keys[i], b->messages[i], b->sigs[i]) == TR_OK;
    for (size_t i = 0; tr_k1_codes(i) != NULL; i++) {
        if (b->n > 64 && tr_k1_codes(i + 1) != NULL) continue; /* large ones in the best only */
        TR_CHECK(tr_k1_select(tr_k1_codes(i)));
        check(b, tr_k1_codes(i));
    }
}

/* Few signers, so that points meet in the sums; messages of 0 to 39 bytes. */
static void fill(tr_gen *g, batch *b, size_t n)
{
    tr_seckey keys[SIGNERS];
    tr_pubkey public[SIGNERS];
    for (size_t i = 0; i < SIGNERS; i++) {
        do tr_gen_fill(g, keys[i].b, 32);
        while (tr_seckey_check(&keys[i]) != TR_OK);
        if (i == 1) memset(keys[i].b, 0, 31), keys[i].b[31] = 1; /* the generator */
        TR_CHECK_OK(tr_pubkey_of(&keys[i], &public[i]));
    }
    b->n = n;
    for (size_t i = 0; i < n; i++) {
        size_t who = tr_gen_below(g, SIGNERS);
        tr_gen_fill(g, b->text[i], sizeof(b->text[i]));
        b->messages[i] = tr_bytes_of(b->text[i], tr_gen_below(g, 8) == 0 ? 0 : 32 + i % 8);
        memcpy(b->keys[i], public[who].x, 32);
        TR_CHECK_OK(tr_schnorr_sign(&keys[who], b->messages[i], NULL, b->sigs[i]));
        if (i != 0 && tr_gen_below(g, 16) == 0) { /* the same once more */
            memcpy(b->text[i], b->text[i - 1], sizeof(b->text[i]));
            b->messages[i].len = b->messages[i - 1].len;
            memcpy(b->keys[i], b->keys[i - 1], 32);
            memcpy(b->sigs[i], b->sigs[i - 1], 64);
        }
    }
}

static void spoil(tr_gen *g, batch *b, size_t i)
{
    uint8_t *parts[] = {b->keys[i], b->sigs[i], b->sigs[i] + 32, b->text[i]};
    uint8_t *part = parts[tr_gen_below(g, TR_COUNTOF(parts))];
    switch (tr_gen_below(g, 4)) {
    case 0:
        memset(part, 0xff, 32);
        break;
    case 1:
        memset(part, 0, 32);
        break;
    default:
        part[tr_gen_below(g, 32)] ^= (uint8_t)(1u << tr_gen_below(g, 8));
    }
}

/* One property case in 8 does the work. */
TR_PROP(many_are_judged_as_one_by_one)
{
    static batch b;
    if (tr_gen_below(g, 8) != 0) return;
    fill(g, &b, tr_gen_below(g, 4) == 0 ? tr_gen_below(g, 150) : tr_gen_below(g, 40));
    for (uint64_t bad = tr_gen_below(g, 4); b.n != 0 && bad != 0; bad--)
        spoil(g, &b, tr_gen_below(g, b.n));
    check_all(&b);
}

TR_PROP(more_than_a_block_with_one_bad_signature_anywhere)
{
    static batch b;
    if (tr_gen_below(g, 250) != 0) return;
    fill(g, &b, 512 + tr_gen_below(g, 80));
    check_all(&b);
    spoil(g, &b, tr_gen_below(g, b.n));
    check_all(&b);
}

/* Two signatures whose errors cancel in a sum without weights. */
TR_PROP(errors_that_cancel_are_found)
{
    static batch b;
    tr_k1_fn s, delta;
    if (tr_gen_below(g, 32) != 0) return;
    fill(g, &b, 16 + tr_gen_below(g, 20));
    tr_k1_fn_of_u64(&delta, 1 + tr_gen_below(g, 1000));
    for (size_t i = 0; i < 2; i++) {
        TR_CHECK(tr_k1_fn_read_be(&s, b.sigs[i] + 32));
        tr_k1_fn_add(&s, &s, &delta);
        tr_k1_fn_write_be(b.sigs[i] + 32, &s);
        tr_k1_fn_neg(&delta, &delta);
    }
    check_all(&b);
    TR_CHECK(!b.got[0] && !b.got[1]);
}

/* The same signature in every place. */
TR_PROP(all_points_equal)
{
    static batch b;
    if (tr_gen_below(g, 64) != 0) return;
    fill(g, &b, 64);
    for (size_t i = 1; i < b.n; i++) {
        memcpy(b.keys[i], b.keys[0], 32);
        memcpy(b.sigs[i], b.sigs[0], 64);
        b.messages[i] = b.messages[0];
    }
    check_all(&b);
}
