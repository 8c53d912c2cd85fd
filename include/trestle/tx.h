/* Transactions of Ethereum, of types 0 to 4 and an OP chain's deposits: read, built, signed, and
 * what can be said of one without a state.
 *
 * A transaction is a handle with memory of its own; nothing given to make it must stay.  Numbers of
 * 256 bits are 32 big-endian bytes.  All functions may be called from several threads, for one
 * handle from one at a time. */
#ifndef TRESTLE_TX_H
#define TRESTLE_TX_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tr_transaction tr_transaction;

/* The fields of fixed size, and the data.  What a type does not have is zero.  v is as it is
 * written: 27, 28 or 35 + 2 * chain id + parity in type 0, else the parity. */
typedef struct tr_transaction_fields {
    uint8_t type;    /* 0 to 4, or 0x7e */
    uint8_t creates; /* 1: a contract, and to is zero */
    uint8_t to[20];
    uint64_t chain_id; /* 0: a type 0 that names none */
    uint64_t nonce, gas, v;
    uint8_t max_fee[32];      /* gasPrice where there is but one price */
    uint8_t max_priority[32]; /* the same then */
    uint8_t max_blob_fee[32];
    uint8_t value[32];
    uint8_t r[32], s[32];
    const uint8_t *data;
    size_t data_len;
} tr_transaction_fields;

typedef struct tr_transaction_authorization {
    uint8_t chain_id[32], address[20];
    uint64_t nonce;
    uint8_t parity, r[32], s[32];
} tr_transaction_authorization;

/* tr_transaction_decode reads the form that is hashed and lies in blocks, or that of the pool, with
 * blobs.  TR_E_TX_TYPE; TR_E_SHORT, TR_E_TRAILING, TR_E_CANONICAL, TR_E_TYPE, TR_E_RANGE: not well
 * formed, at *offset (offset may be NULL); TR_E_MEMORY.  Free the result with tr_transaction_free.
 */
TR_API tr_err tr_transaction_decode(const uint8_t *data, size_t len, tr_transaction **out,
                                    size_t *offset);

/* tr_transaction_new makes one without lists; max_priority counts from type 2 on.
 * tr_transaction_from_json makes one of what RPC writes, with its lists; a signature may be missing
 * there.  tr_transaction_free ends any (NULL too).  TR_E_TX_TYPE, TR_E_JSON_FIELD. */
TR_API tr_err tr_transaction_new(const tr_transaction_fields *fields, tr_transaction **out);
TR_API tr_err tr_transaction_from_json(const char *text, size_t len, tr_transaction **out);
TR_API void tr_transaction_free(tr_transaction *transaction);

/* tr_transaction_get gives the fields; data lives as long as the handle. */
TR_API void tr_transaction_get(const tr_transaction *transaction, tr_transaction_fields *out);

/* The lists.  tr_transaction_access_count is how many entries the access list has and
 * tr_transaction_access one of them: its address, and its slots, 32 bytes each behind one another.
 * tr_transaction_blob_hashes gives the blobs' hashes in the same way;
 * tr_transaction_authorization_count and tr_transaction_authorization_get the authorizations of
 * type 4.  What is given lives as long as the handle; i must be below the count. */
TR_API size_t tr_transaction_access_count(const tr_transaction *transaction);
TR_API const uint8_t *tr_transaction_access(const tr_transaction *transaction, size_t i,
                                            uint8_t address[20], size_t *slots);
TR_API const uint8_t *tr_transaction_blob_hashes(const tr_transaction *transaction, size_t *count);
TR_API size_t tr_transaction_authorization_count(const tr_transaction *transaction);
TR_API void tr_transaction_authorization_get(const tr_transaction *transaction, size_t i,
                                             tr_transaction_authorization *out);

/* tr_transaction_blobs is how many blobs came with it; tr_transaction_check_blobs holds their
 * commitments against the hashes: TR_E_TX_SIDECAR. */
TR_API size_t tr_transaction_blobs(const tr_transaction *transaction);
TR_API tr_err tr_transaction_check_blobs(const tr_transaction *transaction);

/* tr_transaction_encoding is the form that is hashed; it lives until the transaction is signed anew
 * or freed. */
TR_API const uint8_t *tr_transaction_encoding(const tr_transaction *transaction, size_t *len);

/* tr_transaction_hash is the hash of that form: the transaction's name. */
TR_API void tr_transaction_hash(const tr_transaction *transaction, uint8_t hash[32]);

/* tr_transaction_to_json writes it as RPC does, with hash and sender where there is one, and a zero
 * behind; TR_E_LIMIT: size is too small. */
TR_API tr_err tr_transaction_to_json(const tr_transaction *transaction, char *text, size_t size,
                                     size_t *len);

/* tr_transaction_signing_hash is what its signature signs; TR_E_TX_TYPE: a deposit has none. */
TR_API tr_err tr_transaction_signing_hash(const tr_transaction *transaction, uint8_t hash[32]);

/* tr_transaction_sender finds who signed it; a deposit says it itself.  A high s is accepted, as in
 * the first blocks; tr_transaction_check refuses it from Homestead on.  TR_E_TX_V,
 * TR_E_SIGNATURE_RANGE, TR_E_SIGNATURE. */
TR_API tr_err tr_transaction_sender(const tr_transaction *transaction, uint8_t address[20]);

/* tr_transaction_sign sets v, r and s.  TR_E_KEY_RANGE, TR_E_TX_TYPE, TR_E_TX_CHAIN_ID. */
TR_API tr_err tr_transaction_sign(tr_transaction *transaction, const uint8_t key[32]);

/* tr_transaction_intrinsic_gas is what it costs before it runs, in a fork ("Prague"), and the least
 * that it costs in the end (0 where a fork asks no least).  tr_transaction_check tells whether a
 * block of that fork on a chain may have it, as far as that can be said without state and header:
 * TR_E_TX_... and the sender's errors.  TR_E_ARGUMENT: no fork of that name. */
TR_API tr_err tr_transaction_intrinsic_gas(const tr_transaction *transaction, const char *fork,
                                           uint64_t *gas, uint64_t *least);
TR_API tr_err tr_transaction_check(const tr_transaction *transaction, const char *fork,
                                   uint64_t chain_id);

/* tr_transaction_read_many decodes n transactions, hashes them and finds their senders, all
 * together: hashes of 32 bytes and senders of 20 lie one behind the other; senders may be NULL.
 * errs[i] is what one thing went wrong, and hash and sender are then zero.  Returns how many are
 * good. */
TR_API size_t tr_transaction_read_many(size_t n, const uint8_t *const data[], const size_t lens[],
                                       uint8_t *hashes, uint8_t *senders, tr_err errs[]);

#ifdef __cplusplus
}
#endif

#endif
