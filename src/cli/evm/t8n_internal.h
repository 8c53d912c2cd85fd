/* What the files of t8n share. */
#ifndef TR_CLI_EVM_T8N_INTERNAL_H
#define TR_CLI_EVM_T8N_INTERNAL_H

#include "cli/evm/fixture_internal.h"
#include "cli/evm/t8n.h"

/* env, with everything that follows from what it says worked out. */
typedef struct t8n_env {
    tr_stf_block_env block;
    bool has_difficulty, has_base_fee, has_excess;
    tr_u256 base_fee; /* that env says, whatever the fork */
    uint64_t excess_blob_gas;
    const tr_json *hashes; /* {number: hash}, or NULL */
} t8n_env;
int t8n_read_env(tr_trail *trail, tr_arena *arena, const tr_json *in, const tr_chain_config *config,
                 t8n_env *out);

/* t8n_find_hash looks for the hash of a block in env. */
bool t8n_find_hash(const tr_json *hashes, uint64_t number, tr_hash *out);

/* A transaction that was taken, and one that was not. */
typedef struct t8n_included {
    tr_tx tx;
    tr_hash hash;
    tr_addr sender;
    size_t index; /* among all */
} t8n_included;
typedef struct t8n_rejected {
    size_t index;
    tr_bytes error;
} t8n_rejected;

typedef struct t8n_done {
    const t8n_env *env;
    const t8n_included *txs;
    const t8n_rejected *rejected;
    size_t tx_count, rejected_count;
    tr_stf_outcome outcome;
    tr_hash state_root, tx_root, logs_hash, withdrawals_root;
} t8n_done;

void t8n_write_result(tr_json_writer *w, const t8n_done *done);
void t8n_write_quantity(tr_json_writer *w, const char *key, tr_u256 value);

#endif
