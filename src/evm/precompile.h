/* Precompiled contracts: addresses 1 to 0x11 and 0x100, with each fork's gas. */
#ifndef TR_EVM_PRECOMPILE_H
#define TR_EVM_PRECOMPILE_H

#include "evm/rules.h"

/* tr_precompile_at is the number of the precompiled contract at an address in a fork, or 0. */
unsigned tr_precompile_at(const tr_evm_rules *rules, const tr_addr *address);

/* tr_precompile_gas is what a call with this input costs; UINT64_MAX: more than any gas. */
uint64_t tr_precompile_gas(const tr_evm_rules *rules, unsigned number, tr_bytes input);

/* tr_precompile_run works out the output, in arena, which also gives scratch.  False: the call
 * fails and takes all of its gas.  The gas has been paid: work is bounded by it.  *err is
 * TR_E_MEMORY when arena has no room, which is not the contract's fault; else TR_OK. */
bool tr_precompile_run(const tr_evm_rules *rules, unsigned number, tr_bytes input, tr_arena *arena,
                       tr_bytes *output, tr_err *err);

const char *tr_precompile_name(unsigned number); /* "ECREC", as eth_config has it */

#endif
