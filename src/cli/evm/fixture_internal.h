/* What state tests and blockchain tests share. */
#ifndef TR_CLI_EVM_FIXTURE_INTERNAL_H
#define TR_CLI_EVM_FIXTURE_INTERNAL_H

#include "cli/evm/fixture.h"

/* A world that knows block hashes in its own way, and all else by the one below. */
typedef struct fixture_door {
    tr_world world;
    tr_world *below;
    tr_err (*hash_of)(struct fixture_door *self, tr_trail *trail, uint64_t number, tr_hash *out);
    void *context;
} fixture_door;
void fixture_door_open(fixture_door *door, tr_world *below);

/* What the cases of a state test have in common. */
typedef struct fixture_state_test {
    const tr_json *json;
    tr_changes pre;
    uint64_t chain_id;
    uint64_t number, time, gas_limit, excess_blob_gas;
    bool has_base_fee, has_excess;
    tr_addr coinbase;
    tr_u256 difficulty, random, base_fee;
} fixture_state_test;

struct fixture {
    tr_alloc *alloc;
    tr_evm *evm;
    tr_state *state;
    tr_memory_world *world; /* of the test at hand, or NULL */
    tr_forest *forest;      /* likewise */
    fixture_door door;
    tr_arena arena;   /* of the test at hand */
    tr_arena scratch; /* of the case or block at hand */
    fixture_state_test test;
};

/* fixture_ground makes world and forest, as they are after pre, and a state over them. */
tr_err fixture_ground(tr_trail *trail, fixture *f, const tr_changes *pre);
tr_err fixture_plant(tr_trail *trail, fixture *f, const tr_changes *pre); /* the forest alone */
void fixture_raze(fixture *f);                                            /* the opposite */

/* fixture_take gives what the state has changed to world and forest; *out (in f->arena, codes too)
 * may be kept.  The state goes on from there. */
tr_err fixture_take(tr_trail *trail, fixture *f, tr_changes *out);

/* fixture_say writes the sentence of an outcome. */
void fixture_say(fixture_outcome *out, const char *format, ...) TR_PRINTF(2, 3);

#endif
