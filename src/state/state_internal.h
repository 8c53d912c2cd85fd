/* The inside of a state, shared by state.c, journal.c and changes.c.
 *
 * Storage has generations.  An account's generation changes when the storage is emptied at once (a
 * create, a removal), to a number that is new in the whole state.  A slot whose generation is
 * not its account's is what it was before that, and is 0.  base is the generation of what the world
 * holds: as long as the account is in it, what is not known can be asked.  A slot of generation 0
 * is not known.  */
#ifndef TR_STATE_STATE_INTERNAL_H
#define TR_STATE_STATE_INTERNAL_H

#include "state/state.h"
#include "state/table.h"

/* What the world holds of an account that was changed. */
typedef struct tr_acct_before {
    tr_u256 balance;
    tr_hash code_hash;
    uint64_t nonce;
    bool exists;
} tr_acct_before;

typedef struct tr_acct_more {
    uint32_t generation, base;
    uint32_t mark;          /* of the address */
    uint32_t ending_tx;     /* in the list of what tr_state_end looks at */
    uint32_t for_good_tx;   /* touched, and no revert undoes it */
    bool is_unread;         /* warm, and nothing else is known of it */
    tr_acct_before *before; /* NULL: not changed since the state was settled */
    tr_acct *next_changed;
    tr_acct *next_ending;
    tr_slot *slots; /* that were changed */
} tr_acct_more;

typedef struct tr_acct_entry {
    tr_acct a;
    tr_acct_more more;
} tr_acct_entry;

/* Undo records: what is to be put back, and where. */
typedef enum tr_undo_kind {
    TR_UNDO_BALANCE,
    TR_UNDO_NONCE,
    TR_UNDO_CODE_HASH,
    TR_UNDO_CODE,
    TR_UNDO_GENERATION,
    TR_UNDO_CREATED,
    TR_UNDO_DESTROYED,
    TR_UNDO_TOUCHED,
    TR_UNDO_WARM_ACCOUNT,
    TR_UNDO_SLOT,
    TR_UNDO_SLOT_EMPTIED,
    TR_UNDO_SLOT_ORIGINAL,
    TR_UNDO_WARM_SLOT,
    TR_UNDO_TRANSIENT,
    TR_UNDO_LOG,
    TR_UNDO_REFUND,
} tr_undo_kind;

typedef struct tr_undo {
    uint8_t kind;
    bool exists; /* of the account */
    bool has_code, is_code_read;
    uint32_t number; /* a generation */
    union {
        tr_acct *account;
        tr_slot *slot;
        struct tr_transient *transient;
    };
    union {
        tr_u256 value;
        tr_hash hash;
        tr_bytes code;
        uint64_t nonce;
        int64_t refund;
    };
} tr_undo;

typedef struct tr_transient {
    tr_u256 key, value;
    const tr_acct *owner;
    uint64_t unused[7]; /* a multiple of a cache line */
} tr_transient;

enum { TR_BLOCK_HASHES = 256 };
typedef struct tr_known_hash {
    uint64_t number;
    tr_hash hash;
    bool known;
} tr_known_hash;

struct tr_state {
    tr_counted memory;
    tr_world *world;
    uint32_t tx, generation;
    unsigned low_highest, low_other; /* always warm */
    tr_table accounts, slots, transients;
    tr_chunks account_chunks, slot_chunks, before_chunks, transient_chunks;
    tr_undo *undo;
    size_t undo_count, undo_capacity;
    tr_acct *changed; /* since the state was settled */
    tr_acct *ending;  /* touched or destroyed in this transaction */
    tr_log *logs;
    size_t log_count, log_capacity;
    int64_t refund;
    tr_arena log_data, codes;
    tr_known_hash *block_hashes; /* TR_BLOCK_HASHES, once one was asked for */
    tr_seed seed;
    tr_err err;
    tr_trail trail;
};

/* Each answers false, for the caller to pass on. */
bool tr_state_no_memory(tr_state *state);

/* tr_state_current makes a slot what it is in its account's present generation. */
bool tr_state_current(tr_state *state, tr_slot *slot);

static inline bool tr_slot_is_current(const tr_slot *slot)
{
    return slot->generation == slot->owner->more->generation;
}

/* A place for one more undo record (NULL: no memory). */
tr_undo *tr_state_grow_undo(tr_state *state);
static inline tr_undo *tr_state_undo(tr_state *state, tr_undo_kind kind)
{
    tr_undo *u = TR_LIKELY(state->undo_count < state->undo_capacity)
                     ? &state->undo[state->undo_count]
                     : tr_state_grow_undo(state);
    if (u == NULL) return NULL;
    state->undo_count++;
    u->kind = (uint8_t)kind;
    return u;
}

/* tr_state_list_slot remembers that a slot may not be as the world has it; its account is listed
 * already. */
static inline void tr_state_list_slot(tr_slot *slot)
{
    if (slot->is_listed) return;
    slot->is_listed = true;
    slot->next = slot->owner->more->slots;
    slot->owner->more->slots = slot;
}

#endif
