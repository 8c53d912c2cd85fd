/* The forks, and the numbers that each of them sets for transactions and headers.  What execution
 * costs is in evm/'s table, under the same names.
 *
 * A fork is its parent plus changes: one table, in fork.c.  Blob parameters are a schedule by time,
 * part of a chain's configuration. */
#ifndef TR_ETH_FORK_H
#define TR_ETH_FORK_H

#include "field/u256.h"

typedef enum tr_fork {
    TR_FRONTIER,
    TR_HOMESTEAD,
    TR_TANGERINE, /* EIP150 */
    TR_SPURIOUS,  /* EIP158 */
    TR_BYZANTIUM,
    TR_CONSTANTINOPLE,
    TR_PETERSBURG, /* ConstantinopleFix */
    TR_ISTANBUL,
    TR_MUIR_GLACIER,
    TR_BERLIN,
    TR_LONDON,
    TR_ARROW_GLACIER,
    TR_GRAY_GLACIER,
    TR_PARIS,
    TR_SHANGHAI,
    TR_CANCUN,
    TR_PRAGUE,
    TR_OSAKA,
} tr_fork;
enum { TR_FORKS = TR_OSAKA + 1 };

typedef enum tr_difficulty_rule {
    TR_DIFFICULTY_FRONTIER,
    TR_DIFFICULTY_HOMESTEAD,
    TR_DIFFICULTY_BYZANTIUM,
    TR_DIFFICULTY_NONE, /* proof of stake */
} tr_difficulty_rule;

typedef struct tr_fork_rules {
    tr_fork fork;
    tr_difficulty_rule difficulty;
    const char *name;       /* "London" */
    const char *alias;      /* the other name that fixtures use ("EIP158"), or NULL */
    const char *config_key; /* in a genesis file: "londonBlock", "cancunTime"; NULL: none */

    /* transactions */
    uint64_t tx_gas_max;            /* EIP-7825; 0: none */
    uint32_t tx_gas, tx_create_gas; /* the second on top of the first */
    uint32_t tx_zero_byte_gas, tx_byte_gas;
    uint32_t tx_address_gas, tx_slot_gas; /* access list */
    uint32_t tx_initcode_word_gas;
    uint32_t tx_authorization_gas;
    uint32_t tx_floor_token_gas; /* EIP-7623; 0: no floor */
    uint32_t tx_blobs_max;       /* EIP-7594; 0: only the block's maximum */
    uint32_t initcode_max;       /* 0: none */
    uint8_t tx_types;            /* bit t: type t may appear */
    bool chain_id_signed;        /* EIP-155 signatures are valid */
    bool low_s;                  /* EIP-2 */
    bool status_receipts;        /* EIP-658 */

    /* blocks */
    bool by_time;          /* a timestamp starts the fork, not a number */
    uint8_t header_fields; /* how many a header has */
    bool base_fee, withdrawals, blobs, requests;
    bool blob_base_cost; /* EIP-7918 */
    uint64_t bomb_delay;
    uint64_t reward;        /* wei */
    uint64_t block_rlp_max; /* 0: none */
} tr_fork_rules;

const tr_fork_rules *tr_fork_rules_of(tr_fork fork);

/* tr_fork_find knows each name and alias, whatever their case. */
bool tr_fork_find(tr_bytes name, tr_fork *out);

/* Blob gas from a time on. */
typedef struct tr_blob_params {
    uint64_t time;
    uint32_t target, max; /* blobs in a block */
    uint64_t update_fraction;
} tr_blob_params;

#define TR_NEVER UINT64_MAX
enum { TR_BLOB_SCHEDULE_MAX = 16, TR_BLOB_GAS = 131072, TR_BLOB_SIZE = 131072 };

/* When a chain does what.  start[f] is a block number, or from Shanghai on a timestamp; TR_NEVER is
 * never.  Paris starts at start[TR_PARIS] as a number where it is known, else when the total
 * difficulty reaches ttd. */
typedef struct tr_chain_config {
    uint64_t chain_id;
    uint64_t start[TR_FORKS];
    uint64_t dao_block; /* TR_NEVER: no part in it */
    bool dao_support;
    bool has_ttd;
    tr_u256 ttd;
    tr_blob_params blobs[TR_BLOB_SCHEDULE_MAX]; /* times rise */
    size_t blob_count;
    tr_addr deposit_contract; /* EIP-6110 */
    bool deposits;            /* type 0x7e: an OP chain */
    uint64_t regolith;        /* from this time on, deposits say what gas they used */
} tr_chain_config;

/* tr_chain_fork is the fork of a block.  merged: the parent's total difficulty has reached ttd,
 * which only the chain knows; it counts where start[TR_PARIS] is TR_NEVER. */
tr_fork tr_chain_fork(const tr_chain_config *config, uint64_t number, uint64_t time, bool merged);

/* tr_chain_blobs are the blob parameters at a time; NULL before there are any. */
const tr_blob_params *tr_chain_blobs(const tr_chain_config *config, uint64_t time);

/* tr_chain_config_mainnet is Ethereum's, tr_chain_config_at a chain that has been at one fork from
 * its genesis on, with mainnet's blob parameters of that fork. */
extern const tr_chain_config tr_chain_config_mainnet;
tr_chain_config tr_chain_config_at(tr_fork fork, uint64_t chain_id);

/* tr_chain_config_check: forks in order, blob times rising, fractions not 0, target <= max. */
TR_NODISCARD tr_err tr_chain_config_check(tr_trail *trail, const tr_chain_config *config);

#endif
