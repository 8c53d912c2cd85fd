/* Calls on a state of which only proofs are there. */
#ifndef TR_CONFORMANCE_RUN_CALL_H
#define TR_CONFORMANCE_RUN_CALL_H

#include "vectors.h"

/* call_check runs an eth_call, eth_estimateGas or eth_createAccessList on what the other requests
 * were answered, after a block of mainnet: NULL when the result is the answer, else why not. */
const char *call_check(const vec_file *file, const tr_json *block, const tr_json *payload,
                       const tr_json *result, const tr_json *requests);

#endif
