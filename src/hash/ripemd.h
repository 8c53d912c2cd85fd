/* RIPEMD-160: wanted by a precompile of the EVM and by Bitcoin's addresses, nowhere else. */
#ifndef TR_HASH_RIPEMD_H
#define TR_HASH_RIPEMD_H

#include <stdint.h>

#include "base/base.h"

void tr_ripemd160(tr_bytes in, uint8_t out[20]);

#endif
