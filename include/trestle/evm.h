/* The EVM, every fork from Frontier to Osaka: messages and signed transactions, run on a world of
 * accounts that is either kept in memory here or asked of the program that embeds it.
 *
 * A machine keeps what runs have done until it is committed or rolled back.  Numbers of 256 bits
 * are 32 big-endian bytes.  What a result points to lives until the next run of the same machine.
 * One thread uses a machine at a time; a callback must not use the machine that calls it (it is
 * answered TR_E_STATE). */
#ifndef TRESTLE_EVM_H
#define TRESTLE_EVM_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tr_vm tr_vm;

/* An account.  One that does not exist has zeros everywhere.  A code hash of zeros is taken for
 * that of no code. */
typedef struct tr_vm_account {
    uint8_t exists;
    uint8_t has_storage; /* some slot of it is not 0 */
    uint64_t nonce;
    uint8_t balance[32];
    uint8_t code_hash[32];
} tr_vm_account;

/* The world, asked of the program: each thing once, until the machine is rolled back.  A callback
 * returns TR_OK, or an error, which ends the run and is what the run returns.  out is all zero
 * before the call: an account that does not exist, a slot without value.
 *
 * slot is asked only of accounts that exist and have storage, code only for a hash that account
 * gave; the code is copied, and TR_E_CHECKSUM when that is not its hash.  block_hash is asked for
 * one of the 256 blocks before the one that is run; it may be NULL: they are all zero. */
typedef struct tr_vm_world {
    void *context;
    tr_err (*account)(void *context, const uint8_t address[20], tr_vm_account *out);
    tr_err (*slot)(void *context, const uint8_t address[20], const uint8_t key[32],
                   uint8_t out[32]);
    tr_err (*code)(void *context, const uint8_t address[20], const uint8_t hash[32],
                   const uint8_t **code, size_t *len);
    tr_err (*block_hash)(void *context, uint64_t number, uint8_t out[32]);
} tr_vm_world;

typedef struct tr_vm_options {
    const char *fork; /* "Osaka", "Cancun", ...; whatever their case */
    uint64_t chain_id;
    size_t max_bytes;         /* of memory for all of the machine; 0: no bound */
    const tr_vm_world *world; /* copied; NULL: a world in memory, which is empty at first */
    uint8_t deposits;         /* not 0: an OP chain, which knows transactions of type 0x7e */
} tr_vm_options;

/* tr_vm_new makes a machine, tr_vm_free takes it away (NULL is fine).  TR_E_ARGUMENT: no fork of
 * that name, or a world that lacks a callback; TR_E_MEMORY, TR_E_LIMIT. */
TR_API tr_err tr_vm_new(const tr_vm_options *options, tr_vm **out);
TR_API void tr_vm_free(tr_vm *vm);

/* tr_vm_why is a sentence about the last error of this machine: what was expected and what was
 * found.  Empty when there is no more to say than the code does.  It lives until the machine is
 * used again. */
TR_API const char *tr_vm_why(const tr_vm *vm);

/* The world in memory.  tr_vm_set_account sets nonce, balance and code, and leaves the storage as
 * it is; the account exists from then on.  tr_vm_set_slot sets a slot of it, 0 takes it away;
 * TR_E_NOT_FOUND: no such account.  tr_vm_remove_account takes an account away with its storage.
 * tr_vm_set_block_hash says the hash of one of the 256 blocks before the one to run.
 *
 * TR_E_STATE from any of these: something was run that is neither committed nor rolled back, or the
 * world is the program's. */
TR_API tr_err tr_vm_set_account(tr_vm *vm, const uint8_t address[20], uint64_t nonce,
                                const uint8_t balance[32], const uint8_t *code, size_t code_len);
TR_API tr_err tr_vm_set_slot(tr_vm *vm, const uint8_t address[20], const uint8_t key[32],
                             const uint8_t value[32]);
TR_API tr_err tr_vm_remove_account(tr_vm *vm, const uint8_t address[20]);
TR_API tr_err tr_vm_set_block_hash(tr_vm *vm, uint64_t number, const uint8_t hash[32]);

/* The block that code is in. */
typedef struct tr_vm_block {
    uint64_t number, time, gas_limit;
    uint8_t coinbase[20];
    uint8_t prevrandao[32]; /* before Paris: the difficulty */
    uint8_t base_fee[32], blob_base_fee[32];
} tr_vm_block;

/* tr_vm_set_block begins a block: all of its gas is there again.  Until then number, time and
 * prices are 0 and the gas limit is 2^63 - 1.  Nothing is run or paid for the block itself. */
TR_API void tr_vm_set_block(tr_vm *vm, const tr_vm_block *block);

/* How a run ended. */
enum {
    TR_VM_OK,
    TR_VM_REVERT,
    /* all gas is gone */
    TR_VM_OUT_OF_GAS,
    TR_VM_STACK_UNDERFLOW,
    TR_VM_STACK_OVERFLOW,
    TR_VM_BAD_JUMP,
    TR_VM_BAD_OPCODE,
    TR_VM_STATIC,     /* a change in a static call */
    TR_VM_RETURNDATA, /* read beyond its end */
    TR_VM_PRECOMPILE, /* a precompiled contract failed */
    TR_VM_COLLISION,  /* the address of a create is taken */
    TR_VM_CODE_SIZE,  /* what a create returned is too long */
    TR_VM_CODE_EF,    /* it begins with 0xef */
    TR_VM_CODE_GAS,   /* no gas to keep it */
    TR_VM_INITCODE_SIZE,
    /* nothing was run, and all gas is there */
    TR_VM_DEPTH,
    TR_VM_BALANCE, /* the sender does not have the value */
    TR_VM_NONCE    /* the sender's nonce is at its end */
};

/* tr_vm_status_text puts one of these in words: "out of gas". */
TR_API const char *tr_vm_status_text(int32_t status);

typedef struct tr_vm_log {
    uint8_t address[20];
    uint32_t topic_count; /* 0 to 4 */
    uint8_t topics[4][32];
    const uint8_t *data;
    size_t data_len;
} tr_vm_log;

typedef struct tr_vm_result {
    int32_t status; /* TR_VM_... */
    uint8_t created;
    uint8_t contract[20]; /* when created is 1 */
    uint64_t gas_used, gas_left;
    uint64_t gas_refunded; /* of a transaction: that was; of a message: that could be */
    const uint8_t *output;
    size_t output_len;
    const tr_vm_log *logs;
    size_t log_count;
} tr_vm_result;

/* A message. */
enum { TR_VM_CALL, TR_VM_STATICCALL, TR_VM_CREATE };

typedef struct tr_vm_message {
    uint8_t kind; /* TR_VM_CALL, ... */
    uint8_t sender[20];
    uint8_t to[20];    /* of a create: not looked at */
    uint8_t value[32]; /* of a static call: 0 */
    uint8_t gas_price[32];
    uint64_t gas;
    const uint8_t *input; /* of a create: the initcode */
    size_t input_len;
    const uint8_t *code; /* to be run instead of what is at to; NULL: that */
    size_t code_len;
} tr_vm_message;

/* tr_vm_run runs a message, as a transaction of its own but that nobody signed it and its gas costs
 * nothing: what is warm, transient storage and destroyed contracts begin and end with it.  A create
 * counts the sender's nonce up.
 *
 * TR_OK: it was run, *out says how it ended.  TR_E_ARGUMENT: the message makes no sense.  Anything
 * else (a callback's error, TR_E_MEMORY, TR_E_LIMIT): it was not, and all that is not committed has
 * been rolled back. */
TR_API tr_err tr_vm_run(tr_vm *vm, const tr_vm_message *message, tr_vm_result *out);

typedef struct tr_vm_receipt {
    tr_vm_result result;
    uint8_t type, sender[20], hash[32], bloom[256];
    uint8_t gas_price[32];   /* that was paid */
    uint64_t cumulative_gas; /* of the block's transactions up to this one */
    uint64_t blob_gas_used;
} tr_vm_receipt;

/* tr_vm_transact runs a signed transaction in the form that lies in blocks, and takes its gas from
 * the block.  An invalid one changes nothing: TR_E_TX_..., TR_E_SIGNATURE_... and the errors of
 * tr_transaction_decode say why (errors.h), tr_vm_why what was found.  Others are as of tr_vm_run.
 * Of a transaction that ran, result.gas_left is what it did not use. */
TR_API tr_err tr_vm_transact(tr_vm *vm, const uint8_t *raw, size_t len, tr_vm_receipt *out);

/* The state with all that was run in it.  tr_vm_get_account reads an account (one that does not
 * exist is no error), tr_vm_get_slot a slot, tr_vm_get_code its code, which lives until the next
 * run. Errors are those of the callbacks, and are as of tr_vm_run. */
TR_API tr_err tr_vm_get_account(tr_vm *vm, const uint8_t address[20], tr_vm_account *out);
TR_API tr_err tr_vm_get_slot(tr_vm *vm, const uint8_t address[20], const uint8_t key[32],
                             uint8_t out[32]);
TR_API tr_err tr_vm_get_code(tr_vm *vm, const uint8_t address[20], const uint8_t **code,
                             size_t *len);

/* What runs did since the last commit, net. */
typedef struct tr_vm_slot_change {
    uint8_t key[32], before[32], value[32];
} tr_vm_slot_change;

typedef struct tr_vm_change {
    uint8_t address[20];
    uint8_t exists;  /* 0: the account is gone, with all of its storage */
    uint8_t existed; /* before */
    uint8_t cleared; /* the storage that it had is gone; slots are all that it has now */
    uint8_t code_changed;
    uint64_t nonce;
    uint8_t balance[32], code_hash[32];
    const uint8_t *code; /* when it changed */
    size_t code_len;
    const tr_vm_slot_change *slots;
    size_t slot_count;
} tr_vm_change;

/* tr_vm_changes lists them: accounts rise by address, slots by key, and what was set back is left
 * out.  The list lives until the machine is used again. */
TR_API tr_err tr_vm_changes(tr_vm *vm, const tr_vm_change **out, size_t *count);

/* tr_vm_commit makes what was run the base of what comes.  A program with a world of its own has
 * put the changes there before.  tr_vm_rollback forgets all that was run since the last commit,
 * with the gas that it took of the block; and what was read of the world too, so that it is to be
 * called as well when the program has changed its world, or wants memory back.
 *
 * TR_E_MEMORY, TR_E_LIMIT of tr_vm_commit: a part may have been made; the machine can only be
 * freed, and answers TR_E_STATE. */
TR_API tr_err tr_vm_commit(tr_vm *vm);
TR_API void tr_vm_rollback(tr_vm *vm);

/* tr_vm_root is the state root of the world in memory, with all that is committed.  TR_E_STATE: the
 * world is the program's. */
TR_API tr_err tr_vm_root(tr_vm *vm, uint8_t root[32]);

/* tr_vm_set_tracer has each following run watched by a tracer of debug_traceTransaction, by its
 * name ("callTracer", "prestateTracer", "flatCallTracer", "4byteTracer", "erc7562Tracer",
 * "muxTracer"; "" for struct logs), with its options as a JSON object (NULL: none).  A NULL name
 * ends that.  TR_E_UNSUPPORTED: no such tracer; TR_E_SYNTAX, TR_E_TYPE, ...: its options.
 *
 * tr_vm_trace gives what it wrote about the last run, as JSON with a zero behind, which lives until
 * the next one.  TR_E_EMPTY: the last run was not watched, or came to nothing; TR_E_MEMORY,
 * TR_E_LIMIT: there was no room for all of it. */
TR_API tr_err tr_vm_set_tracer(tr_vm *vm, const char *name, const char *options);
TR_API tr_err tr_vm_trace(tr_vm *vm, const char **json, size_t *len);

/* tr_vm_precompile runs a precompiled contract by its number (8: the pairing of bn254) as a fork
 * has it, without a machine.  The output goes to output, which has room bytes; of *out status, gas
 * and output are set: TR_VM_OK, TR_VM_OUT_OF_GAS, TR_VM_PRECOMPILE (the input is refused).
 * TR_E_ARGUMENT: no fork of that name; TR_E_NOT_FOUND: the fork has no such contract; TR_E_LIMIT:
 * room is too small, out->output_len says what is needed; TR_E_MEMORY. */
TR_API tr_err tr_vm_precompile(const char *fork, uint32_t number, const uint8_t *input,
                               size_t input_len, uint64_t gas, uint8_t *output, size_t room,
                               tr_vm_result *out);

#ifdef __cplusplus
}
#endif

#endif
