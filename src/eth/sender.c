#include "eth/sender.h"

#include "eth/tx_internal.h"

enum { CHUNK = 256 };

/* What a chunk of signatures needs while it is worked on. */
typedef struct work {
    tr_hash all[CHUNK];    /* hashes of the whole chunk */
    tr_hash hashes[CHUNK]; /* and of those whose signature has the form of one */
    tr_ecdsa_sig sigs[CHUNK];
    size_t places[CHUNK]; /* where in the chunk these are */
    tr_addr addresses[CHUNK];
    bool ok[CHUNK];
    size_t count;
} work;

static size_t fail_all(size_t n, tr_addr out[], tr_err errs[], tr_err err)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (tr_addr){{0}};
        errs[i] = err;
    }
    return 0;
}

static void add_signature(work *w, size_t place, const tr_ecdsa_sig *sig)
{
    w->hashes[w->count] = w->all[place];
    w->sigs[w->count] = *sig;
    w->places[w->count++] = place;
}

/* Recovers what was gathered, and returns how many signers it found. */
static size_t recover(work *w, tr_addr out[], tr_err errs[])
{
    size_t found = tr_ecdsa_recover_many(w->count, w->hashes, w->sigs, w->addresses, w->ok);
    for (size_t i = 0; i < w->count; i++) {
        out[w->places[i]] = w->addresses[i];
        errs[w->places[i]] = w->ok[i] ? TR_OK : TR_E_SIGNATURE;
    }
    return found;
}

static size_t tx_chunk(work *w, const tr_fork_rules *rules, size_t n, const tr_tx txs[],
                       tr_addr out[], tr_err errs[])
{
    size_t deposits = 0;
    w->count = 0;
    for (size_t i = 0; i < n; i++) {
        tr_ecdsa_sig sig;
        out[i] = (tr_addr){{0}};
        if (txs[i].type == TR_TX_DEPOSIT) {
            out[i] = txs[i].from;
            errs[i] = TR_OK;
            deposits++;
            continue;
        }
        errs[i] = tr_tx_signature(NULL, &txs[i], rules, &sig);
        if (errs[i] == TR_OK) add_signature(w, i, &sig);
    }
    return deposits + recover(w, out, errs);
}

size_t tr_tx_senders(tr_arena *arena, const tr_fork_rules *rules, size_t n, const tr_tx txs[],
                     tr_addr out[], tr_err errs[])
{
    tr_arena_mark mark = tr_arena_save(arena);
    work *w = TR_ARENA_NEW(arena, work);
    if (w == NULL) return fail_all(n, out, errs, TR_E_MEMORY);
    size_t found = 0;
    for (size_t at = 0; at < n; at += CHUNK) {
        size_t count = TR_MIN(n - at, (size_t)CHUNK);
        tr_err err = tr_tx_signing_hash_many(NULL, arena, count, txs + at, w->all);
        if (err != TR_OK) {
            found = fail_all(n, out, errs, err);
            break;
        }
        found += tx_chunk(w, rules, count, txs + at, out + at, errs + at);
    }
    tr_arena_rewind(arena, mark);
    return found;
}

static tr_err authorization_signature(const tr_authorization *authorization, tr_ecdsa_sig *out)
{
    memcpy(out->r, authorization->r, 32);
    memcpy(out->s, authorization->s, 32);
    out->recovery = authorization->parity;
    if (authorization->parity > 1) return TR_E_SIGNATURE_RANGE;
    TR_TRY(tr_ecdsa_check(out));
    return tr_ecdsa_is_low_s(out) ? TR_OK : TR_E_SIGNATURE_HIGH_S;
}

size_t tr_authorization_signers(tr_arena *arena, size_t n, const tr_authorization authorizations[],
                                tr_addr out[], tr_err errs[])
{
    tr_arena_mark mark = tr_arena_save(arena);
    work *w = TR_ARENA_NEW(arena, work);
    if (w == NULL) return fail_all(n, out, errs, TR_E_MEMORY);
    size_t found = 0;
    for (size_t at = 0; at < n; at += CHUNK) {
        size_t count = TR_MIN(n - at, (size_t)CHUNK);
        tr_authorization_hash_many(count, authorizations + at, w->all);
        w->count = 0;
        for (size_t i = 0; i < count; i++) {
            tr_ecdsa_sig sig;
            out[at + i] = (tr_addr){{0}};
            errs[at + i] = authorization_signature(&authorizations[at + i], &sig);
            if (errs[at + i] == TR_OK) add_signature(w, i, &sig);
        }
        found += recover(w, out + at, errs + at);
    }
    tr_arena_rewind(arena, mark);
    return found;
}
