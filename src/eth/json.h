/* JSON as RPC speaks it: quantities without leading zeros, data with every digit, null for what is
 * not there.  Each structure's names come from its record; what is not in a record (hashes of the
 * thing itself, places in a chain) comes as an argument. */
#ifndef TR_ETH_JSON_H
#define TR_ETH_JSON_H

#include "codec/json.h"
#include "eth/block.h"

/* How strict quantities are read: RPC refuses leading zeros ("0x00"); files of tests and geneses
 * have them, and decimal numbers too. */
typedef enum tr_json_form { TR_JSON_RPC, TR_JSON_FILE } tr_json_form;

/* tr_record_from_json fills in the fields of a record that have a name and are there; seen tells
 * which (bit i: field i).  tr_record_to_json writes the first count fields, into an open object.
 * Errors name the field: TR_E_JSON_FIELD and the trail. */
TR_NODISCARD tr_err tr_record_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form,
                                        const tr_record *record, const tr_json *in, void *out,
                                        uint64_t *seen);
void tr_record_to_json(tr_json_writer *to, const tr_record *record, size_t count, const void *in);

/* Where a thing lies in a chain; NULL members are written as null. */
typedef struct tr_json_place {
    const tr_hash *block_hash;
    const uint64_t *block_number;
    const uint64_t *block_time;
    const uint64_t *index;
    const tr_u256 *base_fee; /* for the effective price; NULL: pending */
} tr_json_place;

/* Transactions: as eth_getTransactionByHash answers, and as tests and eth_sendTransaction give them
 * (all fields of the type; a signature may be missing, then v, r, s are 0).  from: NULL leaves it
 * out. */
void tr_tx_to_json(tr_json_writer *to, const tr_tx *tx, const tr_hash *hash, const tr_addr *from,
                   const tr_json_place *place);
TR_NODISCARD tr_err tr_tx_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form,
                                    const tr_json *in, tr_tx *out);

/* Headers and blocks: as eth_getBlockByHash answers.  full: whole transactions, else their hashes.
 * hashes and froms are those of the transactions. */
void tr_header_to_json(tr_json_writer *to, const tr_header *header, const tr_hash *hash);
TR_NODISCARD tr_err tr_header_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form,
                                        const tr_json *in, tr_header *out);
void tr_block_to_json(tr_json_writer *to, const tr_block *block, const tr_hash *hash, uint64_t size,
                      bool full, const tr_hash tx_hashes[], const tr_addr froms[],
                      const tr_hash uncle_hashes[]);
/* A block's transactions must be whole. */
TR_NODISCARD tr_err tr_block_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form,
                                       const tr_json *in, tr_block *out);

void tr_withdrawal_to_json(tr_json_writer *to, const tr_withdrawal *withdrawal);
TR_NODISCARD tr_err tr_withdrawal_from_json(tr_trail *trail, tr_json_form form, const tr_json *in,
                                            tr_withdrawal *out);

/* Receipts and logs: as eth_getTransactionReceipt and eth_getLogs answer. */
typedef struct tr_json_receipt {
    const tr_receipt *receipt;
    const tr_tx *tx;
    tr_hash tx_hash;
    tr_addr from;
    uint64_t gas_used;
    tr_u256 effective_price;
    const tr_addr *created;  /* NULL: none */
    const tr_u256 *blob_fee; /* of a blob transaction; NULL: none */
    uint64_t first_log;      /* index in the block of its first log */
    tr_json_place place;
} tr_json_receipt;
void tr_receipt_to_json(tr_json_writer *to, const tr_json_receipt *receipt);
TR_NODISCARD tr_err tr_receipt_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form,
                                         const tr_json *in, tr_receipt *out);
void tr_log_to_json(tr_json_writer *to, const tr_receipt_log *log, const tr_hash *tx_hash,
                    uint64_t tx_index, uint64_t log_index, bool removed,
                    const tr_json_place *place);
TR_NODISCARD tr_err tr_log_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form,
                                     const tr_json *in, tr_receipt_log *out);

#endif
