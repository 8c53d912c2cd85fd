/* The world below a run: accounts, slots, codes and block hashes as they were before it.
 *
 * Execution reads the world through this one narrow door, so that the same code runs over memory,
 * over tries, over a store, over a witness and over an embedder's callbacks.  Each thing is asked
 * for once; the state keeps what it was told.
 *
 * An error is about the world, not about what runs on it (a node that a witness lacks, a disk that
 * fails): it ends the whole run. */
#ifndef TR_STATE_WORLD_H
#define TR_STATE_WORLD_H

#include "field/u256.h"

typedef struct tr_world_account {
    bool exists;
    bool has_storage; /* the storage is not empty: no contract can be created there (EIP-7610) */
    uint64_t nonce;
    tr_u256 balance;
    tr_hash code_hash; /* of no code: tr_empty_code_hash, also when it does not exist */
} tr_world_account;

typedef struct tr_world tr_world;
struct tr_world {
    /* account: one that does not exist is no error. */
    tr_err (*account)(tr_world *self, tr_trail *trail, const tr_addr *address,
                      tr_world_account *out);
    /* slot: asked only of accounts that exist and have storage. */
    tr_err (*slot)(tr_world *self, tr_trail *trail, const tr_addr *address, const tr_u256 *key,
                   tr_u256 *out);
    /* code: by its hash, which is never that of no code.  The view lives as long as the world. */
    tr_err (*code)(tr_world *self, tr_trail *trail, const tr_addr *address,
                   const tr_hash *code_hash, tr_bytes *out);
    /* block_hash: of one of the 256 blocks before the one that is run; NULL: the state was told
     * them all, or there are none (0). */
    tr_err (*block_hash)(tr_world *self, tr_trail *trail, uint64_t number, tr_hash *out);
    /* expect: this account will be asked for soon; near: very soon, and it was said before.  A
     * world whose memory is far calls it nearer, and does nothing else.  NULL: no use is made of
     * it. */
    void (*expect)(tr_world *self, const tr_addr *address, bool near);
};

/* What a run did to the world, net: an account is listed when something of it is not as it was
 * before.  Accounts rise by address, slots by key. */
typedef struct tr_slot_change {
    tr_u256 key, value; /* 0: removed */
    tr_u256 before;     /* what the world held; 0 when cleared */
} tr_slot_change;

typedef struct tr_account_change {
    tr_addr address;
    bool exists;   /* after; a removed account has no storage either */
    bool existed;  /* before */
    bool cleared;  /* the storage it had is gone; slots[] is all that it has now */
    bool had_none; /* it is known that it had no storage before; false when in doubt */
    bool code_changed;
    uint64_t nonce;
    tr_u256 balance;
    tr_hash code_hash;
    tr_bytes code; /* when it changed */
    const tr_slot_change *slots;
    size_t slot_count;
} tr_account_change;

typedef struct tr_changes {
    const tr_account_change *accounts;
    size_t count;
} tr_changes;

#endif
