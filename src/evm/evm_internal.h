/* The machine inside: frames, memory, analysed code, and what the loops (loop_impl.h) call.
 *
 * A loop keeps pc, sp and gas in registers and writes them to the frame before it calls what may
 * look at them.  Gas is signed: below 0 is out of gas. */
#ifndef TR_EVM_EVM_INTERNAL_H
#define TR_EVM_EVM_INTERNAL_H

#include "evm/evm.h"
#include "evm/ops.h"

enum {
    TR_EVM_DEPTH_LIMIT = 1024,
    TR_EVM_STACK_LIMIT = 1024,
    TR_CODE_PAD = 64, /* zero bytes behind a code's copy: a PUSH at its end reads them, then STOP */
    TR_STACK_PIECES = TR_EVM_DEPTH_LIMIT / 2,
    TR_STACK_PIECE = 4 * TR_EVM_STACK_LIMIT, /* words */
};

/* Code as the loop wants it: a padded copy and a bit for each byte that is a jump's target. */
typedef struct tr_code {
    tr_hash hash;
    const uint8_t *bytes;
    const uint64_t *jumps;
    size_t len;
    void *memory; /* of both; NULL: the entry of the cache is free */
    size_t taken;
    struct tr_fast *fast;     /* its other form, once it is hot */
    uint64_t heat;            /* gas that frames have used in it in the plain loop */
    const tr_evm_rules *dull; /* rules by which no other form was to be had */
    uint32_t pins;            /* frames that run it */
    uint16_t next;            /* in its chain, or in that of the free ones */
    bool was_used;            /* since the cache's hand went by */
} tr_code;

enum { TR_CODE_ENTRIES = 4096, TR_CODE_CHAINS = 4096, TR_CODE_NONE = 0xffff };

/* The cache: entries never move and are never given back one by one, so that an account may point
 * at one; whoever follows such a pointer compares hashes (tr_code_of). */
typedef struct tr_code_cache {
    tr_alloc *alloc;
    tr_code *entries;
    uint16_t chains[TR_CODE_CHAINS];
    uint16_t free, hand, made; /* made: entries that have been used at all */
    size_t taken, limit;
} tr_code_cache;

void tr_code_scan(tr_bytes code, uint64_t *jumps);
static inline size_t tr_code_size(size_t len) /* of a copy, its padding and the bits */
{
    return (len + TR_CODE_PAD + 63) / 64 * 72;
}
void tr_code_make(tr_code *out, tr_bytes code, void *memory);
tr_code *tr_code_cached(tr_code_cache *cache, const tr_hash *hash, tr_bytes code);
/* tr_code_hot gives a hot code's other form, or NULL; gas_per_byte: how hot is hot. */
struct tr_fast *tr_code_hot(tr_code_cache *cache, tr_code *code, const tr_evm_rules *rules,
                            uint64_t gas_per_byte);
void tr_code_cache_free(tr_code_cache *cache);

/* Hashes of 32 and 64 bytes that were asked for before: the places of arrays and mappings. */
typedef struct tr_evm_hash {
    uint64_t in[8];
    tr_u256 hash;
    uint64_t len; /* 0: none */
} tr_evm_hash;
enum { TR_EVM_HASHES = 512 };

/* What a frame's end or a call without a frame comes to. */
typedef struct tr_evm_end {
    tr_evm_status status;
    uint64_t gas_left;
} tr_evm_end;

typedef struct tr_evm_frame {
    /* while another frame runs; pc is at the call */
    const uint8_t *pc;
    tr_u256 *sp; /* the top word; low when the stack is empty */
    int64_t gas;

    const struct tr_cell *cell; /* where it is in the fast loop; NULL: it is in the plain one */
    const struct tr_fast *fast;

    tr_u256 *low; /* one below the lowest word */
    const uint8_t *code;
    const uint64_t *jumps;
    size_t code_len;
    uint8_t *memory;
    size_t memory_size; /* bytes, whole words */
    size_t memory_room; /* below this offset 32 bytes can be read */
    tr_bytes input;
    tr_acct *self;
    tr_code *cached;
    int64_t ask_below; /* gas at which the plain loop asks whether the code is hot by now */
    tr_u256 value;
    tr_addr caller, code_address, to;
    uint8_t op; /* that made it */
    bool is_static, is_create;
    uint32_t stack_piece;
    uint64_t gas_given;
    tr_checkpoint checkpoint;
    size_t out_at, out_len; /* where in the caller's memory output goes */
    tr_arena_mark initcode;
} tr_evm_frame;

struct tr_evm {
    tr_alloc *alloc;
    tr_state *state;
    const tr_evm_env *env;
    const tr_evm_rules *rules;
    tr_tracer *tracer;
    uint32_t tx;
    uint32_t depth; /* frames in use */
    const void *const *plain, *const *traced;
    const void *tables[2][256];
    const tr_evm_rules *tables_of[2];
    tr_evm_frame *frames;
    tr_evm_end end; /* of the last frame or call that ended */

    uint8_t *memory;
    size_t memory_cap, memory_limit;
    tr_bytes returned; /* of the last call; in memory, in copy or in outputs */
    tr_bytes output;   /* of the frame that ends */
    uint8_t *copy;     /* of returned, when memory is needed for other things */
    size_t copy_cap;
    tr_arena outputs, initcodes;

    tr_u256 *stacks[TR_STACK_PIECES];
    tr_code_cache codes;
    tr_evm_hash *hashes;
    uint64_t step_cost, gas_per_byte;
    bool is_fault_told;
};

/* What goes on after an instruction that may begin a frame. */
typedef enum tr_evm_next {
    TR_NEXT_OP,    /* with the next instruction; f->sp and f->gas are new */
    TR_NEXT_FRAME, /* with the newest frame */
    TR_NEXT_FAULT, /* m->end.status */
} tr_evm_next;

/* Helpers that take gas give what is left, or a fault as minus its status. */
static inline int64_t tr_evm_fault(tr_evm_status status)
{
    return -(int64_t)status;
}

/* prices.c: what instructions cost beside the constant part; no effect on anything.  UINT64_MAX is
 * more than any gas. */
typedef struct tr_call_price {
    tr_evm_status fault;
    uint64_t cost; /* without what is passed on */
    uint64_t passed;
    uint64_t memory_end; /* 0: none is touched */
    tr_acct *target, *delegate;
    tr_u256 value;
    tr_bytes input; /* as offset and length only: data is not set */
    size_t in_at, out_at, out_len;
} tr_call_price;

uint64_t tr_memory_price(const tr_evm_frame *f, uint64_t end);
bool tr_memory_end(const tr_u256 *offset, const tr_u256 *size, uint64_t *end);
uint64_t tr_range_price(const tr_evm_frame *f, const tr_u256 *offset, const tr_u256 *size,
                        uint64_t word_gas);
uint64_t tr_mcopy_price(const tr_evm *m, const tr_evm_frame *f, const tr_u256 *sp);
uint64_t tr_log_price(const tr_evm *m, const tr_evm_frame *f, const tr_u256 *sp, unsigned topics);
uint64_t tr_exp_price(const tr_evm *m, const tr_u256 *exponent);
uint64_t tr_account_price(const tr_evm *m, const tr_addr *address);
tr_call_price tr_evm_call_price(tr_evm *m, tr_evm_frame *f, uint8_t op, int64_t gas);
tr_call_price tr_evm_create_price(tr_evm *m, tr_evm_frame *f, uint8_t op, int64_t gas);

/* A price of something that is in the state: finding out may read it, but only when gas is enough
 * for what reading costs. */
typedef struct tr_state_price {
    tr_evm_status fault;
    uint64_t cost;
    tr_acct *account;
    tr_slot *slot;
} tr_state_price;
tr_state_price tr_sload_price(tr_evm *m, const tr_evm_frame *f, const tr_u256 *key, int64_t gas);
tr_state_price tr_sstore_price(tr_evm *m, const tr_evm_frame *f, const tr_u256 *sp, int64_t gas,
                               int64_t *refund);
tr_state_price tr_destroy_price(tr_evm *m, const tr_evm_frame *f, const tr_u256 *sp, int64_t gas);

/* memory.c */
int64_t tr_evm_grow(tr_evm *m, tr_evm_frame *f, const tr_u256 *offset, uint64_t size, int64_t gas);
bool tr_evm_reserve(tr_evm *m, tr_evm_frame *f, uint64_t end);

/* instructions.c: each takes its words from sp down and leaves its result where the new top is.
 * Of gas the constant part has been paid. */
int64_t tr_evm_exp(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_keccak(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_balance(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_calldataload(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_calldatacopy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_codecopy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_extcodesize(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_extcodecopy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_returndatacopy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_extcodehash(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_blockhash(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_blobhash(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_sload(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_sstore(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_tload(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_tstore(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_mcopy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
int64_t tr_evm_log(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas, unsigned topics);
int64_t tr_evm_destroy(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);
/* tr_evm_output sets m->output to what RETURN and REVERT name. */
int64_t tr_evm_output(tr_evm *m, tr_evm_frame *f, tr_u256 *sp, int64_t gas);

/* calls.c */
tr_evm_next tr_evm_call(tr_evm *m, tr_evm_frame *f, uint8_t op);
tr_evm_next tr_evm_create(tr_evm *m, tr_evm_frame *f, uint8_t op);
/* tr_evm_leave ends the newest frame with what m->output says, and gives the one below, or NULL. */
tr_evm_frame *tr_evm_leave(tr_evm *m, tr_evm_status status, int64_t gas);
/* tr_evm_begin begins a message from outside; TR_NEXT_OP: it has ended already. */
tr_evm_next tr_evm_begin(tr_evm *m, const tr_message *message);
void tr_evm_unwind(tr_evm *m); /* after TR_EVM_ABORTED */

/* step.c */
tr_evm_status tr_evm_step(tr_evm *m, tr_evm_frame *f);
void tr_evm_step_failed(tr_evm *m, tr_evm_frame *f, tr_evm_status status);
void tr_evm_tell_enter(tr_evm *m, const tr_frame_begin *begin);
void tr_evm_tell_leave(tr_evm *m, int depth, uint8_t op, tr_evm_status status, uint64_t gas_used,
                       tr_bytes output);

/* tr_evm_set_hot says from how much gas for each byte of code on a code is hot: 0 at once,
 * UINT64_MAX never. */
void tr_evm_set_hot(tr_evm *m, uint64_t gas_per_byte);

/* loop_fast.c runs the newest frame and what it calls while these have a fast form; likewise the
 * loops below leave a frame that has one.  NULL: the last frame has ended. */
const void *const *tr_evm_loop_fast(tr_evm *m);
/* tr_evm_try_fast: the frame, at a jump's target pc, goes on in the fast loop. */
bool tr_evm_try_fast(tr_evm *m, tr_evm_frame *f, size_t pc);

/* loop_plain.c, loop_traced.c: run the newest frame and all that it calls.  With m NULL: the
 * addresses of the handlers, the 257th for an opcode that a fork does not have. */
const void *const *tr_evm_loop_plain(tr_evm *m);
const void *const *tr_evm_loop_traced(tr_evm *m);

static inline tr_addr tr_u256_to_addr(const tr_u256 *x)
{
    tr_addr a;
    tr_store32be(a.b, (uint32_t)x->w[2]);
    tr_store64be(a.b + 4, x->w[1]);
    tr_store64be(a.b + 12, x->w[0]);
    return a;
}

static inline tr_u256 tr_addr_to_u256(const tr_addr *a)
{
    return (tr_u256){{tr_load64be(a->b + 12), tr_load64be(a->b + 4), tr_load32be(a->b), 0}};
}

/* SIGNEXTEND: the lowest *at + 1 bytes of x as a signed number. */
static inline tr_u256 tr_evm_signextend(const tr_u256 *x, const tr_u256 *at)
{
    if (!tr_u256_is_u64(*at) || at->w[0] >= 31) return *x;
    unsigned limb = (unsigned)at->w[0] / 8, up = 56 - 8 * ((unsigned)at->w[0] % 8);
    uint64_t last = (uint64_t)((int64_t)(x->w[limb] << up) >> up);
    uint64_t above = (uint64_t)0 - (last >> 63);
    return (tr_u256){{limb == 0 ? last : x->w[0],
                      limb < 1    ? above
                      : limb == 1 ? last
                                  : x->w[1],
                      limb < 2    ? above
                      : limb == 2 ? last
                                  : x->w[2],
                      limb < 3 ? above : last}};
}

static inline bool tr_evm_is_jump(const tr_evm_frame *f, const tr_u256 *to)
{
    return tr_u256_is_u64(*to) && to->w[0] < f->code_len &&
           (f->jumps[to->w[0] / 64] >> (to->w[0] % 64) & 1) != 0;
}

#endif
