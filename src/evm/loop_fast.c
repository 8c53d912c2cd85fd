/* The loop over hot code (fast_internal.h). */
#include "evm/fast_internal.h"

#if defined(__GNUC__) && !defined(__clang__)
#define LOOP_FUNCTION __attribute__((optimize("no-gcse", "no-crossjumping"), noinline))
#else
#define LOOP_FUNCTION __attribute__((noinline))
#endif

#define GO() goto * ip->go
#define NEXT()                                                                                     \
    do {                                                                                           \
        ip++;                                                                                      \
        GO();                                                                                      \
    } while (0)
#define FAULT(why)                                                                                 \
    do {                                                                                           \
        status = (why);                                                                            \
        goto leave;                                                                                \
    } while (0)

#define AT(place)     ((tr_u256 *)(void *)((uint8_t *)sp + (place)))
#define CONST(place)  ((const tr_u256 *)(const void *)((const uint8_t *)constants + (place)))
#define D             AT(ip->d)
#define MOVE_BASE(by) (sp = AT(by))

/* A block's head is at ip. */
#define ENTER()                                                                                    \
    do {                                                                                           \
        uint64_t has_ = (uint64_t)((const uint8_t *)sp - (const uint8_t *)low);                    \
        gas -= ip->d;                                                                              \
        if (TR_UNLIKELY(gas < 0 || has_ - (uint64_t)ip->a > (uint64_t)ip->b)) goto refused;        \
        NEXT();                                                                                    \
    } while (0)

#define TWO_FORMS(name, expr)                                                                      \
    op_##name:                                                                                     \
    {                                                                                              \
        const tr_u256 *const pa = AT(ip->a), *const pb = AT(ip->b);                                \
        *D = (expr);                                                                               \
    }                                                                                              \
    NEXT();                                                                                        \
    op_##name##_K:                                                                                 \
    {                                                                                              \
        const tr_u256 *const pa = AT(ip->a), *const pb = CONST(ip->b);                             \
        *D = (expr);                                                                               \
    }                                                                                              \
    NEXT();                                                                                        \
    op_K_##name:                                                                                   \
    {                                                                                              \
        const tr_u256 *const pa = CONST(ip->a), *const pb = AT(ip->b);                             \
        *D = (expr);                                                                               \
    }                                                                                              \
    NEXT();

#define JUMP_IF(condition)                                                                         \
    do {                                                                                           \
        bool taken_ = (condition);                                                                 \
        MOVE_BASE(ip->d);                                                                          \
        if (taken_) {                                                                              \
            ip = cells + ip->n;                                                                    \
            ENTER();                                                                               \
        }                                                                                          \
        ip++;                                                                                      \
        ENTER();                                                                                   \
    } while (0)

#define COMPARE_FORMS(name, expr)                                                                  \
    TWO_FORMS(name, tr_u256_of((uint64_t)(expr)))                                                  \
    op_J##name:                                                                                    \
    {                                                                                              \
        const tr_u256 *const pa = AT(ip->a), *const pb = AT(ip->b);                                \
        JUMP_IF(expr);                                                                             \
    }                                                                                              \
    op_J##name##_K:                                                                                \
    {                                                                                              \
        const tr_u256 *const pa = AT(ip->a), *const pb = CONST(ip->b);                             \
        JUMP_IF(expr);                                                                             \
    }                                                                                              \
    op_JK_##name:                                                                                  \
    {                                                                                              \
        const tr_u256 *const pa = CONST(ip->a), *const pb = AT(ip->b);                             \
        JUMP_IF(expr);                                                                             \
    }

/* A limb of a word shifted by whole limbs and 0 to 63 bits: i and limbs are constants. */
#define UP(x, i, bits)                                                                             \
    ((i) < 0 ? 0                                                                                   \
             : (x)->w[(i) < 0 ? 0 : (i)] << (bits) |                                               \
                   ((i) < 1 ? 0 : ((x)->w[(i) < 1 ? 0 : (i)-1] >> 1) >> (63 - (bits))))
#define DOWN(x, i, bits)                                                                           \
    ((i) > 3 ? 0                                                                                   \
             : (x)->w[(i) > 3 ? 3 : (i)] >> (bits) |                                               \
                   ((i) > 2 ? 0 : ((x)->w[(i) > 2 ? 3 : (i) + 1] << 1) << (63 - (bits))))
#define SHIFTS(limbs)                                                                              \
    op_SHL_##limbs:                                                                                \
    {                                                                                              \
        const tr_u256 *x = AT(ip->b);                                                              \
        unsigned bits = (unsigned)ip->n;                                                           \
        *D = (tr_u256){{UP(x, 0 - limbs, bits), UP(x, 1 - limbs, bits), UP(x, 2 - limbs, bits),    \
                        UP(x, 3 - limbs, bits)}};                                                  \
    }                                                                                              \
    NEXT();                                                                                        \
    op_SHR_##limbs:                                                                                \
    {                                                                                              \
        const tr_u256 *x = AT(ip->b);                                                              \
        unsigned bits = (unsigned)ip->n;                                                           \
        *D = (tr_u256){{DOWN(x, 0 + limbs, bits), DOWN(x, 1 + limbs, bits),                        \
                        DOWN(x, 2 + limbs, bits), DOWN(x, 3 + limbs, bits)}};                      \
    }                                                                                              \
    NEXT();

#define GIVE(name, expr)                                                                           \
    op_##name : *D = (expr);                                                                       \
    NEXT();

#define MEMORY(offset, len)                                                                        \
    if (TR_UNLIKELY(!tr_u256_is_u64(*(offset)) || (offset)->w[0] >= f->memory_room)) {             \
        gas = tr_evm_grow(m, f, (offset), (len), gas);                                             \
        if (gas < 0) goto gas_fault;                                                               \
    }
#define MEMORY_N(len)                                                                              \
    if (TR_UNLIKELY((uint64_t)(uint32_t)ip->n >= f->memory_room)) {                                \
        tr_u256 offset_ = tr_u256_of((uint32_t)ip->n);                                             \
        gas = tr_evm_grow(m, f, &offset_, (len), gas);                                             \
        if (gas < 0) goto gas_fault;                                                               \
    }
#define MEMORY_AT_N (f->memory + (uint32_t)ip->n)

#define CALLED(name, function)                                                                     \
    op_##name : gas = tr_evm_##function(m, f, D, gas);                                             \
    if (TR_UNLIKELY(gas < 0)) goto gas_fault;                                                      \
    NEXT();

/* A block follows, whose base is the top after the call. */
#define BEGIN(name, function)                                                                      \
    op_##name : f->cell = ip + 1;                                                                  \
    f->sp = D;                                                                                     \
    f->gas = gas;                                                                                  \
    switch (tr_evm_##function(m, f, TR_OP_##name)) {                                               \
    case TR_NEXT_OP:                                                                               \
        sp = f->sp;                                                                                \
        gas = f->gas;                                                                              \
        ip++;                                                                                      \
        ENTER();                                                                                   \
    case TR_NEXT_FRAME:                                                                            \
        goto newest;                                                                               \
    case TR_NEXT_FAULT:                                                                            \
        FAULT(m->end.status);                                                                      \
    }                                                                                              \
    __builtin_unreachable();

#define LABEL(name)          [TR_FAST_##name] = &&op_##name,
#define LABEL_3(name)        LABEL(name) LABEL(name##_K) LABEL(K_##name)
#define LABEL_J(name)        LABEL(J##name) LABEL(J##name##_K) LABEL(JK_##name)
#define LABEL_F(name, other) LABEL(name)

LOOP_FUNCTION const void *const *tr_evm_loop_fast(tr_evm *m)
{
    static const void *const handlers[TR_FAST_OPS] = {
        LABEL(CHECK) LABEL(FALL) LABEL(PLAIN) LABEL(JUMP) LABEL(JUMP_TO) LABEL(JUMPI_TO)
            LABEL(JUMPI) LABEL(JUMPZ) LABEL(MOVE) LABEL(MOVE_K) LABEL(EXCHANGE) LABEL(ISZERO)
                LABEL(NONZERO) LABEL(NOT) LABEL(CLZ) LABEL(SHL_0) LABEL(SHL_1) LABEL(SHL_2)
                    LABEL(SHL_3) LABEL(SHR_0) LABEL(SHR_1) LABEL(SHR_2) LABEL(SHR_3) LABEL(SAR_N)
                        LABEL(ADDMOD) LABEL(MULMOD) LABEL(ADDMOD_K) LABEL(MULMOD_K) LABEL(MLOAD)
                            LABEL(MLOAD_N) LABEL(MSTORE) LABEL(MSTORE_N) LABEL(MSTORE_K)
                                LABEL(MSTORE_N_K) LABEL(MSTORE8) LABEL(CALLDATALOAD)
                                    LABEL(CALLDATALOAD_N) LABEL(GAS) LABEL(LOG) LABEL(STOP)
                                        LABEL(RETURN) LABEL(REVERT) TR_FAST_TWO(LABEL_3)
                                            TR_FAST_COMPARE(LABEL_3) TR_FAST_COMPARE(LABEL_J)
                                                TR_FAST_GIVE(LABEL) TR_FAST_CALLED(LABEL_F)
                                                    TR_FAST_BEGIN(LABEL_F)};
    if (m == NULL) return handlers;

    tr_evm_frame *f;
    const tr_cell *ip, *cells;
    const tr_u256 *constants;
    tr_u256 *sp, *low;
    int64_t gas;
    tr_evm_status status;

newest:
    f = &m->frames[m->depth - 1];
resume:
    if (f->cell == NULL) return handlers;
    ip = f->cell;
    cells = f->fast->cells;
    constants = f->fast->constants;
    sp = f->sp;
    gas = f->gas;
    low = f->low;
    ENTER();

refused:
    gas += ip->d;
    f->pc = f->code + ip->n;
    goto plain;
op_PLAIN:
    MOVE_BASE(ip->d);
    f->pc = f->code + ip->n;
plain:
    f->cell = NULL;
    f->sp = sp;
    f->gas = gas;
    return handlers;

op_FALL:
    MOVE_BASE(ip->d);
    ip++;
    ENTER();
op_CHECK:
    ENTER();

op_JUMP:
    MOVE_BASE(ip->d);
    ip = cells + ip->n;
    ENTER();
op_JUMP_TO : {
    const tr_u256 *to = AT(ip->a);
    if (TR_UNLIKELY(!tr_evm_is_jump(f, to))) FAULT(TR_EVM_BAD_JUMP);
    MOVE_BASE(ip->d);
    ip = cells + f->fast->targets[to->w[0]];
    ENTER();
}
op_JUMPI_TO : {
    const tr_u256 *to = AT(ip->a), *condition = AT(ip->b);
    if (tr_u256_iszero(*condition)) {
        MOVE_BASE(ip->d);
        ip++;
        ENTER();
    }
    if (TR_UNLIKELY(!tr_evm_is_jump(f, to))) FAULT(TR_EVM_BAD_JUMP);
    MOVE_BASE(ip->d);
    ip = cells + f->fast->targets[to->w[0]];
    ENTER();
}
op_JUMPI:
    JUMP_IF(!tr_u256_iszero(*AT(ip->a)));
op_JUMPZ:
    JUMP_IF(tr_u256_iszero(*AT(ip->a)));

op_MOVE:
    *D = *AT(ip->a);
    NEXT();
op_MOVE_K:
    *D = *CONST(ip->a);
    NEXT();
op_EXCHANGE : {
    tr_u256 *one = AT(ip->a), *other = AT(ip->b), kept = *one;
    *one = *other;
    *other = kept;
    NEXT();
}
op_ISZERO:
    *D = tr_u256_of((uint64_t)tr_u256_iszero(*AT(ip->a)));
    NEXT();
op_NONZERO:
    *D = tr_u256_of((uint64_t)!tr_u256_iszero(*AT(ip->a)));
    NEXT();
op_NOT:
    *D = tr_u256_not(*AT(ip->a));
    NEXT();
op_CLZ:
    *D = tr_u256_of(tr_u256_clz(*AT(ip->a)));
    NEXT();
    SHIFTS(0)
    SHIFTS(1)
    SHIFTS(2)
    SHIFTS(3)
op_SAR_N:
    *D = tr_u256_sar(*AT(ip->b), (uint32_t)ip->n);
    NEXT();
op_ADDMOD:
    *D = tr_u256_addmod(AT(ip->a), AT(ip->b), AT(ip->n));
    NEXT();
op_MULMOD:
    *D = tr_u256_mulmod(AT(ip->a), AT(ip->b), AT(ip->n));
    NEXT();
op_ADDMOD_K:
    *D = tr_u256_addmod(AT(ip->a), AT(ip->b), CONST(ip->n));
    NEXT();
op_MULMOD_K:
    *D = tr_u256_mulmod(AT(ip->a), AT(ip->b), CONST(ip->n));
    NEXT();

op_MLOAD : {
    const tr_u256 *at = AT(ip->a);
    MEMORY(at, 32);
    *D = tr_u256_from_be(f->memory + at->w[0]);
    NEXT();
}
op_MLOAD_N:
    MEMORY_N(32);
    *D = tr_u256_from_be(MEMORY_AT_N);
    NEXT();
op_MSTORE : {
    const tr_u256 *at = AT(ip->a);
    MEMORY(at, 32);
    tr_u256_to_be(*AT(ip->b), f->memory + at->w[0]);
    NEXT();
}
op_MSTORE_N:
    MEMORY_N(32);
    tr_u256_to_be(*AT(ip->b), MEMORY_AT_N);
    NEXT();
op_MSTORE_K : {
    const tr_u256 *at = AT(ip->a);
    MEMORY(at, 32);
    tr_u256_to_be(*CONST(ip->b), f->memory + at->w[0]);
    NEXT();
}
op_MSTORE_N_K:
    MEMORY_N(32);
    tr_u256_to_be(*CONST(ip->b), MEMORY_AT_N);
    NEXT();
op_MSTORE8 : {
    const tr_u256 *at = AT(ip->a);
    MEMORY(at, 1);
    f->memory[at->w[0]] = (uint8_t)AT(ip->b)->w[0];
    NEXT();
}
op_CALLDATALOAD : {
    tr_u256 word = *AT(ip->a);
    if (TR_LIKELY(tr_u256_is_u64(word) && word.w[0] < f->input.len &&
                  f->input.len - word.w[0] >= 32))
        *D = tr_u256_from_be(f->input.data + word.w[0]);
    else {
        (void)tr_evm_calldataload(m, f, &word, 0);
        *D = word;
    }
    NEXT();
}
op_CALLDATALOAD_N : {
    tr_u256 word = tr_u256_of((uint32_t)ip->n);
    (void)tr_evm_calldataload(m, f, &word, 0);
    *D = word;
    NEXT();
}
op_GAS:
    *D = tr_u256_of((uint64_t)gas);
    NEXT();

    TWO_FORMS(ADD, tr_u256_add(*pa, *pb))
    TWO_FORMS(MUL, tr_u256_mul(*pa, *pb))
    TWO_FORMS(SUB, tr_u256_sub(*pa, *pb))
    TWO_FORMS(DIV, tr_u256_div(pa, pb))
    TWO_FORMS(SDIV, tr_u256_sdiv(pa, pb))
    TWO_FORMS(MOD, tr_u256_mod(pa, pb))
    TWO_FORMS(SMOD, tr_u256_smod(pa, pb))
    TWO_FORMS(SIGNEXTEND, tr_evm_signextend(pb, pa))
    TWO_FORMS(AND, tr_u256_and(*pa, *pb))
    TWO_FORMS(OR, tr_u256_or(*pa, *pb))
    TWO_FORMS(XOR, tr_u256_xor(*pa, *pb))
    TWO_FORMS(BYTE, tr_u256_byte(*pb, tr_u256_to_u64(*pa)))
    TWO_FORMS(SHL, tr_u256_shl(*pb, tr_u256_to_u64(*pa)))
    TWO_FORMS(SHR, tr_u256_shr(*pb, tr_u256_to_u64(*pa)))
    TWO_FORMS(SAR, tr_u256_sar(*pb, tr_u256_to_u64(*pa)))
    COMPARE_FORMS(LT, tr_u256_lt(*pa, *pb))
    COMPARE_FORMS(GE, !tr_u256_lt(*pa, *pb))
    COMPARE_FORMS(SLT, tr_u256_slt(*pa, *pb))
    COMPARE_FORMS(SGE, !tr_u256_slt(*pa, *pb))
    COMPARE_FORMS(EQ, tr_u256_eq(*pa, *pb))
    COMPARE_FORMS(NE, !tr_u256_eq(*pa, *pb))

    GIVE(ADDRESS, tr_addr_to_u256(&f->self->address))
    GIVE(ORIGIN, tr_addr_to_u256(&m->env->origin))
    GIVE(CALLER, tr_addr_to_u256(&f->caller))
    GIVE(CALLVALUE, f->value)
    GIVE(CALLDATASIZE, tr_u256_of(f->input.len))
    GIVE(GASPRICE, m->env->gas_price)
    GIVE(RETURNDATASIZE, tr_u256_of(m->returned.len))
    GIVE(COINBASE, tr_addr_to_u256(&m->env->coinbase))
    GIVE(TIMESTAMP, tr_u256_of(m->env->time))
    GIVE(NUMBER, tr_u256_of(m->env->number))
    GIVE(PREVRANDAO, m->env->difficulty)
    GIVE(GASLIMIT, tr_u256_of(m->env->gas_limit))
    GIVE(CHAINID, tr_u256_of(m->env->chain_id))
    GIVE(SELFBALANCE, f->self->balance)
    GIVE(BASEFEE, m->env->base_fee)
    GIVE(BLOBBASEFEE, m->env->blob_base_fee)
    GIVE(MSIZE, tr_u256_of(f->memory_size))

    TR_FAST_CALLED(CALLED)
op_LOG:
    gas = tr_evm_log(m, f, D, gas, (unsigned)ip->n);
    if (TR_UNLIKELY(gas < 0)) goto gas_fault;
    NEXT();
    TR_FAST_BEGIN(BEGIN)

op_STOP:
    m->output = (tr_bytes){NULL, 0};
    FAULT(TR_EVM_OK);
op_RETURN:
    gas = tr_evm_output(m, f, D, gas);
    if (TR_UNLIKELY(gas < 0)) goto gas_fault;
    FAULT(TR_EVM_OK);
op_REVERT:
    gas = tr_evm_output(m, f, D, gas);
    if (TR_UNLIKELY(gas < 0)) goto gas_fault;
    FAULT(TR_EVM_REVERT);

gas_fault:
    status = (tr_evm_status)-gas;
leave:
    f = tr_evm_leave(m, status, gas);
    if (f == NULL) return NULL;
    if (f->cell == NULL) {
        f->pc += 1;
        return handlers;
    }
    goto resume;
}
