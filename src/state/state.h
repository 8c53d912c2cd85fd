/* State: accounts, storage and code as execution sees them, over a world.
 *
 * A state lives for a block or longer.  It keeps what it has read of the world and what was changed
 * since, one entry for each account and slot, whose addresses stay the same until the state is
 * cleared.  Every change writes an undo record; a checkpoint is a place in that journal, going back
 * pops it, going on is free.  What belongs to a transaction (warm or cold, original values,
 * created, destroyed, transient values) is marked with the transaction's number and never cleared.
 *
 * Reads of entries are plain reads of the structures below; changes go through the functions.
 *
 * When the world fails, or memory ends, a function that gives an entry gives NULL (one that changes
 * gives false) and the state holds the error (tr_state_error): whoever runs on it stops at once.
 *
 * One thread uses a state at a time. */
#ifndef TR_STATE_STATE_H
#define TR_STATE_STATE_H

#include "base/base.h"
#include "state/world.h"

typedef struct tr_state tr_state;

/* An account.  One that does not exist is an entry too; "dead" is what EIP-161 calls it. */
typedef struct tr_acct {
    tr_addr address;
    bool exists;
    bool has_storage; /* of the world, before the run; see tr_state_has_storage */
    bool is_code_read;
    bool has_code;
    uint64_t nonce;
    tr_u256 balance;
    /* stamps: equal to the state's tx when it is so in this transaction */
    uint32_t warm_tx;
    uint32_t created_tx;   /* a contract was created there */
    uint32_t destroyed_tx; /* SELFDESTRUCT; takes effect when the transaction ends */
    uint32_t touched_tx;
    tr_bytes code;             /* once read (tr_state_code) */
    void *analysis;            /* of this code: the interpreter's; NULL when code changes */
    struct tr_acct_more *more; /* the room's own */
    tr_hash code_hash;
} tr_acct;

/* A slot.  original is meant when original_tx is the state's tx, else the value itself is.  What is
 * below owner is the room's own. */
typedef struct tr_slot {
    tr_u256 key, value, original;
    uint32_t warm_tx, original_tx;
    tr_acct *owner;
    uint32_t generation;
    bool is_listed, is_read;
    struct tr_slot *next;
    tr_u256 before;
} tr_slot;

typedef struct tr_log {
    tr_acct *account;
    uint32_t topic_count;
    tr_hash topics[4];
    tr_bytes data; /* lives until the transaction's logs are taken or undone */
} tr_log;

typedef struct tr_state_options {
    tr_alloc *alloc;
    tr_world *world;
    size_t limit;  /* bytes; TR_E_LIMIT beyond */
    uint64_t seed; /* of its tables: a number that who fills blocks cannot know beforehand */
} tr_state_options;

TR_NODISCARD tr_err tr_state_new(tr_trail *trail, const tr_state_options *options, tr_state **out);
void tr_state_free(tr_state *state);

/* tr_state_clear forgets everything and begins again over a world (which may be the same one, after
 * it was changed).  Memory is kept. */
void tr_state_clear(tr_state *state, tr_world *world);

/* tr_state_settle makes what was changed the base of what comes next, when the changes have been
 * given to the world: what was read stays known. */
void tr_state_settle(tr_state *state);

/* The world's error, or TR_OK; the trail says more. */
tr_err tr_state_error(const tr_state *state, tr_trail *trail);

/* tr_state_memory is how many bytes the state has taken.  Nothing is forgotten but by
 * tr_state_clear: who keeps a state over many blocks looks at it between them. */
size_t tr_state_memory(const tr_state *state);

/* Entries.  tr_state_account finds or reads an account; tr_state_peek gives one only if it has been
 * read already, else NULL. */
tr_acct *tr_state_account(tr_state *state, const tr_addr *address);
tr_acct *tr_state_peek(const tr_state *state, const tr_addr *address);
tr_slot *tr_state_slot(tr_state *state, tr_acct *account, const tr_u256 *key);
/* tr_state_peek_slot: what is warm has been read, so gas too low for a cold slot asks here. */
tr_slot *tr_state_peek_slot(const tr_state *state, const tr_acct *account, const tr_u256 *key);
bool tr_state_code(tr_state *state, tr_acct *account); /* reads account->code if it is not there */
bool tr_state_block_hash(tr_state *state, uint64_t number, tr_hash *out);

/* tr_state_has_storage: some slot is not 0 (as EIP-7610 asks).  A storage that the world had and
 * that the run has emptied slot by slot still counts: only the world could tell. */
bool tr_state_has_storage(const tr_state *state, const tr_acct *account);
static inline bool tr_acct_is_empty(const tr_acct *a)
{
    return a->nonce == 0 && !a->has_code && tr_u256_iszero(a->balance);
}

/* tr_state_expect says that an account will be asked for soon (tr_world's expect); it changes
 * nothing. */
void tr_state_expect(tr_state *state, const tr_addr *address, bool near);

/* Changes.  A balance that is set, or a nonce, makes the account exist.  tr_state_touch is
 * EIP-161's touch; tr_state_touch_for_good is the one that no revert undoes (trap 11: address 3).
 */
bool tr_state_set_balance(tr_state *state, tr_acct *account, const tr_u256 *balance);
bool tr_state_add_balance(tr_state *state, tr_acct *account, const tr_u256 *amount); /* touches */
bool tr_state_set_nonce(tr_state *state, tr_acct *account, uint64_t nonce);
bool tr_state_set_code(tr_state *state, tr_acct *account, tr_bytes code); /* copies and hashes */
bool tr_state_set_slot(tr_state *state, tr_slot *slot, const tr_u256 *value);
bool tr_state_touch(tr_state *state, tr_acct *account);
bool tr_state_touch_for_good(tr_state *state, tr_acct *account);

/* tr_state_create makes the account a contract that is being created: it exists, its nonce and code
 * are cleared, its storage is empty, its balance stays. */
bool tr_state_create(tr_state *state, tr_acct *account);
/* tr_state_destroy marks an account to go when the transaction ends. */
bool tr_state_destroy(tr_state *state, tr_acct *account);

/* Warm and cold.  These give whether it was cold. */
#define TR_ALWAYS_WARM UINT32_MAX
static inline bool tr_acct_is_warm(const tr_acct *a, uint32_t tx)
{
    return a->warm_tx >= tx;
}
bool tr_state_warm_account(tr_state *state, tr_acct *account);
bool tr_state_warm_slot(tr_state *state, tr_slot *slot);

/* Warm without being read: an access list names accounts and slots that the run may never look at,
 * and that a witness need not have.  False: no memory.  tr_state_is_warm answers for accounts that
 * have not been read, too. */
bool tr_state_warm_address(tr_state *state, const tr_addr *address);
bool tr_state_warm_key(tr_state *state, const tr_addr *address, const tr_u256 *key);
bool tr_state_is_warm(const tr_state *state, const tr_addr *address);
/* From now on the addresses 1 to highest, and other when it is not 0, are warm in every
 * transaction: where the precompiled contracts are. */
void tr_state_warm_low(tr_state *state, unsigned highest, unsigned other);

/* Transient storage (EIP-1153). */
tr_u256 tr_state_transient(const tr_state *state, const tr_acct *account, const tr_u256 *key);
bool tr_state_set_transient(tr_state *state, tr_acct *account, const tr_u256 *key,
                            const tr_u256 *value);

/* Logs and the refund counter, which may be below zero inside a frame. */
bool tr_state_log(tr_state *state, tr_acct *account, size_t topic_count, const tr_hash topics[],
                  tr_bytes data);
const tr_log *tr_state_logs(const tr_state *state, size_t *count); /* of this transaction */
int64_t tr_state_refund(const tr_state *state);
void tr_state_add_refund(tr_state *state, int64_t change);

/* Checkpoints. */
typedef size_t tr_checkpoint;
tr_checkpoint tr_state_checkpoint(const tr_state *state);
void tr_state_revert(tr_state *state, tr_checkpoint to);

/* Transactions.  begin gives each its number (from 1 on); system calls and what is done between
 * transactions are in one too.  end takes the destroyed accounts away and, with clear_empty
 * (EIP-161), the touched ones that are empty; there is then nothing to revert to. */
void tr_state_begin(tr_state *state);
bool tr_state_end(tr_state *state, bool clear_empty);
uint32_t tr_state_tx(const tr_state *state);

/* tr_state_changes lists what is not as the world has it, in arena: sorted, net, each slot that was
 * set back left out.  After tr_state_end. */
TR_NODISCARD tr_err tr_state_changes(tr_trail *trail, const tr_state *state, tr_arena *arena,
                                     tr_changes *out);

/* tr_state_reads lists what was read of the world since the state was last cleared, changed or not:
 * accounts, and slots of each, all as the world has them; value and before are the same. */
TR_NODISCARD tr_err tr_state_reads(tr_trail *trail, const tr_state *state, tr_arena *arena,
                                   tr_changes *out);

#endif
