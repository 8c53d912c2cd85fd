/* The parts of the generator. */
#ifndef TR_FUZZ_DIFFERENTIAL_GENERATE_H
#define TR_FUZZ_DIFFERENTIAL_GENERATE_H

#include "base/buf.h"
#include "evm/rules.h"
#include "random.h"

/* An address that something is likely to be at. */
tr_addr any_address(chance *c);

/* A program that mostly runs on: its operands are there and its jumps land.  depth: of programs
 * that are made by programs. */
void program_make(tr_buf *out, chance *c, const tr_evm_rules *rules, unsigned depth);
void initcode_make(tr_buf *out, chance *c, const tr_evm_rules *rules, unsigned depth);

/* An input that a precompiled contract takes, or nearly. */
void input_make(tr_buf *out, chance *c, unsigned precompile);

#endif
