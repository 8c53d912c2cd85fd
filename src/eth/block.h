/* Blocks: a header with transactions, uncles, withdrawals; and requests, which only its hash names.
 */
#ifndef TR_ETH_BLOCK_H
#define TR_ETH_BLOCK_H

#include "base/exec.h"
#include "eth/header.h"
#include "eth/receipt.h"
#include "eth/tx.h"

typedef struct tr_withdrawal {
    uint64_t index, validator;
    tr_addr address;
    uint64_t amount; /* Gwei */
} tr_withdrawal;
extern const tr_record tr_withdrawal_record;

typedef struct tr_block {
    tr_header header;
    tr_list txs;    /* tr_tx */
    tr_list uncles; /* tr_header */
    bool has_withdrawals;
    tr_list withdrawals;      /* tr_withdrawal */
    size_t encoded_size;      /* of a decoded block: what EIP-7934 bounds */
    tr_bytes header_encoding; /* of a decoded block */
} tr_block;

/* tr_block_decode reads [header, transactions, uncles] and, if there, withdrawals. */
TR_NODISCARD tr_err tr_block_decode(tr_trail *trail, tr_arena *arena, tr_bytes raw, tr_block *out);
void tr_block_encode(tr_buf *out, const tr_block *block);
size_t tr_block_size(const tr_block *block); /* when encoded */

/* Roots over what a block holds (its transactions decoded or sealed); scratch goes back to arena.
 * exec as for tr_trie_build. */
TR_NODISCARD tr_err tr_transactions_root(tr_trail *trail, tr_arena *arena, tr_exec *exec, size_t n,
                                         const tr_tx txs[], tr_hash *out);
TR_NODISCARD tr_err tr_receipts_root(tr_trail *trail, tr_arena *arena, tr_exec *exec, size_t n,
                                     const tr_receipt receipts[], tr_hash *out);
TR_NODISCARD tr_err tr_withdrawals_root(tr_trail *trail, tr_arena *arena, tr_exec *exec, size_t n,
                                        const tr_withdrawal withdrawals[], tr_hash *out);
TR_NODISCARD tr_err tr_uncles_hash(tr_trail *trail, tr_arena *arena, size_t n,
                                   const tr_header uncles[], tr_hash *out);

/* A request of EIP-7685: a type and what the contract or the deposits gave.  The hash takes them in
 * rising order of type (TR_E_BLOCK_REQUESTS else) and leaves empty ones out. */
enum { TR_REQUEST_DEPOSIT = 0, TR_REQUEST_WITHDRAWAL = 1, TR_REQUEST_CONSOLIDATION = 2 };
typedef struct tr_request {
    uint8_t type;
    tr_bytes data;
} tr_request;
TR_NODISCARD tr_err tr_requests_hash(tr_trail *trail, size_t n, const tr_request requests[],
                                     tr_hash *out);

/* tr_deposit_of_log reads a log of the deposit contract (EIP-6110) into the 192 bytes of a request.
 * False: it is another event.  TR_E_BLOCK_DEPOSIT: its layout is not the one that must be. */
TR_NODISCARD tr_err tr_deposit_of_log(tr_trail *trail, const tr_receipt_log *log, uint8_t out[192],
                                      bool *is_deposit);

/* tr_block_check holds a body against its header and fork: TR_E_BLOCK_SIZE (EIP-7934),
 * TR_E_BLOCK_WITHDRAWALS (there exactly when the fork has them, and their root),
 * TR_E_BLOCK_TRANSACTIONS (root), TR_E_BLOCK_UNCLES (hash), TR_E_BLOCK_BLOB_GAS (used). */
TR_NODISCARD tr_err tr_block_check(tr_trail *trail, tr_arena *arena, tr_exec *exec,
                                   const tr_fork_rules *rules, const tr_block *block);
/* tr_block_check_size is the first of these checks alone. */
TR_NODISCARD tr_err tr_block_check_size(tr_trail *trail, const tr_fork_rules *rules,
                                        const tr_block *block);

/* tr_uncles_check holds the uncles of proof of work to their rules: at most 2, none twice, none an
 * ancestor, none that an ancestor's block has included already, and each a good child of an
 * ancestor but the newest.  Else TR_E_BLOCK_UNCLES; the trail says which rule, of a header too.
 *
 * ancestors are up to 7, newest first; included are the hashes of the uncles in the blocks of the
 * newest 6. */
enum { TR_UNCLES_MAX = 2, TR_UNCLE_ANCESTORS = 7 };
typedef struct tr_ancestry {
    size_t count;
    const tr_header *ancestors;
    size_t included_count;
    const tr_hash *included;
} tr_ancestry;
TR_NODISCARD tr_err tr_uncles_check(tr_trail *trail, const tr_chain_config *config,
                                    const tr_block *block, const tr_ancestry *ancestry);

#endif
