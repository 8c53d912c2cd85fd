#include "trestle/tx.h"

#include "eth/json.h"
#include "eth/sender.h"
#include "os/heap.h"

struct tr_transaction {
    tr_arena arena;
    tr_tx tx;
    tr_blob_sidecar sidecar;
};

static tr_transaction *new_handle(void)
{
    tr_transaction *t = tr_alloc_get(tr_heap(), sizeof(*t));
    if (t == NULL) return NULL;
    tr_arena_init(&t->arena, tr_heap(), SIZE_MAX);
    t->tx = (tr_tx){0};
    t->sidecar = (tr_blob_sidecar){0};
    return t;
}

void tr_transaction_free(tr_transaction *t)
{
    if (t == NULL) return;
    tr_arena_free(&t->arena);
    tr_alloc_put(tr_heap(), t, sizeof(*t));
}

/* Hands a handle out, or frees it. */
static tr_err give(tr_transaction *t, tr_err err, tr_transaction **out)
{
    if (err == TR_OK)
        *out = t;
    else
        tr_transaction_free(t);
    return err;
}

tr_err tr_transaction_decode(const uint8_t *data, size_t len, tr_transaction **out, size_t *offset)
{
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_transaction *t = new_handle();
    if (t == NULL) return TR_E_MEMORY;
    tr_bytes raw = tr_arena_copy(&t->arena, tr_bytes_of(data, len));
    if (raw.data == NULL) return give(t, TR_E_MEMORY, out);
    tr_err err = tr_tx_decode_wrapped(&trail, &t->arena, raw, &t->tx, &t->sidecar);
    if (offset != NULL) *offset = trail.offset == TR_NO_OFFSET ? 0 : (size_t)trail.offset;
    return give(t, err, out);
}

static tr_u256 number_in(const uint8_t be[32])
{
    tr_u256 value;
    for (unsigned i = 0; i < 4; i++) value.w[i] = tr_load64be(be + 24 - 8 * i);
    return value;
}

static void number_out(const tr_u256 *value, uint8_t be[32])
{
    for (unsigned i = 0; i < 4; i++) tr_store64be(be + 24 - 8 * i, value->w[i]);
}

static tr_tx from_fields(const tr_transaction_fields *f)
{
    tr_tx tx = {.type = f->type,
                .chain_id = f->chain_id,
                .nonce = f->nonce,
                .gas = f->gas,
                .v = f->v,
                .max_fee = number_in(f->max_fee),
                .max_priority = number_in(f->max_priority),
                .max_blob_fee = number_in(f->max_blob_fee),
                .value = number_in(f->value)};
    tx.to.some = f->creates == 0;
    if (tx.to.some) memcpy(tx.to.addr.b, f->to, 20);
    memcpy(tx.r, f->r, 32);
    memcpy(tx.s, f->s, 32);
    if (tx.type <= TR_TX_ACCESS_LIST) tx.max_priority = tx.max_fee;
    return tx;
}

tr_err tr_transaction_new(const tr_transaction_fields *fields, tr_transaction **out)
{
    tr_transaction *t = new_handle();
    if (t == NULL) return TR_E_MEMORY;
    t->tx = from_fields(fields);
    t->tx.data = tr_arena_copy(&t->arena, tr_bytes_of(fields->data, fields->data_len));
    if (t->tx.data.data == NULL) return give(t, TR_E_MEMORY, out);
    return give(t, tr_tx_seal(NULL, &t->arena, &t->tx), out);
}

tr_err tr_transaction_from_json(const char *text, size_t len, tr_transaction **out)
{
    const tr_json *json;
    tr_transaction *t = new_handle();
    if (t == NULL) return TR_E_MEMORY;
    tr_bytes copy = tr_arena_copy(&t->arena, tr_bytes_of(text, len));
    if (copy.data == NULL) return give(t, TR_E_MEMORY, out);
    tr_err err = tr_json_parse(NULL, &t->arena, copy, &json);
    if (err == TR_OK) err = tr_tx_from_json(NULL, &t->arena, TR_JSON_RPC, json, &t->tx);
    return give(t, err, out);
}

void tr_transaction_get(const tr_transaction *t, tr_transaction_fields *out)
{
    const tr_tx *tx = &t->tx;
    *out = (tr_transaction_fields){.type = tx->type,
                                   .creates = !tx->to.some,
                                   .chain_id = tx->chain_id,
                                   .nonce = tx->nonce,
                                   .gas = tx->gas,
                                   .v = tx->v,
                                   .data = tx->data.data,
                                   .data_len = tx->data.len};
    memcpy(out->to, tx->to.addr.b, 20);
    number_out(&tx->max_fee, out->max_fee);
    number_out(&tx->max_priority, out->max_priority);
    number_out(&tx->max_blob_fee, out->max_blob_fee);
    number_out(&tx->value, out->value);
    memcpy(out->r, tx->r, 32);
    memcpy(out->s, tx->s, 32);
}

size_t tr_transaction_access_count(const tr_transaction *t)
{
    return t->tx.access_list.count;
}

const uint8_t *tr_transaction_access(const tr_transaction *t, size_t i, uint8_t address[20],
                                     size_t *slots)
{
    TR_ASSERT(i < t->tx.access_list.count);
    const tr_access *access = TR_LIST_AT(tr_access, t->tx.access_list, i);
    memcpy(address, access->address.b, 20);
    *slots = access->keys.count;
    return access->keys.at;
}

const uint8_t *tr_transaction_blob_hashes(const tr_transaction *t, size_t *count)
{
    *count = t->tx.blob_hashes.count;
    return t->tx.blob_hashes.at;
}

size_t tr_transaction_authorization_count(const tr_transaction *t)
{
    return t->tx.authorizations.count;
}

void tr_transaction_authorization_get(const tr_transaction *t, size_t i,
                                      tr_transaction_authorization *out)
{
    TR_ASSERT(i < t->tx.authorizations.count);
    const tr_authorization *a = TR_LIST_AT(tr_authorization, t->tx.authorizations, i);
    *out = (tr_transaction_authorization){.nonce = a->nonce, .parity = a->parity};
    number_out(&a->chain_id, out->chain_id);
    memcpy(out->address, a->address.b, 20);
    memcpy(out->r, a->r, 32);
    memcpy(out->s, a->s, 32);
}

size_t tr_transaction_blobs(const tr_transaction *t)
{
    return t->sidecar.count;
}

tr_err tr_transaction_check_blobs(const tr_transaction *t)
{
    return tr_blob_sidecar_check(NULL, &t->tx, &t->sidecar);
}

const uint8_t *tr_transaction_encoding(const tr_transaction *t, size_t *len)
{
    *len = t->tx.encoding.len;
    return t->tx.encoding.data;
}

/* Scratch of one call. */
static tr_err with_sender(const tr_transaction *t, tr_addr *out)
{
    tr_arena arena;
    tr_err err;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    (void)tr_tx_senders(&arena, NULL, 1, &t->tx, out, &err);
    tr_arena_free(&arena);
    return err;
}

tr_err tr_transaction_to_json(const tr_transaction *t, char *text, size_t size, size_t *len)
{
    tr_hash hash;
    tr_addr from;
    tr_buf out;
    bool known = with_sender(t, &from) == TR_OK;
    tr_tx_hash_many(1, &t->tx, &hash);
    tr_buf_init_fixed(&out, text, size);
    tr_json_writer w = tr_json_write_to(&out);
    tr_tx_to_json(&w, &t->tx, &hash, known ? &from : NULL, NULL);
    tr_buf_put_u8(&out, '\0');
    if (tr_buf_err(&out) == TR_OK) *len = out.len - 1;
    return tr_buf_err(&out);
}

void tr_transaction_hash(const tr_transaction *t, uint8_t hash[32])
{
    tr_hash out;
    tr_tx_hash_many(1, &t->tx, &out);
    memcpy(hash, out.b, 32);
}

tr_err tr_transaction_signing_hash(const tr_transaction *t, uint8_t hash[32])
{
    tr_arena arena;
    tr_hash out;
    if (t->tx.type == TR_TX_DEPOSIT) return TR_E_TX_TYPE;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    tr_err err = tr_tx_signing_hash_many(NULL, &arena, 1, &t->tx, &out);
    tr_arena_free(&arena);
    if (err == TR_OK) memcpy(hash, out.b, 32);
    return err;
}

tr_err tr_transaction_sender(const tr_transaction *t, uint8_t address[20])
{
    tr_addr out;
    TR_TRY(with_sender(t, &out));
    memcpy(address, out.b, 20);
    return TR_OK;
}

tr_err tr_transaction_sign(tr_transaction *t, const uint8_t key[32])
{
    tr_seckey secret;
    memcpy(secret.b, key, 32);
    tr_err err = tr_tx_sign(NULL, &t->arena, &t->tx, &secret);
    tr_wipe(&secret, sizeof(secret));
    return err;
}

static tr_err find_rules(const char *fork, const tr_fork_rules **out)
{
    tr_fork found;
    if (!tr_fork_find(tr_bytes_str(fork), &found)) return TR_E_ARGUMENT;
    *out = tr_fork_rules_of(found);
    return TR_OK;
}

tr_err tr_transaction_intrinsic_gas(const tr_transaction *t, const char *fork, uint64_t *gas,
                                    uint64_t *least)
{
    const tr_fork_rules *rules;
    TR_TRY(find_rules(fork, &rules));
    *gas = tr_tx_intrinsic_gas(&t->tx, rules);
    *least = tr_tx_floor_gas(&t->tx, rules);
    return TR_OK;
}

tr_err tr_transaction_check(const tr_transaction *t, const char *fork, uint64_t chain_id)
{
    tr_tx_context context = {.chain_id = chain_id,
                             .deposits = true,
                             .gas_left = UINT64_MAX,
                             .blob_gas_left = UINT64_MAX};
    TR_TRY(find_rules(fork, &context.rules));
    return tr_tx_check(NULL, &t->tx, &context);
}

/* Transactions that go through tr_transaction_read_many together. */
enum { PIECE = 256 };
typedef struct piece {
    tr_bytes raw[PIECE];
    tr_tx txs[PIECE];
    tr_hash hashes[PIECE];
    tr_addr senders[PIECE];
} piece;

/* Those that could not be read are empty: their hash and sender are set to zero at the end. */
static size_t read_piece(tr_arena *arena, piece *p, size_t n, bool senders, tr_err errs[])
{
    size_t good = 0;
    tr_err signer[PIECE];
    (void)tr_tx_decode_many(arena, n, p->raw, p->txs, errs);
    tr_tx_hash_many(n, p->txs, p->hashes);
    if (senders) (void)tr_tx_senders(arena, NULL, n, p->txs, p->senders, signer);
    for (size_t i = 0; i < n; i++) {
        if (errs[i] == TR_OK && senders) errs[i] = signer[i];
        if (errs[i] == TR_OK) {
            good++;
        } else {
            p->hashes[i] = (tr_hash){{0}};
            p->senders[i] = (tr_addr){{0}};
        }
    }
    return good;
}

size_t tr_transaction_read_many(size_t n, const uint8_t *const data[], const size_t lens[],
                                uint8_t *hashes, uint8_t *senders, tr_err errs[])
{
    size_t good = 0;
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    for (size_t at = 0; at < n; at += PIECE) {
        size_t count = TR_MIN(n - at, (size_t)PIECE);
        tr_arena_reset(&arena);
        piece *p = TR_ARENA_NEW(&arena, piece);
        for (size_t i = 0; p == NULL && i < count; i++) errs[at + i] = TR_E_MEMORY;
        if (p == NULL) {
            memset(hashes + 32 * at, 0, 32 * count);
            if (senders != NULL) memset(senders + 20 * at, 0, 20 * count);
            continue;
        }
        for (size_t i = 0; i < count; i++) p->raw[i] = tr_bytes_of(data[at + i], lens[at + i]);
        good += read_piece(&arena, p, count, senders != NULL, errs + at);
        memcpy(hashes + 32 * at, p->hashes, 32 * count);
        if (senders != NULL) memcpy(senders + 20 * at, p->senders, 20 * count);
    }
    tr_arena_free(&arena);
    return good;
}
