/* Receipts, logs and their blooms. */
#ifndef TR_ETH_RECEIPT_H
#define TR_ETH_RECEIPT_H

#include "eth/record.h"

enum { TR_BLOOM = 256 };

typedef struct tr_receipt_log {
    tr_addr address;
    tr_list topics; /* tr_hash, at most 4 */
    tr_bytes data;
} tr_receipt_log;

typedef struct tr_receipt {
    uint8_t type;  /* of its transaction */
    bool has_root; /* before Byzantium: the state root instead of a status */
    tr_hash root;
    bool success;
    uint64_t cumulative_gas;
    uint8_t bloom[TR_BLOOM];
    tr_list logs; /* tr_receipt_log */
    /* OP deposits since Regolith and Canyon */
    bool has_deposit_nonce, has_deposit_version;
    uint64_t deposit_nonce, deposit_version;
} tr_receipt;

extern const tr_record tr_receipt_log_record;

/* tr_receipt_decode reads the consensus form: a list, behind its type byte but for legacy ones.  A
 * bloom that is not that of the logs is TR_E_RECEIPT_BLOOM; a first field that is neither a status
 * nor, in a legacy one, a root is TR_E_RECEIPT_STATUS; an unknown type TR_E_TX_TYPE; more than 4
 * topics TR_E_RANGE.  Logs take at most TR_RECORD_FACTOR bytes of arena for each byte of raw. */
TR_NODISCARD tr_err tr_receipt_decode(tr_trail *trail, tr_arena *arena, tr_bytes raw,
                                      tr_receipt *out);
void tr_receipt_encode(tr_buf *out, const tr_receipt *receipt);
size_t tr_receipt_size(const tr_receipt *receipt); /* of the consensus form */

/* As an item of a list (the wire's form): legacy ones are lists, the others strings. */
void tr_receipt_read(tr_rlp *r, tr_arena *arena, tr_receipt *out);
void tr_receipt_write(tr_buf *out, const tr_receipt *receipt);

/* tr_bloom_add adds n strings (addresses, topics), hashed eight at a time; tr_bloom_of_logs is the
 * bloom of a receipt, tr_bloom_join ors one into another, tr_bloom_has tells whether a string may
 * be there. */
void tr_bloom_add(uint8_t bloom[TR_BLOOM], size_t n, const tr_bytes strings[]);
void tr_bloom_of_logs(size_t n, const tr_receipt_log logs[], uint8_t bloom[TR_BLOOM]);
void tr_bloom_join(uint8_t bloom[TR_BLOOM], const uint8_t other[TR_BLOOM]);
bool tr_bloom_has(const uint8_t bloom[TR_BLOOM], tr_bytes string);

/* tr_logs_hash is keccak(rlp(logs)), by which state tests compare them. */
TR_NODISCARD tr_err tr_logs_hash(tr_trail *trail, tr_arena *arena, size_t n,
                                 const tr_receipt_log logs[], tr_hash *out);

#endif
