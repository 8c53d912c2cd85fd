/* A genesis file: the chain's configuration, the accounts it begins with, and its first header. */
#ifndef TR_ETH_GENESIS_H
#define TR_ETH_GENESIS_H

#include "base/exec.h"
#include "codec/json.h"
#include "eth/block.h"

typedef struct tr_genesis_slot {
    tr_hash key, value;
} tr_genesis_slot;

typedef struct tr_genesis_account {
    tr_addr address;
    uint64_t nonce;
    tr_u256 balance;
    tr_bytes code;
    tr_list storage; /* tr_genesis_slot */
} tr_genesis_account;

typedef struct tr_genesis {
    tr_chain_config config;
    tr_header header; /* its state root is worked out from accounts */
    tr_list accounts; /* tr_genesis_account, sorted by address */
} tr_genesis;

/* tr_genesis_from_json reads a genesis file as go-ethereum writes it (config, alloc, difficulty,
 * ...), numbers as hex text, decimal text or numbers.  Without config it is config's.  Unknown keys
 * of config are refused by name unless they begin with an engine's ("ethash", "clique"). */
TR_NODISCARD tr_err tr_genesis_from_json(tr_trail *trail, tr_arena *arena, const tr_json *in,
                                         const tr_chain_config *config, tr_genesis *out);

/* tr_genesis_state_root is the root over accounts: the state trie built from nothing. */
TR_NODISCARD tr_err tr_genesis_state_root(tr_trail *trail, tr_arena *arena, tr_exec *exec, size_t n,
                                          const tr_genesis_account accounts[], tr_hash *out);

/* tr_genesis_block is the first block's header with all its roots. */
TR_NODISCARD tr_err tr_genesis_block(tr_trail *trail, tr_arena *arena, tr_exec *exec,
                                     const tr_genesis *genesis, tr_header *out);

/* tr_chain_config_from_json reads a config object alone; tr_chain_config_to_json writes one. */
TR_NODISCARD tr_err tr_chain_config_from_json(tr_trail *trail, const tr_json *in,
                                              tr_chain_config *out);
void tr_chain_config_to_json(tr_json_writer *to, const tr_chain_config *config);

#endif
