/* Hot code in another form: instructions that name the words they work on.
 *
 * Within a block the stack's shape is known, so PUSH, DUP, SWAP and POP move names, not words; what
 * is left are operations with places relative to the block's first top word.  Gas and stack bounds
 * of a block are checked at its head, once.  Where the check fails, and wherever anything unusual
 * comes, the frame goes on in the plain loop, which finds everything in its place: so this form
 * decides nothing by itself.
 *
 * A block ends where gas must be exact (GAS, calls, storage, whatever reads the state) or where a
 * fault other than lack of gas is possible; so a fault has the same kind, and the state is read no
 * further, as in the plain loop. */
#ifndef TR_EVM_FAST_INTERNAL_H
#define TR_EVM_FAST_INTERNAL_H

#include "evm/evm_internal.h"

/* An instruction.  d, a, b are places: bytes from the base word, or, where the operation's name has
 * a K, from the start of the constants.  n: an immediate, a target, a third place. */
typedef struct tr_cell {
    union {
        const void *go;
        uint64_t op; /* while it is built */
    };
    int32_t d, a, b, n;
} tr_cell;

/* Forms of operations of two words: both on the stack, the second a constant, the first. */
#define TR_FAST_TWO(x)                                                                             \
    x(ADD) x(MUL) x(SUB) x(DIV) x(SDIV) x(MOD) x(SMOD) x(SIGNEXTEND) x(AND) x(OR) x(XOR) x(BYTE)   \
        x(SHL) x(SHR) x(SAR)
/* Comparisons, and what jumps on them. */
#define TR_FAST_COMPARE(x) x(LT) x(GE) x(SLT) x(SGE) x(EQ) x(NE)
#define TR_FAST_GIVE(x)                                                                            \
    x(ADDRESS) x(ORIGIN) x(CALLER) x(CALLVALUE) x(CALLDATASIZE) x(GASPRICE) x(RETURNDATASIZE)      \
        x(COINBASE) x(TIMESTAMP) x(NUMBER) x(PREVRANDAO) x(GASLIMIT) x(CHAINID) x(SELFBALANCE)     \
            x(BASEFEE) x(BLOBBASEFEE) x(MSIZE)
/* Calls of instructions.c; the words lie at d as in the plain loop. */
#define TR_FAST_CALLED(x)                                                                          \
    x(EXP, exp) x(KECCAK256, keccak) x(CALLDATACOPY, calldatacopy) x(CODECOPY, codecopy)           \
        x(BLOBHASH, blobhash) x(TLOAD, tload) x(MCOPY, mcopy) x(BALANCE, balance)                  \
            x(EXTCODESIZE, extcodesize) x(EXTCODECOPY, extcodecopy) x(EXTCODEHASH, extcodehash)    \
                x(RETURNDATACOPY, returndatacopy) x(BLOCKHASH, blockhash) x(SLOAD, sload)          \
                    x(SSTORE, sstore) x(TSTORE, tstore)
#define TR_FAST_BEGIN(x)                                                                           \
    x(CREATE, create) x(CREATE2, create) x(CALL, call) x(CALLCODE, call) x(DELEGATECALL, call)     \
        x(STATICCALL, call)

#define TR_FAST_ENUM_3(name)        TR_FAST_##name, TR_FAST_##name##_K, TR_FAST_K_##name,
#define TR_FAST_ENUM_J(name)        TR_FAST_J##name, TR_FAST_J##name##_K, TR_FAST_JK_##name,
#define TR_FAST_ENUM(name)          TR_FAST_##name,
#define TR_FAST_ENUM_F(name, other) TR_FAST_##name,
typedef enum tr_fast_op {
    TR_FAST_CHECK, /* d: gas, a: bytes needed, b: how many more there may be, n: pc */
    TR_FAST_FALL,  /* d: by how much the base moves */
    TR_FAST_PLAIN, /* goes on in the plain loop at pc n; d as FALL */
    TR_FAST_JUMP,  /* n: cell */
    TR_FAST_JUMP_TO,
    TR_FAST_JUMPI_TO,
    TR_FAST_JUMPI, /* a: the condition */
    TR_FAST_JUMPZ,
    TR_FAST_MOVE,
    TR_FAST_MOVE_K,
    TR_FAST_EXCHANGE,
    TR_FAST_ISZERO,
    TR_FAST_NONZERO,
    TR_FAST_NOT,
    TR_FAST_CLZ,
    TR_FAST_SHL_0, /* by n and as many limbs as the name says */
    TR_FAST_SHL_1,
    TR_FAST_SHL_2,
    TR_FAST_SHL_3,
    TR_FAST_SHR_0,
    TR_FAST_SHR_1,
    TR_FAST_SHR_2,
    TR_FAST_SHR_3,
    TR_FAST_SAR_N,
    TR_FAST_ADDMOD,
    TR_FAST_MULMOD,
    TR_FAST_ADDMOD_K,
    TR_FAST_MULMOD_K,
    TR_FAST_MLOAD,
    TR_FAST_MLOAD_N,
    TR_FAST_MSTORE,
    TR_FAST_MSTORE_N,
    TR_FAST_MSTORE_K,
    TR_FAST_MSTORE_N_K,
    TR_FAST_MSTORE8,
    TR_FAST_CALLDATALOAD,
    TR_FAST_CALLDATALOAD_N,
    TR_FAST_GAS,
    TR_FAST_LOG,
    TR_FAST_STOP,
    TR_FAST_RETURN,
    TR_FAST_REVERT,
    TR_FAST_TWO(TR_FAST_ENUM_3) TR_FAST_COMPARE(TR_FAST_ENUM_3) TR_FAST_COMPARE(TR_FAST_ENUM_J)
        TR_FAST_GIVE(TR_FAST_ENUM) TR_FAST_CALLED(TR_FAST_ENUM_F) TR_FAST_BEGIN(TR_FAST_ENUM_F)
            TR_FAST_OPS
} tr_fast_op;

typedef struct tr_fast {
    const tr_evm_rules *rules;
    const tr_cell *cells;
    const tr_u256 *constants;
    const uint32_t *targets; /* for each pc that is a JUMPDEST: its block's cell */
    size_t taken;            /* bytes of it all */
} tr_fast;

/* tr_fast_build makes the form of a code; NULL: no memory, or nothing to win.  handlers are those
 * of tr_evm_loop_fast(NULL). */
tr_fast *tr_fast_build(tr_alloc *alloc, const tr_code *code, const tr_evm_rules *rules,
                       const void *const *handlers, size_t limit);

#endif
