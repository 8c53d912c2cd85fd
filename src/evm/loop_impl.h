/* The loop.  Compiled twice: loop_plain.c, and loop_traced.c, which tells a tracer before each
 * instruction (TR_LOOP_TRACED 1).
 *
 * pc is at the instruction that runs; sp at the stack's top word.  A handler checks the stack, pays
 * the constant part, works and jumps on by itself, so that each has an indirect jump of its own for
 * the processor to learn.  What a fork lacks is not in its table of handlers. */
#ifndef TR_EVM_LOOP_IMPL_H
#define TR_EVM_LOOP_IMPL_H

#include "evm/evm_internal.h"

#ifndef TR_LOOP_TRACED
#define TR_LOOP_TRACED 0
#endif
#if TR_LOOP_TRACED
#define LOOP_NAME tr_evm_loop_traced
#else
#define LOOP_NAME tr_evm_loop_plain
#endif

#if defined(__GNUC__) && !defined(__clang__)
#define LOOP_FUNCTION __attribute__((optimize("no-gcse", "no-crossjumping"), noinline))
#else
#define LOOP_FUNCTION __attribute__((noinline))
#endif

#if TR_LOOP_TRACED
#define GO() goto step
#else
#define GO() goto *table[*pc]
#endif
#define NEXT(n)                                                                                    \
    do {                                                                                           \
        pc += (n);                                                                                 \
        GO();                                                                                      \
    } while (0)

#define FAULT(why)                                                                                 \
    do {                                                                                           \
        status = (why);                                                                            \
        goto fault;                                                                                \
    } while (0)
#define NEED(n)                                                                                    \
    if (TR_UNLIKELY(sp < low + (n))) goto underflow
#define ROOM()                                                                                     \
    if (TR_UNLIKELY(sp >= low + TR_EVM_STACK_LIMIT)) goto overflow
#define PAY(cost)                                                                                  \
    if (TR_UNLIKELY((gas -= (cost)) < 0)) goto out_of_gas

/* An instruction that takes two words and leaves one, which expr works out of a and b. */
#define TWO(name, cost, expr)                                                                      \
    op_##name : NEED(2);                                                                           \
    PAY(cost);                                                                                     \
    {                                                                                              \
        const tr_u256 a = sp[0], b = sp[-1];                                                       \
        sp[-1] = (expr);                                                                           \
        sp -= 1;                                                                                   \
    }                                                                                              \
    NEXT(1);

#define ONE(name, cost, expr)                                                                      \
    op_##name : NEED(1);                                                                           \
    PAY(cost);                                                                                     \
    *sp = (expr);                                                                                  \
    NEXT(1);
#define FLAG(condition) tr_u256_of((uint64_t)(condition))

/* One that takes two or three words and works in a function of u256. */
#define TWO_CALL(name, cost, function)                                                             \
    op_##name : NEED(2);                                                                           \
    PAY(cost);                                                                                     \
    sp[-1] = function(&sp[0], &sp[-1]);                                                            \
    sp -= 1;                                                                                       \
    NEXT(1);
#define THREE_CALL(name, cost, function)                                                           \
    op_##name : NEED(3);                                                                           \
    PAY(cost);                                                                                     \
    sp[-2] = function(&sp[0], &sp[-1], &sp[-2]);                                                   \
    sp -= 2;                                                                                       \
    NEXT(1);

/* One that leaves a word. */
#define GIVE(name, cost, expr)                                                                     \
    op_##name : ROOM();                                                                            \
    PAY(cost);                                                                                     \
    sp += 1;                                                                                       \
    *sp = (expr);                                                                                  \
    NEXT(1);

/* One of instructions.c: takes need words, and the stack grows by growth. */
#define CALLED(name, need, growth, cost, ...)                                                      \
    op_##name : NEED(need);                                                                        \
    PAY(cost);                                                                                     \
    gas = __VA_ARGS__;                                                                             \
    if (TR_UNLIKELY(gas < 0)) goto gas_fault;                                                      \
    sp += (growth);                                                                                \
    NEXT(1);

#define signextend(at, x) tr_evm_signextend((x), (at))
#define RULE_GAS(name)    (m->rules->ops[TR_OP_##name].gas)

/* A PUSH of n bytes, which is a constant: most fit in one limb. */
static inline __attribute__((always_inline)) tr_u256 push_word(const uint8_t *from, unsigned n)
{
    tr_u256 x = TR_U256_ZERO;
    for (unsigned i = 0; i < 4; i++) {
        unsigned above = 8 * i;
        if (n >= above + 8)
            x.w[i] = tr_load64be(from + n - above - 8);
        else if (n > above)
            x.w[i] = tr_load64be(from) >> (64 - 8 * (n - above));
    }
    return x;
}
#define PUSH(n)                                                                                    \
    op_PUSH##n : ROOM();                                                                           \
    PAY(3);                                                                                        \
    sp += 1;                                                                                       \
    *sp = push_word(pc + 1, (n));                                                                  \
    NEXT((n) + 1);
#define DUP(n)                                                                                     \
    op_DUP##n : NEED(n);                                                                           \
    ROOM();                                                                                        \
    PAY(3);                                                                                        \
    sp[1] = sp[1 - (n)];                                                                           \
    sp += 1;                                                                                       \
    NEXT(1);
#define SWAP(n)                                                                                    \
    op_SWAP##n : NEED((n) + 1);                                                                    \
    PAY(3);                                                                                        \
    {                                                                                              \
        tr_u256 other = sp[-(n)];                                                                  \
        sp[-(n)] = sp[0];                                                                          \
        sp[0] = other;                                                                             \
    }                                                                                              \
    NEXT(1);
#define LOG(n) CALLED(LOG##n, (n) + 2, -((n) + 2), 375, tr_evm_log(m, f, sp, gas, (n)))
#define EACH_16(x)                                                                                 \
    x(1) x(2) x(3) x(4) x(5) x(6) x(7) x(8) x(9) x(10) x(11) x(12) x(13) x(14) x(15) x(16)
#define EACH_HIGH(x)                                                                               \
    x(17) x(18) x(19) x(20) x(21) x(22) x(23) x(24) x(25) x(26) x(27) x(28) x(29) x(30) x(31) x(32)

/* Memory for len bytes (a constant up to 32) from the offset at sp on. */
#define MEMORY(len)                                                                                \
    if (TR_UNLIKELY(!tr_u256_is_u64(*sp) || sp->w[0] >= f->memory_room)) {                         \
        gas = tr_evm_grow(m, f, sp, (len), gas);                                                   \
        if (gas < 0) goto gas_fault;                                                               \
    }

/* A jump; where the frame has used much gas, hot code goes on in the fast loop. */
#if TR_LOOP_TRACED
#define JUMP_TO(place)                                                                             \
    do {                                                                                           \
        pc = f->code + (place);                                                                    \
        GO();                                                                                      \
    } while (0)
#else
#define JUMP_TO(place)                                                                             \
    do {                                                                                           \
        pc = f->code + (place);                                                                    \
        if (TR_UNLIKELY(gas < f->ask_below)) {                                                     \
            f->sp = sp;                                                                            \
            f->gas = gas;                                                                          \
            if (tr_evm_try_fast(m, f, (place))) return handlers;                                   \
        }                                                                                          \
        GO();                                                                                      \
    } while (0)
#endif

/* An instruction that may begin a frame. */
#define BEGIN(name, need, function)                                                                \
    op_##name : NEED(need);                                                                        \
    PAY(RULE_GAS(name));                                                                           \
    f->pc = pc;                                                                                    \
    f->sp = sp;                                                                                    \
    f->gas = gas;                                                                                  \
    switch (function(m, f, TR_OP_##name)) {                                                        \
    case TR_NEXT_OP:                                                                               \
        sp = f->sp;                                                                                \
        gas = f->gas;                                                                              \
        NEXT(1);                                                                                   \
    case TR_NEXT_FRAME:                                                                            \
        goto newest;                                                                               \
    case TR_NEXT_FAULT:                                                                            \
        FAULT(m->end.status);                                                                      \
    }                                                                                              \
    __builtin_unreachable();

/* What needs no more than a line each. */
#define WORD_HANDLERS                                                                              \
    TWO(ADD, 3, tr_u256_add(a, b))                                                                 \
    TWO(MUL, 5, tr_u256_mul(a, b))                                                                 \
    TWO(SUB, 3, tr_u256_sub(a, b))                                                                 \
    TWO_CALL(DIV, 5, tr_u256_div)                                                                  \
    TWO_CALL(SDIV, 5, tr_u256_sdiv)                                                                \
    TWO_CALL(MOD, 5, tr_u256_mod)                                                                  \
    TWO_CALL(SMOD, 5, tr_u256_smod)                                                                \
    THREE_CALL(ADDMOD, 8, tr_u256_addmod)                                                          \
    THREE_CALL(MULMOD, 8, tr_u256_mulmod)                                                          \
    TWO_CALL(SIGNEXTEND, 5, signextend)                                                            \
    TWO(LT, 3, FLAG(tr_u256_lt(a, b)))                                                             \
    TWO(GT, 3, FLAG(tr_u256_lt(b, a)))                                                             \
    TWO(SLT, 3, FLAG(tr_u256_slt(a, b)))                                                           \
    TWO(SGT, 3, FLAG(tr_u256_slt(b, a)))                                                           \
    TWO(EQ, 3, FLAG(tr_u256_eq(a, b)))                                                             \
    TWO(AND, 3, tr_u256_and(a, b))                                                                 \
    TWO(OR, 3, tr_u256_or(a, b))                                                                   \
    TWO(XOR, 3, tr_u256_xor(a, b))                                                                 \
    TWO(BYTE, 3, tr_u256_byte(b, tr_u256_to_u64(a)))                                               \
    TWO(SHL, 3, tr_u256_shl(b, tr_u256_to_u64(a)))                                                 \
    TWO(SHR, 3, tr_u256_shr(b, tr_u256_to_u64(a)))                                                 \
    TWO(SAR, 3, tr_u256_sar(b, tr_u256_to_u64(a)))
#define GIVEN_HANDLERS                                                                             \
    GIVE(ADDRESS, 2, tr_addr_to_u256(&f->self->address))                                           \
    GIVE(ORIGIN, 2, tr_addr_to_u256(&m->env->origin))                                              \
    GIVE(CALLER, 2, tr_addr_to_u256(&f->caller))                                                   \
    GIVE(CALLVALUE, 2, f->value)                                                                   \
    GIVE(CALLDATASIZE, 2, tr_u256_of(f->input.len))                                                \
    GIVE(CODESIZE, 2, tr_u256_of(f->code_len))                                                     \
    GIVE(GASPRICE, 2, m->env->gas_price)                                                           \
    GIVE(RETURNDATASIZE, 2, tr_u256_of(m->returned.len))                                           \
    GIVE(COINBASE, 2, tr_addr_to_u256(&m->env->coinbase))                                          \
    GIVE(TIMESTAMP, 2, tr_u256_of(m->env->time))                                                   \
    GIVE(NUMBER, 2, tr_u256_of(m->env->number))                                                    \
    GIVE(PREVRANDAO, 2, m->env->difficulty)                                                        \
    GIVE(GASLIMIT, 2, tr_u256_of(m->env->gas_limit))                                               \
    GIVE(CHAINID, 2, tr_u256_of(m->env->chain_id))                                                 \
    GIVE(SELFBALANCE, 5, f->self->balance)                                                         \
    GIVE(BASEFEE, 2, m->env->base_fee)                                                             \
    GIVE(BLOBBASEFEE, 2, m->env->blob_base_fee)                                                    \
    GIVE(PC, 2, tr_u256_of((uint64_t)(pc - f->code)))                                              \
    GIVE(MSIZE, 2, tr_u256_of(f->memory_size))                                                     \
    GIVE(GAS, 2, tr_u256_of((uint64_t)gas))                                                        \
    GIVE(PUSH0, 2, TR_U256_ZERO)
#define CALLED_HANDLERS                                                                            \
    CALLED(BALANCE, 1, 0, RULE_GAS(BALANCE), tr_evm_balance(m, f, sp, gas))                        \
    CALLED(EXTCODESIZE, 1, 0, RULE_GAS(EXTCODESIZE), tr_evm_extcodesize(m, f, sp, gas))            \
    CALLED(EXTCODECOPY, 4, -4, RULE_GAS(EXTCODECOPY), tr_evm_extcodecopy(m, f, sp, gas))           \
    CALLED(EXTCODEHASH, 1, 0, RULE_GAS(EXTCODEHASH), tr_evm_extcodehash(m, f, sp, gas))            \
    CALLED(CALLDATACOPY, 3, -3, 3, tr_evm_calldatacopy(m, f, sp, gas))                             \
    CALLED(CODECOPY, 3, -3, 3, tr_evm_codecopy(m, f, sp, gas))                                     \
    CALLED(RETURNDATACOPY, 3, -3, 3, tr_evm_returndatacopy(m, f, sp, gas))                         \
    CALLED(BLOCKHASH, 1, 0, 20, tr_evm_blockhash(m, f, sp, gas))                                   \
    CALLED(BLOBHASH, 1, 0, 3, tr_evm_blobhash(m, f, sp, gas))                                      \
    CALLED(SLOAD, 1, 0, RULE_GAS(SLOAD), tr_evm_sload(m, f, sp, gas))                              \
    CALLED(SSTORE, 2, -2, RULE_GAS(SSTORE), tr_evm_sstore(m, f, sp, gas))                          \
    CALLED(TLOAD, 1, 0, 100, tr_evm_tload(m, f, sp, gas))                                          \
    CALLED(TSTORE, 2, -2, 100, tr_evm_tstore(m, f, sp, gas))                                       \
    CALLED(MCOPY, 3, -3, 3, tr_evm_mcopy(m, f, sp, gas))
#define STACK_HANDLERS                                                                             \
    EACH_16(PUSH)                                                                                  \
    EACH_HIGH(PUSH)                                                                                \
    EACH_16(DUP)                                                                                   \
    EACH_16(SWAP)                                                                                  \
    LOG(0)                                                                                         \
    LOG(1)                                                                                         \
    LOG(2)                                                                                         \
    LOG(3)                                                                                         \
    LOG(4)

/* What may begin a frame. */
#define BEGIN_HANDLERS                                                                             \
    BEGIN(CREATE, 3, tr_evm_create)                                                                \
    BEGIN(CREATE2, 4, tr_evm_create)                                                               \
    BEGIN(CALL, 7, tr_evm_call)                                                                    \
    BEGIN(CALLCODE, 7, tr_evm_call)                                                                \
    BEGIN(DELEGATECALL, 6, tr_evm_call)                                                            \
    BEGIN(STATICCALL, 6, tr_evm_call)

#define HANDLER(name, number) [number] = &&op_##name,

LOOP_FUNCTION const void *const *LOOP_NAME(tr_evm *m)
{
    static const void *const handlers[257] = {TR_OPS(HANDLER)[256] = &&op_INVALID};
    if (m == NULL) return handlers;

    const void *const *const table = m->tables[TR_LOOP_TRACED];
    tr_evm_frame *f;
    const uint8_t *pc;
    tr_u256 *sp, *low;
    int64_t gas;
    tr_evm_status status;

newest:
    f = &m->frames[m->depth - 1];
resume:
#if !TR_LOOP_TRACED
    if (f->cell != NULL) return handlers;
#endif
    pc = f->pc;
    sp = f->sp;
    gas = f->gas;
    low = f->low;
    GO();

#if TR_LOOP_TRACED
step:
    f->pc = pc;
    f->sp = sp;
    f->gas = gas;
    status = tr_evm_step(m, f);
    if (status != TR_EVM_OK) goto fault;
    goto *table[*pc];
#endif

    WORD_HANDLERS

    ONE(ISZERO, 3, FLAG(tr_u256_iszero(*sp)))
    ONE(NOT, 3, tr_u256_not(*sp))
    ONE(CLZ, 5, tr_u256_of(tr_u256_clz(*sp)))

    CALLED(EXP, 2, -1, 10, tr_evm_exp(m, f, sp, gas))
    CALLED(KECCAK256, 2, -1, 30, tr_evm_keccak(m, f, sp, gas))

    GIVEN_HANDLERS

    CALLED_HANDLERS

op_CALLDATALOAD:
    NEED(1);
    PAY(3);
    if (TR_LIKELY(tr_u256_is_u64(*sp) && sp->w[0] < f->input.len && f->input.len - sp->w[0] >= 32))
        *sp = tr_u256_from_be(f->input.data + sp->w[0]);
    else
        gas = tr_evm_calldataload(m, f, sp, gas);
    NEXT(1);

op_POP:
    NEED(1);
    PAY(2);
    sp -= 1;
    NEXT(1);
op_MLOAD:
    NEED(1);
    PAY(3);
    MEMORY(32);
    *sp = tr_u256_from_be(f->memory + sp->w[0]);
    NEXT(1);
op_MSTORE:
    NEED(2);
    PAY(3);
    MEMORY(32);
    tr_u256_to_be(sp[-1], f->memory + sp->w[0]);
    sp -= 2;
    NEXT(1);
op_MSTORE8:
    NEED(2);
    PAY(3);
    MEMORY(1);
    f->memory[sp->w[0]] = (uint8_t)sp[-1].w[0];
    sp -= 2;
    NEXT(1);

op_JUMP:
    NEED(1);
    PAY(8);
    if (TR_UNLIKELY(!tr_evm_is_jump(f, sp))) FAULT(TR_EVM_BAD_JUMP);
    sp -= 1;
    JUMP_TO(sp[1].w[0]);
op_JUMPI:
    NEED(2);
    PAY(10);
    sp -= 2;
    if (tr_u256_iszero(sp[1])) NEXT(1);
    if (TR_UNLIKELY(!tr_evm_is_jump(f, &sp[2]))) FAULT(TR_EVM_BAD_JUMP);
    JUMP_TO(sp[2].w[0]);
op_JUMPDEST:
    PAY(1);
    NEXT(1);

    STACK_HANDLERS

    BEGIN_HANDLERS

op_STOP:
    m->output = (tr_bytes){NULL, 0};
    status = TR_EVM_OK;
    goto leave;
op_RETURN:
    NEED(2);
    gas = tr_evm_output(m, f, sp, gas);
    if (TR_UNLIKELY(gas < 0)) goto gas_fault;
    status = TR_EVM_OK;
    goto leave;
op_REVERT:
    NEED(2);
    gas = tr_evm_output(m, f, sp, gas);
    if (TR_UNLIKELY(gas < 0)) goto gas_fault;
    status = TR_EVM_REVERT;
    goto leave;
op_SELFDESTRUCT:
    NEED(1);
    PAY(RULE_GAS(SELFDESTRUCT));
    gas = tr_evm_destroy(m, f, sp, gas);
    if (TR_UNLIKELY(gas < 0)) goto gas_fault;
    m->output = (tr_bytes){NULL, 0};
    status = TR_EVM_OK;
    goto leave;
op_INVALID:
    FAULT(TR_EVM_BAD_OPCODE);

underflow:
    FAULT(TR_EVM_STACK_UNDERFLOW);
overflow:
    FAULT(TR_EVM_STACK_OVERFLOW);
out_of_gas:
    FAULT(TR_EVM_OUT_OF_GAS);
gas_fault:
    FAULT((tr_evm_status)-gas);
fault:
#if TR_LOOP_TRACED
    tr_evm_step_failed(m, f, status);
#endif
leave:
    f = tr_evm_leave(m, status, gas);
    if (f == NULL) return NULL;
    f->pc += 1;
    goto resume;
}

#endif
