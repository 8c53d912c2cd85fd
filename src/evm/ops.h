/* The opcodes: their names and numbers, of all forks together. */
#ifndef TR_EVM_OPS_H
#define TR_EVM_OPS_H

/* TR_OPS(x) is x(NAME, number) for each. */
/* clang-format off */
#define TR_OPS(x)                                                                                 \
    x(STOP, 0x00) x(ADD, 0x01) x(MUL, 0x02) x(SUB, 0x03) x(DIV, 0x04) x(SDIV, 0x05) x(MOD, 0x06)  \
    x(SMOD, 0x07) x(ADDMOD, 0x08) x(MULMOD, 0x09) x(EXP, 0x0a) x(SIGNEXTEND, 0x0b)                \
    x(LT, 0x10) x(GT, 0x11) x(SLT, 0x12) x(SGT, 0x13) x(EQ, 0x14) x(ISZERO, 0x15) x(AND, 0x16)    \
    x(OR, 0x17) x(XOR, 0x18) x(NOT, 0x19) x(BYTE, 0x1a) x(SHL, 0x1b) x(SHR, 0x1c) x(SAR, 0x1d)    \
    x(CLZ, 0x1e)                                                                                  \
    x(KECCAK256, 0x20)                                                                            \
    x(ADDRESS, 0x30) x(BALANCE, 0x31) x(ORIGIN, 0x32) x(CALLER, 0x33) x(CALLVALUE, 0x34)          \
    x(CALLDATALOAD, 0x35) x(CALLDATASIZE, 0x36) x(CALLDATACOPY, 0x37) x(CODESIZE, 0x38)           \
    x(CODECOPY, 0x39) x(GASPRICE, 0x3a) x(EXTCODESIZE, 0x3b) x(EXTCODECOPY, 0x3c)                 \
    x(RETURNDATASIZE, 0x3d) x(RETURNDATACOPY, 0x3e) x(EXTCODEHASH, 0x3f)                          \
    x(BLOCKHASH, 0x40) x(COINBASE, 0x41) x(TIMESTAMP, 0x42) x(NUMBER, 0x43) x(PREVRANDAO, 0x44)   \
    x(GASLIMIT, 0x45) x(CHAINID, 0x46) x(SELFBALANCE, 0x47) x(BASEFEE, 0x48) x(BLOBHASH, 0x49)    \
    x(BLOBBASEFEE, 0x4a)                                                                          \
    x(POP, 0x50) x(MLOAD, 0x51) x(MSTORE, 0x52) x(MSTORE8, 0x53) x(SLOAD, 0x54) x(SSTORE, 0x55)   \
    x(JUMP, 0x56) x(JUMPI, 0x57) x(PC, 0x58) x(MSIZE, 0x59) x(GAS, 0x5a) x(JUMPDEST, 0x5b)        \
    x(TLOAD, 0x5c) x(TSTORE, 0x5d) x(MCOPY, 0x5e) x(PUSH0, 0x5f)                                  \
    x(PUSH1, 0x60) x(PUSH2, 0x61) x(PUSH3, 0x62) x(PUSH4, 0x63) x(PUSH5, 0x64) x(PUSH6, 0x65)     \
    x(PUSH7, 0x66) x(PUSH8, 0x67) x(PUSH9, 0x68) x(PUSH10, 0x69) x(PUSH11, 0x6a) x(PUSH12, 0x6b)  \
    x(PUSH13, 0x6c) x(PUSH14, 0x6d) x(PUSH15, 0x6e) x(PUSH16, 0x6f) x(PUSH17, 0x70)               \
    x(PUSH18, 0x71) x(PUSH19, 0x72) x(PUSH20, 0x73) x(PUSH21, 0x74) x(PUSH22, 0x75)               \
    x(PUSH23, 0x76) x(PUSH24, 0x77) x(PUSH25, 0x78) x(PUSH26, 0x79) x(PUSH27, 0x7a)               \
    x(PUSH28, 0x7b) x(PUSH29, 0x7c) x(PUSH30, 0x7d) x(PUSH31, 0x7e) x(PUSH32, 0x7f)               \
    x(DUP1, 0x80) x(DUP2, 0x81) x(DUP3, 0x82) x(DUP4, 0x83) x(DUP5, 0x84) x(DUP6, 0x85)           \
    x(DUP7, 0x86) x(DUP8, 0x87) x(DUP9, 0x88) x(DUP10, 0x89) x(DUP11, 0x8a) x(DUP12, 0x8b)        \
    x(DUP13, 0x8c) x(DUP14, 0x8d) x(DUP15, 0x8e) x(DUP16, 0x8f)                                   \
    x(SWAP1, 0x90) x(SWAP2, 0x91) x(SWAP3, 0x92) x(SWAP4, 0x93) x(SWAP5, 0x94) x(SWAP6, 0x95)     \
    x(SWAP7, 0x96) x(SWAP8, 0x97) x(SWAP9, 0x98) x(SWAP10, 0x99) x(SWAP11, 0x9a) x(SWAP12, 0x9b)  \
    x(SWAP13, 0x9c) x(SWAP14, 0x9d) x(SWAP15, 0x9e) x(SWAP16, 0x9f)                               \
    x(LOG0, 0xa0) x(LOG1, 0xa1) x(LOG2, 0xa2) x(LOG3, 0xa3) x(LOG4, 0xa4)                         \
    x(CREATE, 0xf0) x(CALL, 0xf1) x(CALLCODE, 0xf2) x(RETURN, 0xf3) x(DELEGATECALL, 0xf4)         \
    x(CREATE2, 0xf5) x(STATICCALL, 0xfa) x(REVERT, 0xfd) x(INVALID, 0xfe) x(SELFDESTRUCT, 0xff)
/* clang-format on */

#define TR_OP_ENUM(name, number) TR_OP_##name = (number),
enum tr_opcode { TR_OPS(TR_OP_ENUM) };
#undef TR_OP_ENUM

#endif
