/* The scenarios of eest-benchmark, by the names that bench/blocks.py gives their files. */
#ifndef TR_CLI_BENCH_WORST_BLOCKS_H
#define TR_CLI_BENCH_WORST_BLOCKS_H

/* clang-format off */
#define TR_WORST_BLOCKS(x) \
    x(blake2f_blake2f, "worst-blake2f-blake2f") \
    x(blobhash_no_blobs, "worst-blobhash-no_blobs") \
    x(blobhash_one_blob, "worst-blobhash-one_blob") \
    x(bn128_pairings_amortized, "worst-bn128_pairings_amortized") \
    x(call_frame_context_ops_opcode_ADDRESS, "worst-call_frame_context_ops-opcode_ADDRESS") \
    x(call_frame_context_ops_opcode_CALLER, "worst-call_frame_context_ops-opcode_CALLER") \
    x(call_frame_context_ops_opcode_GASPRICE, "worst-call_frame_context_ops-opcode_GASPRICE") \
    x(call_frame_context_ops_opcode_ORIGIN, "worst-call_frame_context_ops-opcode_ORIGIN") \
    x(callvalue_from_call_non_zero_value_False, "worst-callvalue_from_call-non_zero_value_False") \
    x(callvalue_from_call_non_zero_value_True, "worst-callvalue_from_call-non_zero_value_True") \
    x(callvalue_from_origin_non_zero_value_False, "worst-callvalue_from_origin-non_zero_value_False") \
    x(callvalue_from_origin_non_zero_value_True, "worst-callvalue_from_origin-non_zero_value_True") \
    x(clz_diff, "worst-clz_diff") \
    x(clz_same, "worst-clz_same") \
    x(codesize, "worst-codesize") \
    x(ecrecover_ecrecover, "worst-ecrecover-ecrecover") \
    x(gas_op, "worst-gas_op") \
    x(identity, "worst-identity") \
    x(iszero, "worst-iszero") \
    x(jump_benchmark, "worst-jump_benchmark") \
    x(jumpdests, "worst-jumpdests") \
    x(jumpi_fallthrough, "worst-jumpi_fallthrough") \
    x(jumpis, "worst-jumpis") \
    x(jumps, "worst-jumps") \
    x(keccak_max_permutations, "worst-keccak_max_permutations") \
    x(not_op, "worst-not_op") \
    x(p256verify_p256verify, "worst-p256verify-p256verify") \
    x(p256verify_p256verify_modular_comp_x_coordinate_exceeds_n, "worst-p256verify-p256verify_modular_comp_x_coordinate_exceeds_n") \
    x(p256verify_p256verify_wrong_endianness, "worst-p256verify-p256verify_wrong_endianness") \
    x(pc_op, "worst-pc_op") \
    x(point_evaluation_point_evaluation, "worst-point_evaluation-point_evaluation") \
    x(returndatasize_zero, "worst-returndatasize_zero") \
    x(ripemd160, "worst-ripemd160") \
    x(selfbalance_contract_balance_0, "worst-selfbalance-contract_balance_0") \
    x(selfbalance_contract_balance_1, "worst-selfbalance-contract_balance_1") \
    x(selfdestruct_created_value_bearing_False, "worst-selfdestruct_created-value_bearing_False") \
    x(selfdestruct_created_value_bearing_True, "worst-selfdestruct_created-value_bearing_True") \
    x(selfdestruct_initcode_value_bearing_False, "worst-selfdestruct_initcode-value_bearing_False") \
    x(selfdestruct_initcode_value_bearing_True, "worst-selfdestruct_initcode-value_bearing_True") \
    x(sha256, "worst-sha256") \
    x(shifts_opcode_SAR, "worst-shifts-opcode_SAR") \
    x(shifts_opcode_SHR, "worst-shifts-opcode_SHR") \
    x(storage_access_warm_SLOAD, "worst-storage_access_warm-SLOAD") \
    x(storage_access_warm_SSTORE_new_value, "worst-storage_access_warm-SSTORE-new-value") \
    x(storage_access_warm_SSTORE_same_value, "worst-storage_access_warm-SSTORE-same-value")
/* clang-format on */

#endif
