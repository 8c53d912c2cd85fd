/* Blocks of a blockchain test, each run again from its witness alone: here, or in the guest. */
#ifndef TR_CONFORMANCE_STATELESS_H
#define TR_CONFORMANCE_STATELESS_H

#include "cli/evm/fixture.h"
#include "vectors.h"

/* stateless_check follows a test's good blocks as long as each is the child of the one before it,
 * records what each reads, and puts block and witness to the operation "stf.stateless".  It gives
 * what was wrong, or NULL.  Tests of forks that change on the way, of Frontier to Petersburg, and
 * blocks with uncles are left out. */
const char *stateless_check(vec_run *run, const vec_file *file, const tr_json *test);

#endif
