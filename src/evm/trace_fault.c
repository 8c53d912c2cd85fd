/* go-ethereum's words for how an instruction or a frame failed. */
#include "evm/trace_internal.h"

const char *tr_trace_op_name(uint8_t op, char scratch[TR_OP_SCRATCH])
{
    const char *name = op == TR_OP_PREVRANDAO ? "DIFFICULTY" : tr_op_name(op);
    if (name != NULL) return name;
    tr_buf text;
    tr_buf_init_fixed(&text, scratch, TR_OP_SCRATCH);
    tr_buf_printf(&text, "opcode 0x%x not defined", op);
    return tr_buf_text(&text);
}

bool tr_trace_is_late_fault(const tr_step *step)
{
    if (step->is_repeat) return true;
    if (step->fault == TR_EVM_OK) return step->op == TR_OP_REVERT; /* it "fails" once it is done */
    return step->fault == TR_EVM_REVERT || step->fault == TR_EVM_BAD_JUMP ||
           step->fault == TR_EVM_BAD_OPCODE || step->fault == TR_EVM_STATIC ||
           step->fault == TR_EVM_RETURNDATA;
}

/* Offset and size of a piece of memory, as places on the stack; size -1: size is fixed. */
typedef struct memory_operand {
    uint8_t offset;
    int8_t size;
    uint8_t fixed;
} memory_operand;

static unsigned memory_operands(uint8_t op, memory_operand out[2])
{
    switch (op) {
    case TR_OP_KECCAK256:
    case TR_OP_RETURN:
    case TR_OP_REVERT:
        out[0] = (memory_operand){0, 1, 0};
        return 1;
    case TR_OP_CALLDATACOPY:
    case TR_OP_CODECOPY:
    case TR_OP_RETURNDATACOPY:
        out[0] = (memory_operand){0, 2, 0};
        return 1;
    case TR_OP_EXTCODECOPY:
        out[0] = (memory_operand){1, 3, 0};
        return 1;
    case TR_OP_MLOAD:
    case TR_OP_MSTORE:
        out[0] = (memory_operand){0, -1, 32};
        return 1;
    case TR_OP_MSTORE8:
        out[0] = (memory_operand){0, -1, 1};
        return 1;
    case TR_OP_MCOPY:
        out[0] = (memory_operand){0, 2, 0};
        out[1] = (memory_operand){1, 2, 0};
        return 2;
    case TR_OP_CREATE:
    case TR_OP_CREATE2:
        out[0] = (memory_operand){1, 2, 0};
        return 1;
    case TR_OP_CALL:
    case TR_OP_CALLCODE:
        out[0] = (memory_operand){3, 4, 0};
        out[1] = (memory_operand){5, 6, 0};
        return 2;
    case TR_OP_DELEGATECALL:
    case TR_OP_STATICCALL:
        out[0] = (memory_operand){2, 3, 0};
        out[1] = (memory_operand){4, 5, 0};
        return 2;
    default:
        if (op < TR_OP_LOG0 || op > TR_OP_LOG4) return 0;
        out[0] = (memory_operand){0, 1, 0};
        return 1;
    }
}

/* True when an operand names memory beyond 64 bits. */
static bool memory_overflows(const tr_step *step)
{
    memory_operand operands[2] = {{0}};
    unsigned count = memory_operands(step->op, operands);
    for (unsigned i = 0; i < count; i++) {
        tr_u256 offset, size = tr_u256_of(operands[i].fixed);
        uint64_t end;
        if (!tr_step_peek(step, operands[i].offset, &offset)) return false;
        if (operands[i].size >= 0 && !tr_step_peek(step, (size_t)operands[i].size, &size))
            return false;
        if (tr_u256_iszero(size)) continue;
        if (!tr_u256_is_u64(offset) || !tr_u256_is_u64(size)) return true;
        if (__builtin_add_overflow(offset.w[0], size.w[0], &end)) return true;
        if (end > UINT64_MAX - 31) return true;
    }
    return false;
}

static bool is_call(uint8_t op)
{
    return op == TR_OP_CALL || op == TR_OP_CALLCODE || op == TR_OP_DELEGATECALL ||
           op == TR_OP_STATICCALL;
}

/* go-ethereum prices a call in two parts, and says so twice when the second fails. */
static bool fails_in_call_price(const tr_step *step, const tr_evm_rules *rules)
{
    if (!is_call(step->op) || step->gas < rules->warm_account) return false;
    if (step->op == TR_OP_CALL || step->op == TR_OP_CALLCODE || rules->delegations) return true;
    return rules->has_access_sets && step->gas < rules->cold_account;
}

/* What go-ethereum charges before it looks at operands. */
static uint64_t constant_cost(uint8_t op, const tr_evm_rules *rules)
{
    bool is_access = is_call(op) || op == TR_OP_BALANCE || op == TR_OP_EXTCODESIZE ||
                     op == TR_OP_EXTCODECOPY || op == TR_OP_EXTCODEHASH;
    uint64_t warm = rules->has_access_sets && is_access ? rules->warm_account : 0;
    return rules->ops[op].gas + warm;
}

static bool is_below_sentry(const tr_step *step, const tr_evm_rules *rules)
{
    return step->op == TR_OP_SSTORE && rules->sstore_sentry != 0 &&
           step->gas <= rules->sstore_sentry;
}

uint64_t tr_trace_cost(const tr_step *step, const tr_evm_rules *rules)
{
    if (step->fault == TR_EVM_OK || step->is_repeat || rules == NULL) return step->cost;
    uint64_t constant = constant_cost(step->op, rules);
    if (step->fault != TR_EVM_OUT_OF_GAS) return constant;
    bool is_constant = step->cost == 0 || step->gas < constant || is_below_sentry(step, rules) ||
                       fails_in_call_price(step, rules);
    return is_constant ? constant : step->cost;
}

static void put_out_of_gas(tr_buf *out, const tr_step *step, const tr_evm_rules *rules)
{
    if (step != NULL && memory_overflows(step)) {
        tr_buf_put_str(out, "gas uint64 overflow");
        return;
    }
    tr_buf_put_str(out, "out of gas");
    if (step == NULL || rules == NULL) return;
    if (is_below_sentry(step, rules))
        tr_buf_put_str(out, ": not enough gas for reentrancy sentry");
    else if (fails_in_call_price(step, rules))
        tr_buf_put_str(out, ": out of gas");
}

static void put_initcode(tr_buf *out, const tr_step *step, const tr_evm_rules *rules)
{
    tr_u256 size;
    tr_buf_put_str(out, step == NULL ? "max initcode size exceeded"
                                     : "out of gas: max initcode size exceeded");
    if (step == NULL || rules == NULL || !tr_step_peek(step, 2, &size)) return;
    tr_buf_printf(out, ": code size %llu limit %u", (unsigned long long)tr_u256_to_u64(size),
                  rules->initcode_max);
}

static void put_stack_fault(tr_buf *out, tr_evm_status status, const tr_step *step,
                            const tr_evm_rules *rules)
{
    bool under = status == TR_EVM_STACK_UNDERFLOW;
    if (step == NULL || rules == NULL) {
        tr_buf_put_str(out, under ? "stack underflow" : "stack overflow");
        return;
    }
    const tr_op_rule *op = &rules->ops[step->op];
    if (under)
        tr_buf_printf(out, "stack underflow (%zu <=> %u)", step->stack_size, op->need);
    else
        tr_buf_printf(out, "stack limit reached %zu (%d)", step->stack_size, 1024 - op->growth);
}

static void put_bad_opcode(tr_buf *out, const tr_step *step)
{
    char scratch[TR_OP_SCRATCH];
    tr_buf_put_str(out, "invalid opcode");
    if (step != NULL) tr_buf_printf(out, ": %s", tr_trace_op_name(step->op, scratch));
}

void tr_trace_fault(tr_buf *out, tr_evm_status status, const tr_step *step,
                    const tr_evm_rules *rules)
{
    static const char *const texts[] = {
        [TR_EVM_REVERT] = "execution reverted",
        [TR_EVM_BAD_JUMP] = "invalid jump destination",
        [TR_EVM_STATIC] = "write protection",
        [TR_EVM_RETURNDATA] = "return data out of bounds",
        [TR_EVM_PRECOMPILE] = "precompiled failed",
        [TR_EVM_COLLISION] = "contract address collision",
        [TR_EVM_CODE_SIZE] = "max code size exceeded",
        [TR_EVM_CODE_EF] = "invalid code: must not begin with 0xef",
        [TR_EVM_CODE_GAS] = "contract creation code storage out of gas",
        [TR_EVM_DEPTH] = "max call depth exceeded",
        [TR_EVM_BALANCE] = "insufficient balance for transfer",
        [TR_EVM_NONCE] = "nonce uint64 overflow",
        [TR_EVM_ABORTED] = "execution aborted",
    };
    if (status == TR_EVM_OUT_OF_GAS)
        put_out_of_gas(out, step, rules);
    else if (status == TR_EVM_STACK_UNDERFLOW || status == TR_EVM_STACK_OVERFLOW)
        put_stack_fault(out, status, step, rules);
    else if (status == TR_EVM_BAD_OPCODE)
        put_bad_opcode(out, step);
    else if (status == TR_EVM_INITCODE_SIZE)
        put_initcode(out, step, rules);
    else if ((size_t)status < TR_COUNTOF(texts) && texts[status] != NULL)
        tr_buf_put_str(out, texts[status]);
}

/* What a precompiled contract that failed says, where its input's length tells. */
static const char *precompile_text(unsigned number, size_t size)
{
    switch (number) {
    case 5:
        return "one or more of base/exponent/modulus length exceeded 1024 bytes";
    case 6:
    case 7:
        return "bn256: malformed point";
    case 8:
        return size % 192 != 0 ? "bad elliptic curve pairing size" : "bn256: malformed point";
    case 9:
        return size != 213 ? "invalid input length" : "invalid final flag";
    case 10:
        return size != 192 ? "invalid input length" : "error verifying kzg proof";
    case 0x0b:
        return size != 256 ? "invalid input length" : "invalid point: not on curve";
    case 0x0c:
        return size % 160 != 0 ? "invalid input length" : "invalid point: not on curve";
    case 0x0d:
        return size != 512 ? "invalid input length" : "invalid point: not on curve";
    case 0x0e:
        return size % 288 != 0 ? "invalid input length" : "invalid point: not on curve";
    case 0x0f:
        return size % 384 != 0 ? "invalid input length" : "invalid point: not on curve";
    case 0x10:
        return size != 64 ? "invalid input length" : "invalid field element top bytes";
    case 0x11:
        return size != 128 ? "invalid input length" : "invalid field element top bytes";
    default:
        return "precompiled failed";
    }
}

void tr_trace_note_fault(tr_trace_fault_note *note, const tr_step *step, const tr_evm_rules *rules)
{
    tr_buf text;
    note->status = step->fault;
    note->len = 0;
    if (step->fault == TR_EVM_OK) return;
    tr_buf_init_fixed(&text, note->text, sizeof(note->text));
    tr_trace_fault(&text, (tr_evm_status)step->fault, step, rules);
    note->len = text.len;
}

tr_bytes tr_trace_end_text(tr_trace_fault_note *note, tr_evm_status status, unsigned precompile,
                           size_t input_size, char scratch[TR_FAULT_TEXT])
{
    tr_buf text;
    bool noted = note->status != TR_EVM_OK && note->status == (int)status;
    note->status = TR_EVM_OK;
    if (status == TR_EVM_OK) return (tr_bytes){NULL, 0};
    if (noted) return tr_bytes_of(note->text, note->len);
    tr_buf_init_fixed(&text, scratch, TR_FAULT_TEXT);
    if (status == TR_EVM_PRECOMPILE)
        tr_buf_put_str(&text, precompile_text(precompile, input_size));
    else
        tr_trace_fault(&text, status, NULL, NULL);
    return tr_buf_view(&text);
}

/* What Solidity means by Panic's numbers. */
static const char *panic_text(uint64_t number)
{
    switch (number) {
    case 0x00:
        return "generic panic";
    case 0x01:
        return "assert(false)";
    case 0x11:
        return "arithmetic underflow or overflow";
    case 0x12:
        return "division or modulo by zero";
    case 0x21:
        return "enum overflow";
    case 0x22:
        return "invalid encoded storage byte array accessed";
    case 0x31:
        return "out-of-bounds array access; popping on an empty array";
    case 0x32:
        return "out-of-bounds access of an array or bytesN";
    case 0x41:
        return "out of memory";
    case 0x51:
        return "uninitialized function";
    default:
        return NULL;
    }
}

static bool read_panic(tr_bytes body, char scratch[TR_REVERT_SCRATCH], tr_bytes *out)
{
    tr_buf text;
    char hex[TR_U256_HEX_TEXT];
    if (body.len < 32) return false;
    tr_u256 number = tr_u256_from_be(body.data);
    const char *words = tr_u256_is_u64(number) ? panic_text(number.w[0]) : NULL;
    tr_buf_init_fixed(&text, scratch, TR_REVERT_SCRATCH);
    (void)tr_u256_to_hex(number, hex);
    if (words != NULL)
        tr_buf_put_str(&text, words);
    else
        tr_buf_printf(&text, "unknown panic code: %s", hex);
    *out = tr_buf_view(&text);
    return true;
}

static bool read_error(tr_bytes body, tr_bytes *out)
{
    if (body.len < 32) return false;
    uint64_t offset = tr_u256_to_u64(tr_u256_from_be(body.data));
    if (offset > body.len || body.len - offset < 32) return false;
    uint64_t len = tr_u256_to_u64(tr_u256_from_be(body.data + offset));
    if (len > body.len - offset - 32) return false;
    *out = tr_bytes_cut(body, (size_t)offset + 32, (size_t)len);
    return true;
}

bool tr_revert_reason(tr_bytes output, char scratch[TR_REVERT_SCRATCH], tr_bytes *out)
{
    static const uint8_t error[4] = {0x08, 0xc3, 0x79, 0xa0}, panic[4] = {0x4e, 0x48, 0x7b, 0x71};
    tr_bytes selector = tr_bytes_cut(output, 0, 4), body = tr_bytes_cut(output, 4, output.len);
    if (tr_bytes_eq(selector, TR_VIEW(error))) return read_error(body, out);
    if (tr_bytes_eq(selector, TR_VIEW(panic))) return read_panic(body, scratch, out);
    return false;
}
