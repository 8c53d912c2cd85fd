#include "evm/rules.h"

#include "evm/ops.h"

/* An opcode's row: what it takes from the stack, what it leaves there, its constant gas. */
#define ROW(takes, leaves, cost)                                                                   \
    {                                                                                              \
        .defined = true, .need = (takes), .growth = (int8_t)((leaves) - (takes)), .gas = (cost)    \
    }
#define OP(name, takes, leaves, cost) .ops[TR_OP_##name] = ROW(takes, leaves, cost)

/* DUPn takes n words and puts them back with one more; SWAPn takes n + 1. */
#define PUSH(n) [TR_OP_PUSH0 + (n)] = ROW(0, 1, 3)
#define DUP(n)  [TR_OP_DUP1 - 1 + (n)] = ROW(n, (n) + 1, 3)
#define SWAP(n) [TR_OP_SWAP1 - 1 + (n)] = ROW((n) + 1, (n) + 1, 3)
#define LOG(n)  [TR_OP_LOG0 + (n)] = ROW(2 + (n), 0, 375)
#define EACH_16(x)                                                                                 \
    x(1), x(2), x(3), x(4), x(5), x(6), x(7), x(8), x(9), x(10), x(11), x(12), x(13), x(14),       \
        x(15), x(16)
#define PUSH_HIGH(n)                  PUSH(16 + (n))
#define IN(name, takes, leaves, cost) [TR_OP_##name] = ROW(takes, leaves, cost)

#define FRONTIER_OPS                                                                               \
    IN(STOP, 0, 0, 0), IN(ADD, 2, 1, 3), IN(MUL, 2, 1, 5), IN(SUB, 2, 1, 3), IN(DIV, 2, 1, 5),     \
        IN(SDIV, 2, 1, 5), IN(MOD, 2, 1, 5), IN(SMOD, 2, 1, 5), IN(ADDMOD, 3, 1, 8),               \
        IN(MULMOD, 3, 1, 8), IN(EXP, 2, 1, 10), IN(SIGNEXTEND, 2, 1, 5), IN(LT, 2, 1, 3),          \
        IN(GT, 2, 1, 3), IN(SLT, 2, 1, 3), IN(SGT, 2, 1, 3), IN(EQ, 2, 1, 3), IN(ISZERO, 1, 1, 3), \
        IN(AND, 2, 1, 3), IN(OR, 2, 1, 3), IN(XOR, 2, 1, 3), IN(NOT, 1, 1, 3), IN(BYTE, 2, 1, 3),  \
        IN(KECCAK256, 2, 1, 30), IN(ADDRESS, 0, 1, 2), IN(BALANCE, 1, 1, 20), IN(ORIGIN, 0, 1, 2), \
        IN(CALLER, 0, 1, 2), IN(CALLVALUE, 0, 1, 2), IN(CALLDATALOAD, 1, 1, 3),                    \
        IN(CALLDATASIZE, 0, 1, 2), IN(CALLDATACOPY, 3, 0, 3), IN(CODESIZE, 0, 1, 2),               \
        IN(CODECOPY, 3, 0, 3), IN(GASPRICE, 0, 1, 2), IN(EXTCODESIZE, 1, 1, 20),                   \
        IN(EXTCODECOPY, 4, 0, 20), IN(BLOCKHASH, 1, 1, 20), IN(COINBASE, 0, 1, 2),                 \
        IN(TIMESTAMP, 0, 1, 2), IN(NUMBER, 0, 1, 2), IN(PREVRANDAO, 0, 1, 2),                      \
        IN(GASLIMIT, 0, 1, 2), IN(POP, 1, 0, 2), IN(MLOAD, 1, 1, 3), IN(MSTORE, 2, 0, 3),          \
        IN(MSTORE8, 2, 0, 3), IN(SLOAD, 1, 1, 50), IN(SSTORE, 2, 0, 0), IN(JUMP, 1, 0, 8),         \
        IN(JUMPI, 2, 0, 10), IN(PC, 0, 1, 2), IN(MSIZE, 0, 1, 2), IN(GAS, 0, 1, 2),                \
        IN(JUMPDEST, 0, 0, 1), EACH_16(PUSH), EACH_16(PUSH_HIGH), EACH_16(DUP), EACH_16(SWAP),     \
        LOG(0), LOG(1), LOG(2), LOG(3), LOG(4), IN(CREATE, 3, 1, 32000), IN(CALL, 7, 1, 40),       \
        IN(CALLCODE, 7, 1, 40), IN(RETURN, 2, 0, 0), IN(SELFDESTRUCT, 1, 0, 0)

/* The one table.  A fork is its parent plus changes: where a field is set twice the later one
 * holds. */
#define FRONTIER                                                                                   \
    .ops = {FRONTIER_OPS}, .sstore = TR_SSTORE_PLAIN, .sstore_set = 20000, .sstore_reset = 5000,   \
    .sstore_same = 5000, .refund_clear = 15000, .refund_destroy = 24000, .refund_divisor = 2,      \
    .call_value = 9000, .call_stipend = 2300, .new_account = 25000, .exp_byte = 10,                \
    .keccak_word = 6, .copy_word = 3, .log_topic = 375, .log_byte = 8, .create_data_byte = 200,    \
    .precompiles = 4

#define HOMESTEAD FRONTIER, OP(DELEGATECALL, 6, 1, 40), .create_needs_deposit = true

/* EIP-150 */
#define TANGERINE                                                                                  \
    HOMESTEAD, OP(SLOAD, 1, 1, 200), OP(BALANCE, 1, 1, 400), OP(EXTCODESIZE, 1, 1, 700),           \
        OP(EXTCODECOPY, 4, 0, 700), OP(CALL, 7, 1, 700), OP(CALLCODE, 7, 1, 700),                  \
        OP(DELEGATECALL, 6, 1, 700), OP(SELFDESTRUCT, 1, 0, 5000), .keep_one_64th = true,          \
                                                                   .destroy_new_account = 25000

/* EIP-160, 161, 170 */
#define SPURIOUS                                                                                   \
    TANGERINE, .exp_byte = 50, .new_account_if_dead = true, .create_nonce_one = true,              \
               .clear_empty = true, .code_max = 24576

/* EIP-140, 211, 214, and the precompiled contracts of 196 to 198 */
#define BYZANTIUM                                                                                  \
    SPURIOUS, OP(REVERT, 2, 0, 0), OP(RETURNDATASIZE, 0, 1, 2), OP(RETURNDATACOPY, 3, 0, 3),       \
        OP(STATICCALL, 6, 1, 700), .precompiles = 8

/* EIP-145, 1014, 1052, 1283 */
#define CONSTANTINOPLE                                                                             \
    BYZANTIUM, OP(SHL, 2, 1, 3), OP(SHR, 2, 1, 3), OP(SAR, 2, 1, 3), OP(CREATE2, 4, 1, 32000),     \
        OP(EXTCODEHASH, 1, 1, 400), .sstore = TR_SSTORE_NET, .sstore_same = 200,                   \
                                    .refund_undo_set = 19800, .refund_undo_reset = 4800

/* without 1283 */
#define PETERSBURG                                                                                 \
    CONSTANTINOPLE, .sstore = TR_SSTORE_PLAIN, .sstore_same = 5000, .refund_undo_set = 0,          \
                    .refund_undo_reset = 0

/* EIP-152, 1344, 1884, 2200 */
#define ISTANBUL                                                                                   \
    PETERSBURG, OP(CHAINID, 0, 1, 2), OP(SELFBALANCE, 0, 1, 5), OP(SLOAD, 1, 1, 800),              \
        OP(BALANCE, 1, 1, 700), OP(EXTCODEHASH, 1, 1, 700),                                        \
        .sstore = TR_SSTORE_NET, .sstore_sentry = 2300, .sstore_same = 800,                        \
        .refund_undo_set = 19200, .refund_undo_reset = 4200, .precompiles = 9

/* EIP-2929: what is warm or cold leaves the constant part. */
#define BERLIN                                                                                     \
    ISTANBUL, OP(SLOAD, 1, 1, 0), OP(BALANCE, 1, 1, 0), OP(EXTCODESIZE, 1, 1, 0),                  \
        OP(EXTCODECOPY, 4, 0, 0), OP(EXTCODEHASH, 1, 1, 0), OP(CALL, 7, 1, 0),                     \
        OP(CALLCODE, 7, 1, 0), OP(DELEGATECALL, 6, 1, 0), OP(STATICCALL, 6, 1, 0),                 \
        .has_access_sets = true, .cold_account = 2600, .warm_account = 100, .cold_slot = 2100,     \
        .warm_slot = 100, .sstore = TR_SSTORE_NET_COLD, .sstore_reset = 2900, .sstore_same = 100,  \
        .refund_undo_set = 19900, .refund_undo_reset = 2800

/* EIP-3198, 3529, 3541 */
#define LONDON                                                                                     \
    BERLIN, OP(BASEFEE, 0, 1, 2), .refund_clear = 4800, .refund_destroy = 0, .refund_divisor = 5,  \
                                  .refuse_ef = true

/* EIP-3651, 3855, 3860 */
#define SHANGHAI                                                                                   \
    LONDON, OP(PUSH0, 0, 1, 2), .warm_coinbase = true, .initcode_word = 2, .initcode_max = 49152

/* EIP-1153, 4844, 5656, 6780, 7516 */
#define CANCUN                                                                                     \
    SHANGHAI, OP(TLOAD, 1, 1, 100), OP(TSTORE, 2, 0, 100), OP(BLOBHASH, 1, 1, 3),                  \
        OP(BLOBBASEFEE, 0, 1, 2), OP(MCOPY, 3, 0, 3), .destroy_only_created = true,                \
                                                      .precompiles = 10

/* EIP-2537, 7702 */
#define PRAGUE CANCUN, .delegations = true, .precompiles = 17

/* EIP-7939, 7951 */
#define OSAKA PRAGUE, OP(CLZ, 1, 1, 5), .p256 = true, .p256_gas = 6900

#pragma GCC diagnostic push
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif

#define FORK(symbol, like) [TR_##symbol] = {.fork = TR_##symbol, like}

static const tr_evm_rules table[TR_FORKS] = {
    FORK(FRONTIER, FRONTIER),     FORK(HOMESTEAD, HOMESTEAD), FORK(TANGERINE, TANGERINE),
    FORK(SPURIOUS, SPURIOUS),     FORK(BYZANTIUM, BYZANTIUM), FORK(CONSTANTINOPLE, CONSTANTINOPLE),
    FORK(PETERSBURG, PETERSBURG), FORK(ISTANBUL, ISTANBUL),   FORK(MUIR_GLACIER, ISTANBUL),
    FORK(BERLIN, BERLIN),         FORK(LONDON, LONDON),       FORK(ARROW_GLACIER, LONDON),
    FORK(GRAY_GLACIER, LONDON),   FORK(PARIS, LONDON),        FORK(SHANGHAI, SHANGHAI),
    FORK(CANCUN, CANCUN),         FORK(PRAGUE, PRAGUE),       FORK(OSAKA, OSAKA),
};

#pragma GCC diagnostic pop

const tr_evm_rules *tr_evm_rules_of(tr_fork fork)
{
    TR_ASSERT((unsigned)fork < TR_FORKS);
    return &table[fork];
}

#define NAME(name, code) [code] = #name,
static const char *const names[256] = {TR_OPS(NAME)};
#undef NAME

const char *tr_op_name(uint8_t op)
{
    return names[op];
}

bool tr_op_by_name(tr_bytes name, uint8_t *op)
{
    for (unsigned i = 0; i < 256; i++) {
        if (names[i] == NULL || !tr_bytes_eq(tr_bytes_str(names[i]), name)) continue;
        *op = (uint8_t)i;
        return true;
    }
    return false;
}
