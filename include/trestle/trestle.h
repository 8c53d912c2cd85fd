/* All of the public interface of libtrestle.
 *
 * Every function is named tr_..., keeps no state that is not in a handle it was given, and may be
 * called from any thread as long as a handle is used by one at a time.  Functions that can fail
 * return a tr_err; sizes go in beside the pointers that they belong to. */
#ifndef TRESTLE_TRESTLE_H
#define TRESTLE_TRESTLE_H

#include "trestle/abi.h"
#include "trestle/api.h"
#include "trestle/bls.h"
#include "trestle/compress.h"
#include "trestle/errors.h"
#include "trestle/evm.h"
#include "trestle/hash.h"
#include "trestle/hex.h"
#include "trestle/json.h"
#include "trestle/keys.h"
#include "trestle/kzg.h"
#include "trestle/merkle.h"
#include "trestle/rlp.h"
#include "trestle/signature.h"
#include "trestle/trie.h"
#include "trestle/tx.h"
#include "trestle/u256.h"
#include "trestle/version.h"
#include "trestle/wal.h"

#endif
