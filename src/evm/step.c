/* What a tracer is told: an instruction before it runs, with what it will cost, and frames. */
#include "evm/evm_internal.h"

void tr_evm_tell_enter(tr_evm *m, const tr_frame_begin *begin)
{
    if (m->tracer->enter != NULL) m->tracer->enter(m->tracer, begin);
}

void tr_evm_tell_leave(tr_evm *m, int depth, uint8_t op, tr_evm_status status, uint64_t gas_used,
                       tr_bytes output)
{
    if (m->tracer->leave == NULL) return;
    tr_frame_end end = {.state = m->state,
                        .depth = depth,
                        .op = op,
                        .status = (int)status,
                        .gas_used = gas_used,
                        .output = output};
    m->tracer->leave(m->tracer, &end);
}

typedef struct price {
    tr_evm_status fault;
    uint64_t cost;
    int64_t refund; /* what goes to the counter with it */
} price;

static price priced(uint64_t cost)
{
    return (price){TR_EVM_OK, cost, 0};
}

static price of_state(tr_state_price found, int64_t refund)
{
    return (price){found.fault, found.cost, refund};
}

static price of_call(tr_call_price found)
{
    return (price){found.fault, found.cost + found.passed, 0};
}

/* Without what it passes on, as every client tells it. */
static price of_create(tr_call_price found)
{
    return (price){found.fault, found.cost, 0};
}

static price of_accounts(const tr_evm *m, const tr_u256 *name, uint64_t more)
{
    tr_addr address = tr_u256_to_addr(name);
    uint64_t access = tr_account_price(m, &address);
    return priced(more == UINT64_MAX ? more : more + access);
}

static price store_price(tr_evm *m, const tr_evm_frame *f, int64_t gas)
{
    int64_t refund;
    tr_state_price found = tr_sstore_price(m, f, f->sp, gas, &refund);
    return of_state(found, refund);
}

static price destroy_price(tr_evm *m, const tr_evm_frame *f, int64_t gas)
{
    bool is_first = f->self->destroyed_tx != m->tx;
    return of_state(tr_destroy_price(m, f, f->sp, gas), is_first ? m->rules->refund_destroy : 0);
}

/* The part of an instruction's cost that is not constant; gas: after the constant part. */
static price dynamic_price(tr_evm *m, tr_evm_frame *f, uint8_t op, int64_t gas)
{
    const tr_evm_rules *rules = m->rules;
    const tr_u256 *sp = f->sp, word = tr_u256_of(32), byte = tr_u256_of(1);
    if (op >= TR_OP_LOG0 && op <= TR_OP_LOG4) {
        if (f->is_static) return (price){TR_EVM_STATIC, 0, 0};
        return priced(tr_log_price(m, f, sp, op - TR_OP_LOG0));
    }
    switch (op) {
    case TR_OP_EXP:
        return priced(tr_exp_price(m, &sp[-1]));
    case TR_OP_KECCAK256:
        return priced(tr_range_price(f, &sp[0], &sp[-1], rules->keccak_word));
    case TR_OP_CALLDATACOPY:
    case TR_OP_CODECOPY:
    case TR_OP_RETURNDATACOPY:
        return priced(tr_range_price(f, &sp[0], &sp[-2], rules->copy_word));
    case TR_OP_EXTCODECOPY:
        return of_accounts(m, sp, tr_range_price(f, &sp[-1], &sp[-3], rules->copy_word));
    case TR_OP_BALANCE:
    case TR_OP_EXTCODESIZE:
    case TR_OP_EXTCODEHASH:
        return of_accounts(m, sp, 0);
    case TR_OP_MLOAD:
    case TR_OP_MSTORE:
        return priced(tr_range_price(f, &sp[0], &word, 0));
    case TR_OP_MSTORE8:
        return priced(tr_range_price(f, &sp[0], &byte, 0));
    case TR_OP_MCOPY:
        return priced(tr_mcopy_price(m, f, sp));
    case TR_OP_SLOAD:
        return of_state(tr_sload_price(m, f, sp, gas), 0);
    case TR_OP_SSTORE:
        return store_price(m, f, gas);
    case TR_OP_TSTORE:
        return (price){f->is_static ? TR_EVM_STATIC : TR_EVM_OK, 0, 0};
    case TR_OP_RETURN:
    case TR_OP_REVERT:
        return priced(tr_range_price(f, &sp[0], &sp[-1], 0));
    case TR_OP_SELFDESTRUCT:
        return destroy_price(m, f, gas);
    case TR_OP_CALL:
    case TR_OP_CALLCODE:
    case TR_OP_DELEGATECALL:
    case TR_OP_STATICCALL:
        return of_call(tr_evm_call_price(m, f, op, gas));
    case TR_OP_CREATE:
    case TR_OP_CREATE2:
        return of_create(tr_evm_create_price(m, f, op, gas));
    default:
        return priced(0);
    }
}

static price price_of(tr_evm *m, tr_evm_frame *f)
{
    const tr_op_rule *op = &m->rules->ops[*f->pc];
    size_t size = (size_t)(f->sp - f->low);
    if (!op->defined) return (price){TR_EVM_BAD_OPCODE, 0, 0};
    if (size < op->need) return (price){TR_EVM_STACK_UNDERFLOW, 0, 0};
    if (op->growth > 0 && size + (size_t)op->growth > TR_EVM_STACK_LIMIT)
        return (price){TR_EVM_STACK_OVERFLOW, 0, 0};
    if (f->gas < op->gas) return (price){TR_EVM_OUT_OF_GAS, op->gas, 0};
    price found = dynamic_price(m, f, *f->pc, f->gas - op->gas);
    if (found.cost == UINT64_MAX) return (price){TR_EVM_OUT_OF_GAS, 0, 0};
    found.cost += op->gas;
    if (found.fault == TR_EVM_OK && found.cost > (uint64_t)f->gas) found.fault = TR_EVM_OUT_OF_GAS;
    return found;
}

static void tell(tr_evm *m, tr_evm_frame *f, price found, bool is_repeat)
{
    if (m->tracer->step == NULL) return;
    tr_step step = {.state = m->state,
                    .pc = (uint64_t)(f->pc - f->code),
                    .gas = (uint64_t)f->gas,
                    .cost = found.cost,
                    .op = *f->pc,
                    .depth = (int)m->depth,
                    .account = f->self,
                    .stack = f->low + 1,
                    .stack_size = (size_t)(f->sp - f->low),
                    .memory = tr_bytes_of(f->memory, f->memory_size),
                    .return_data = m->returned,
                    .code = tr_bytes_of(f->code, f->code_len),
                    .caller = f->caller,
                    .code_address = f->code_address,
                    .value = f->value,
                    .refund = tr_state_refund(m->state) + found.refund,
                    .fault = (int)found.fault,
                    .is_repeat = is_repeat};
    m->tracer->step(m->tracer, &step);
}

tr_evm_status tr_evm_step(tr_evm *m, tr_evm_frame *f)
{
    if (m->tracer->stop != NULL && m->tracer->stop(m->tracer)) return TR_EVM_ABORTED;
    price found = price_of(m, f);
    if (found.fault == TR_EVM_ABORTED) return found.fault;
    m->is_fault_told = found.fault != TR_EVM_OK;
    m->step_cost = found.cost;
    tell(m, f, found, false);
    return found.fault;
}

void tr_evm_step_failed(tr_evm *m, tr_evm_frame *f, tr_evm_status status)
{
    if (m->is_fault_told || status == TR_EVM_ABORTED) return;
    tell(m, f, (price){status, m->step_cost, 0}, true);
}
