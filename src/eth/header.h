/* Headers: form, hash, and the rules that a header keeps towards its parent. */
#ifndef TR_ETH_HEADER_H
#define TR_ETH_HEADER_H

#include "eth/fork.h"
#include "eth/record.h"

enum {
    TR_HEADER_FRONTIER = 15,
    TR_HEADER_LONDON = 16,   /* + base fee */
    TR_HEADER_SHANGHAI = 17, /* + withdrawals root */
    TR_HEADER_CANCUN = 20,   /* + blob gas used, excess, parent's beacon root */
    TR_HEADER_PRAGUE = 21,   /* + requests hash */
    TR_HEADER_FIELDS = TR_HEADER_PRAGUE,
};

typedef struct tr_header {
    uint8_t fields; /* how many of what follows there are: one of the numbers above */
    tr_hash parent_hash, uncles_hash;
    tr_addr coinbase;
    tr_hash state_root, transactions_root, receipts_root;
    uint8_t bloom[256];
    tr_u256 difficulty;
    uint64_t number, gas_limit, gas_used, time;
    tr_bytes extra;
    tr_hash mix; /* prevRandao from Paris on */
    uint8_t nonce[8];
    tr_u256 base_fee;
    tr_hash withdrawals_root;
    uint64_t blob_gas_used, excess_blob_gas;
    tr_hash beacon_root;
    tr_hash requests_hash;
} tr_header;

extern const tr_record tr_header_record;
extern const tr_hash tr_no_uncles_hash; /* keccak(rlp([])) */

/* tr_header_decode reads a header with any of the known numbers of fields (TR_E_HEADER_FIELDS: with
 * another); which of them its fork has, tr_header_check asks. */
TR_NODISCARD tr_err tr_header_decode(tr_trail *trail, tr_bytes raw, tr_header *out);
void tr_header_read(tr_rlp *r, tr_header *out);
void tr_header_encode(tr_buf *out, const tr_header *header);
size_t tr_header_size(const tr_header *header); /* when encoded */

/* tr_header_hash takes what memory it needs from the stack, whatever the length of the extra data.
 * (Many encodings that lie together are hashed in lanes by tr_keccak256_many.) */
tr_hash tr_header_hash(const tr_header *header);

/* The rules, in the order in which they are looked at, with a code for each.  They need the parent
 * and the configuration, and nothing that execution finds out:
 *
 *   TR_E_HEADER_FIELDS           a field before or missing after its fork
 *   TR_E_HEADER_PARENT           not the parent's hash
 *   TR_E_HEADER_NUMBER
 *   TR_E_HEADER_TIME
 *   TR_E_HEADER_EXTRA            above 32 bytes; not what the DAO's fork wants
 *   TR_E_HEADER_GAS_LIMIT
 *   TR_E_HEADER_GAS_USED         above the limit
 *   TR_E_HEADER_BASE_FEE
 *   TR_E_HEADER_DIFFICULTY       not 0 after Paris
 *   TR_E_HEADER_NONCE            not 0 after Paris
 *   TR_E_HEADER_UNCLES           uncles after Paris
 *   TR_E_HEADER_BLOB_GAS         above the maximum, or no multiple
 *   TR_E_HEADER_EXCESS_BLOB_GAS
 *
 * Each formula is worked out from what the rules before it have made sure of.  merged: the parent's
 * total difficulty has reached ttd (see tr_chain_fork).  The seal of proof of work is not checked.
 */
TR_NODISCARD tr_err tr_header_check(tr_trail *trail, const tr_chain_config *config,
                                    const tr_header *parent, const tr_hash *parent_hash,
                                    const tr_header *header, bool merged);

/* The formulas.  They saturate where a result has no room, and take any values. */
tr_u256 tr_difficulty(const tr_fork_rules *rules, uint64_t number, uint64_t time,
                      uint64_t parent_time, const tr_u256 *parent_difficulty,
                      bool parent_has_uncles);

/* tr_base_fee is the base fee of the block after parent, which may be the last one without. */
tr_u256 tr_base_fee(const tr_header *parent);
bool tr_gas_limit_ok(uint64_t parent_limit, uint64_t limit, bool first_london);

/* tr_excess_blob_gas is that of a block at time, whose fork's rules are given; tr_blob_fee the
 * price of a unit of blob gas. */
uint64_t tr_excess_blob_gas(const tr_fork_rules *rules, const tr_blob_params *params,
                            const tr_header *parent);
tr_u256 tr_blob_fee(const tr_blob_params *params, uint64_t excess_blob_gas);

/* tr_fake_exponential(factor, x, d) is factor * e^(x / d), as EIP-4844 approximates it; it
 * saturates.
 */
tr_u256 tr_fake_exponential(uint64_t factor, const tr_u256 *numerator, uint64_t denominator);

#endif
