/* What execution costs and knows, fork by fork: one table, in rules.c, of which each fork is its
 * parent plus changes.  No opcode's body asks for a fork. */
#ifndef TR_EVM_RULES_H
#define TR_EVM_RULES_H

#include "eth/fork.h"

/* An opcode in a fork.  need is how many words it takes from the stack, growth by how much the
 * stack is higher after it. */
typedef struct tr_op_rule {
    bool defined;
    uint8_t need;
    int8_t growth;
    uint16_t gas; /* the constant part: paid before anything else */
} tr_op_rule;

/* How SSTORE is priced. */
typedef enum tr_sstore_kind {
    TR_SSTORE_PLAIN,    /* by old and new value only */
    TR_SSTORE_NET,      /* by the original value too (EIP-1283, 2200) */
    TR_SSTORE_NET_COLD, /* and by warm and cold (EIP-2929) */
} tr_sstore_kind;

typedef struct tr_evm_rules {
    tr_fork fork;
    tr_op_rule ops[256];

    /* access; in forks without warm and cold both are the same */
    uint32_t cold_account, warm_account; /* EIP-2929; the opcode's constant gas has neither */
    uint32_t cold_slot, warm_slot;

    tr_sstore_kind sstore;
    uint32_t sstore_sentry; /* no SSTORE at or below this gas; 0: none */
    uint32_t sstore_set, sstore_reset, sstore_same;
    int32_t refund_clear, refund_undo_set, refund_undo_reset;
    int32_t refund_destroy;  /* SELFDESTRUCT, before London */
    uint32_t refund_divisor; /* of the gas used */

    uint32_t call_value, call_stipend, new_account;
    uint32_t destroy_new_account;

    uint32_t exp_byte;
    uint32_t keccak_word, copy_word, log_topic, log_byte, create_data_byte;
    uint32_t initcode_word, initcode_max; /* EIP-3860; 0 */
    uint32_t code_max;                    /* EIP-170; 0: none */
    uint32_t p256_gas;

    bool has_access_sets;
    bool warm_coinbase;       /* EIP-3651 */
    bool new_account_if_dead; /* EIP-161: only with value, and if dead; else if it does not exist */
    bool keep_one_64th;       /* EIP-150 */
    bool destroy_only_created;          /* EIP-6780 */
    bool create_needs_deposit;          /* Homestead: no gas for the code fails the create */
    bool create_nonce_one, clear_empty; /* EIP-161 */
    bool refuse_ef;                     /* EIP-3541 */
    bool delegations;                   /* EIP-7702 */
    bool p256;                          /* 0x100 */
    uint8_t precompiles;                /* 1 ... */
} tr_evm_rules;

const tr_evm_rules *tr_evm_rules_of(tr_fork fork);

/* The name of an opcode ("PUSH1"), or NULL where no fork defines it. */
const char *tr_op_name(uint8_t op);
bool tr_op_by_name(tr_bytes name, uint8_t *op);

#endif
