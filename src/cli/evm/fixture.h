/* The field's fixtures: reading them and running them.
 *
 * State tests and blockchain tests, as execution-spec-tests and ethereum/tests write them, in the
 * forms of all their years.  The verb `trestle evm` and the runners of tests/conformance are made
 * of these.
 *
 * A fixture is a machine that is used again and again: evm, state and memory are kept from test to
 * test.  One thread uses it at a time. */
#ifndef TR_CLI_EVM_FIXTURE_H
#define TR_CLI_EVM_FIXTURE_H

#include "codec/json.h"
#include "eth/block.h"
#include "evm/evm.h"
#include "state/forest.h"
#include "state/memory.h"
#include "stf/block.h"

/* Values, as fixtures write them: hex with or without 0x, with and without leading zeros, nothing
 * at all for zero, "0x:bigint 0x..." for numbers that are meant to be too large, JSON numbers and
 * decimal text.  False: none of these, or too large. */
bool fixture_number(const tr_json *in, tr_u256 *out);
bool fixture_u64(const tr_json *in, uint64_t *out);
bool fixture_bytes(tr_arena *arena, tr_bytes text, tr_bytes *out);
bool fixture_exact(tr_bytes text, uint8_t *out, size_t size); /* leading zeros may be missing */
tr_bytes fixture_text(const tr_json *in, const char *key);    /* of a member */

/* An account list ("pre", "alloc", "postState") as changes from nothing, sorted, in arena. */
TR_NODISCARD tr_err fixture_alloc(tr_trail *trail, tr_arena *arena, const tr_json *in,
                                  tr_changes *out);

/* The accounts of a state as JSON, the form that fixture_alloc reads. */
void fixture_alloc_write(tr_json_writer *to, const tr_changes *all);

/* A network by its name: a fork, "BPO1", or one that becomes another ("BerlinToLondonAt5",
 * "ShanghaiToCancunAtTime15k", "ArrowGlacierToParisAtDiffC0000"); with the blob schedule that the
 * fixture has, if it has one. */
TR_NODISCARD tr_err fixture_network(tr_trail *trail, tr_bytes name, const tr_json *blob_schedule,
                                    uint64_t chain_id, tr_chain_config *out);

/* fixture_exception_fits: err is one of those that a name, or one of several with bars between
 * ("TransactionException.A|BlockException.B"), stands for.  A name that the table does not have is
 * no error of ours. */
bool fixture_exception_fits(tr_bytes names, tr_err err);

/* The machine. */
typedef struct fixture fixture;
TR_NODISCARD tr_err fixture_new(tr_trail *trail, tr_alloc *alloc, fixture **out);
void fixture_free(fixture *f);

/* How a test went.  When it did not pass, why is a sentence. */
enum { FIXTURE_WHY = 640 };
typedef struct fixture_outcome {
    bool pass;
    tr_hash root, logs_hash; /* of a state test: what came out; of blocks the last root */
    tr_err err;              /* of a state test: why the transaction was refused, or TR_OK */
    uint64_t gas_used;
    char why[FIXTURE_WHY];
} fixture_outcome;

/* What is looked at beside the verdict; all may be NULL. */
typedef struct fixture_watch {
    tr_tracer *tracer;
    /* the state after a state test, listed from nothing */
    void (*post)(void *context, const tr_changes *all);
    void *context;
} fixture_watch;

/* A state test: fixture_state_begin reads what its cases have in common, fixture_state_run runs one
 * case (an item of post[fork]), fixture_state_end gives the memory back. */
TR_NODISCARD tr_err fixture_state_begin(tr_trail *trail, fixture *f, const tr_json *test);
void fixture_state_run(fixture *f, tr_bytes fork, const tr_json *post, const fixture_watch *watch,
                       fixture_outcome *out);
void fixture_state_end(fixture *f);

/* A blockchain test. */
void fixture_block_run(fixture *f, const tr_json *test, const fixture_watch *watch,
                       fixture_outcome *out);

/* fixture_tx_from_json builds the transaction of a state test by indexes, signed by its secret key
 * for a chain (0: a legacy one is not protected).  TR_E_NOT_FOUND: it has no key, and is not
 * signed. */
typedef struct fixture_indexes {
    size_t data, gas, value;
} fixture_indexes;
TR_NODISCARD tr_err fixture_tx_from_json(tr_trail *trail, tr_arena *arena, const tr_json *in,
                                         const fixture_indexes *indexes, uint64_t chain_id,
                                         tr_tx *out);

#endif
