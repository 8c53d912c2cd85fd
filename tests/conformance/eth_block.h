/* Cases about blocks and receipts that several runners have. */
#ifndef TR_CONFORMANCE_ETH_BLOCK_H
#define TR_CONFORMANCE_ETH_BLOCK_H

#include "eth/json.h"
#include "vectors.h"

/* vec_check_block is one case: the header of a block as RPC gives it, written and read again, has
 * the hash that the block says; so have the roots of its transactions, where they are whole, and of
 * its withdrawals. */
void vec_check_block(vec_run *run, const vec_file *file, tr_json_form form, const tr_json *block);

/* vec_receipt_encoding is a receipt as RPC gives it in its consensus form, read and written again;
 * empty after an error. */
tr_bytes vec_receipt_encoding(vec_run *run, const vec_file *file, tr_json_form form,
                              const tr_json *receipt);

#endif
