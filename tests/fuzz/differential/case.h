/* Cases of the differential campaign: a small state and one transaction, made from a number.
 *
 * Each EVM reads the same bytes and answers a line: "reject", "skip" (it does not know the fork),
 * or
 *
 *   <1 success, 0 failure> <gas used> <keccak of the output> <keccak of the logs> <state root>
 *
 * A create that succeeded has no output here.  The logs hashed are, one after the other: address,
 * count of topics (1 byte), topics, length of the data (4), data.
 *
 * A case on a pipe is its length (4 bytes) and its bytes; a length of 0 asks for what was answered
 * so far.  Numbers are big-endian; [n] is a size in bytes, word is [32]:
 *
 *   fork [1], as in eth/fork.h
 *   coinbase [20], number [8], time [8], gas limit [8], difficulty or prevRandao word,
 *   base fee [8], blob base fee [8]
 *   count of accounts [2]; each: address [20], nonce [8], balance word, length of the code [4],
 *     code, count of slots [2]; each: key word, value word
 *   type [1], sender [20], nonce [8], gas [8], max fee word, priority fee word, value word,
 *   1 for a call or 0 for a create, to [20], length of the data [4], data,
 *   count of the access list [1]; each: address [20], count of keys [1], keys
 *   blob fee word, count of blobs [1], their hashes
 *   count of authorizations [1]; each: chain id word, address [20], nonce [8], parity [1], r, s
 *
 * The sender is told, not recovered; the chain's id is 1; the hash of block n is the keccak of n in
 * digits. */
#ifndef TR_FUZZ_DIFFERENTIAL_CASE_H
#define TR_FUZZ_DIFFERENTIAL_CASE_H

#include "base/buf.h"
#include "eth/fork.h"

enum { CASE_ANY_FORK = TR_FORKS, CASE_MAX = 1 << 20 };

/* case_make writes the case of this number; fork: TR_FORKS for one that the number chooses. */
void case_make(tr_buf *out, uint64_t seed, uint64_t number, unsigned fork);

/* case_run answers one; dump: tell the state afterwards on the standard error.  False: the case has
 * not the form above. */
typedef struct runner runner;
runner *runner_new(void);
void runner_free(runner *r);
bool case_run(runner *r, tr_bytes one, bool dump, tr_buf *answer);

#endif
