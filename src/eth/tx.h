/* Transactions of every type: decode, encode, hash, sign, and what can be said of one without
 * state.
 *
 * A decoded transaction is views of its document and lists in an arena; it lives as long as both.
 * Decoding is strict about form and asks nothing about meaning: that is tr_tx_check, which knows
 * the fork.  What comes in arrays goes out in arrays: eight hashes at a time. */
#ifndef TR_ETH_TX_H
#define TR_ETH_TX_H

#include "curve/secp256k1.h"
#include "eth/fork.h"
#include "eth/record.h"

enum {
    TR_TX_LEGACY = 0,
    TR_TX_ACCESS_LIST = 1,
    TR_TX_FEE_MARKET = 2,
    TR_TX_BLOB = 3,
    TR_TX_SET_CODE = 4,
    TR_TX_DEPOSIT = 0x7e, /* OP */
};

typedef struct tr_access {
    tr_addr address;
    tr_list keys; /* tr_hash */
} tr_access;

typedef struct tr_authorization {
    tr_u256 chain_id; /* 0: any */
    uint64_t nonce;
    tr_addr address;
    uint8_t parity; /* of the signature; more than 1 is no error of the transaction */
    uint8_t r[32], s[32];
} tr_authorization;

typedef struct tr_tx {
    uint8_t type;
    tr_to to;
    uint64_t chain_id; /* 0: a legacy transaction without (EIP-155) */
    uint64_t nonce, gas;
    tr_u256 max_fee;      /* gasPrice where there is but one */
    tr_u256 max_priority; /* the same as max_fee where there is but one */
    tr_u256 value;
    tr_bytes data;
    tr_list access_list; /* tr_access */
    tr_u256 max_blob_fee;
    tr_list blob_hashes;    /* tr_hash */
    tr_list authorizations; /* tr_authorization */
    uint64_t v;             /* as it is written: 27, 28, 35 + ... or the parity 0, 1 */
    uint8_t r[32], s[32];

    /* a deposit's own */
    tr_u256 mint;
    tr_hash source;
    tr_addr from;
    bool system;

    /* of a decoded or sealed transaction */
    tr_bytes encoding; /* the consensus form: the type byte and the list; a legacy one's list */
    tr_bytes to_sign;  /* the fields before the signature, as they are encoded */
} tr_tx;

/* The record of a type's fields, NULL for a type that is not known; signed_count of them are
 * covered by the signature. */
const tr_record *tr_tx_record(uint8_t type, size_t *signed_count);
extern const tr_record tr_access_record, tr_authorization_record;

/* tr_tx_decode reads the consensus form: what is hashed, what lies in a block.  TR_E_TX_TYPE: no
 * such type.  TR_E_TX_WRAPPED: a blob transaction with its blobs, which is no consensus form. */
TR_NODISCARD tr_err tr_tx_decode(tr_trail *trail, tr_arena *arena, tr_bytes raw, tr_tx *out);

/* tr_tx_decode_many decodes n; errs[i] says how each went (errs NULL: the first error ends it).  It
 * returns how many are good. */
size_t tr_tx_decode_many(tr_arena *arena, size_t n, const tr_bytes raw[], tr_tx out[],
                         tr_err errs[]);

/* tr_tx_read reads a transaction as an item of a list: a legacy one is a list, the others are
 * strings.  tr_tx_write writes one so; tr_tx_write_size is how long that is. */
void tr_tx_read(tr_rlp *r, tr_arena *arena, tr_tx *out);
void tr_tx_write(tr_buf *out, const tr_tx *tx);
size_t tr_tx_write_size(const tr_tx *tx);

/* tr_tx_encode adds the consensus form, tr_tx_encode_to_sign what is hashed to be signed. */
void tr_tx_encode(tr_buf *out, const tr_tx *tx);
void tr_tx_encode_to_sign(tr_buf *out, const tr_tx *tx);

/* tr_tx_seal encodes a transaction that was built into arena and sets encoding and to_sign. */
TR_NODISCARD tr_err tr_tx_seal(tr_trail *trail, tr_arena *arena, tr_tx *tx);

/* Hashes of n decoded or sealed transactions.  Scratch for the signing hashes comes from arena and
 * goes back.  A deposit is not signed: its signing hash is zero. */
void tr_tx_hash_many(size_t n, const tr_tx txs[], tr_hash out[]);
TR_NODISCARD tr_err tr_tx_signing_hash_many(tr_trail *trail, tr_arena *arena, size_t n,
                                            const tr_tx txs[], tr_hash out[]);

/* Blobs that travel with a transaction (never in a block).  Version 0 has a proof for each blob,
 * version 1 (Osaka) 128 cell proofs for each. */
enum { TR_CELL_PROOFS = 128 };
typedef struct tr_blob_sidecar {
    uint8_t version;
    size_t count;                       /* blobs */
    tr_list blobs, commitments, proofs; /* tr_bytes: 131072, 48 and 48 bytes each */
} tr_blob_sidecar;

/* tr_tx_decode_wrapped reads the form of the pool: a blob transaction with its sidecar, of either
 * version; any other type in its consensus form (sidecar->count is then 0).  tx->encoding is the
 * consensus form of the transaction within. */
TR_NODISCARD tr_err tr_tx_decode_wrapped(tr_trail *trail, tr_arena *arena, tr_bytes raw, tr_tx *out,
                                         tr_blob_sidecar *sidecar);
void tr_tx_encode_wrapped(tr_buf *out, const tr_tx *tx, const tr_blob_sidecar *sidecar);

/* tr_blob_sidecar_check: counts, sizes, and that each versioned hash is its commitment's.  Whether
 * the proofs hold is KZG's matter. */
TR_NODISCARD tr_err tr_blob_sidecar_check(tr_trail *trail, const tr_tx *tx,
                                          const tr_blob_sidecar *sidecar);

/* The signature, taken from v, r and s.  TR_E_TX_V: v says no parity, or a chain id that is not the
 * transaction's or that the fork does not know.  TR_E_SIGNATURE_RANGE, TR_E_SIGNATURE_HIGH_S as the
 * fork asks; rules NULL: a high s is accepted. */
TR_NODISCARD tr_err tr_tx_signature(tr_trail *trail, const tr_tx *tx, const tr_fork_rules *rules,
                                    tr_ecdsa_sig *out);

/* tr_authorization_hash_many are the hashes that authorizations sign (0x05 || rlp(...)). */
void tr_authorization_hash_many(size_t n, const tr_authorization authorizations[], tr_hash out[]);

/* Gas.  tr_tx_intrinsic_gas is what a transaction costs before it runs, tr_tx_floor_gas the least
 * it costs in the end (EIP-7623; 0 before Prague); both saturate. */
uint64_t tr_tx_intrinsic_gas(const tr_tx *tx, const tr_fork_rules *rules);
uint64_t tr_tx_floor_gas(const tr_tx *tx, const tr_fork_rules *rules);
static inline uint64_t tr_tx_blob_gas(const tr_tx *tx)
{
    return (uint64_t)TR_BLOB_GAS * tx->blob_hashes.count;
}

/* What a block has left for a transaction, and what it asks.  block_max_blobs: of the block. */
typedef struct tr_tx_context {
    const tr_fork_rules *rules;
    uint64_t chain_id;
    bool deposits;           /* type 0x7e is known */
    bool is_call;            /* eth_call: nonce, signature and the maximum of gas are not asked */
    uint64_t gas_left;       /* in the block; UINT64_MAX: not asked */
    uint64_t blob_gas_left;  /* likewise */
    const tr_u256 *base_fee; /* NULL: not asked */
    const tr_u256 *blob_fee; /* NULL: not asked */
} tr_tx_context;

/* tr_tx_check makes every check that needs only the transaction, the fork and the block's header,
 * in the order of the execution specifications, each with a code of its own:
 *
 *   TR_E_TX_TYPE_FORK, TR_E_TX_INTRINSIC_GAS, TR_E_TX_FLOOR_GAS, TR_E_TX_NONCE_MAX,
 *   TR_E_TX_INITCODE, TR_E_TX_GAS_MAX, TR_E_TX_BLOCK_GAS, TR_E_TX_BLOCK_BLOB_GAS, TR_E_TX_CHAIN_ID
 *   and tr_tx_signature's, TR_E_TX_PRIORITY_FEE, TR_E_TX_FEE, TR_E_TX_BLOBS_NONE,
 *   TR_E_TX_BLOBS_COUNT, TR_E_TX_BLOB_VERSION, TR_E_TX_BLOB_FEE, TR_E_TX_BLOB_CREATE,
 *   TR_E_TX_SET_CODE_CREATE, TR_E_TX_AUTHORIZATIONS_NONE, TR_E_TX_COST (gas and fee overflow).
 *
 * Nonce, balance and code of the sender are stf/'s. */
TR_NODISCARD tr_err tr_tx_check(tr_trail *trail, const tr_tx *tx, const tr_tx_context *context);

/* tr_tx_effective_price is what a unit of gas pays: min(max_fee, base_fee + max_priority). */
tr_u256 tr_tx_effective_price(const tr_tx *tx, const tr_u256 *base_fee);

/* tr_tx_create_address is the contract that sender's transaction of this nonce creates. */
tr_addr tr_tx_create_address(const tr_addr *sender, uint64_t nonce);

#endif
