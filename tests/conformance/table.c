/* The rows of all subjects, joined.  The first pattern that matches decides. */
#include "vectors.h"

extern const vec_rows vec_rows_block;
extern const vec_rows vec_rows_block_test;
extern const vec_rows vec_rows_bls12_381;
extern const vec_rows vec_rows_codec;
extern const vec_rows vec_rows_codec_compress;
extern const vec_rows vec_rows_curve;
extern const vec_rows vec_rows_eth_json;
extern const vec_rows vec_rows_evm_bench;
extern const vec_rows vec_rows_field;
extern const vec_rows vec_rows_hash;
extern const vec_rows vec_rows_keys;
extern const vec_rows vec_rows_kzg;
extern const vec_rows vec_rows_merkle;
extern const vec_rows vec_rows_op;
extern const vec_rows vec_rows_poseidon;
extern const vec_rows vec_rows_precompile;
extern const vec_rows vec_rows_proof;
extern const vec_rows vec_rows_small_curves;
extern const vec_rows vec_rows_state_test;
extern const vec_rows vec_rows_t8n;
extern const vec_rows vec_rows_tracers;
extern const vec_rows vec_rows_trie;
extern const vec_rows vec_rows_tx;
extern const vec_rows vec_rows_vm;

const vec_rows *const vec_tables[] = {
    &vec_rows_block,          &vec_rows_block_test,   &vec_rows_bls12_381,  &vec_rows_codec,
    &vec_rows_codec_compress, &vec_rows_curve,        &vec_rows_eth_json,   &vec_rows_evm_bench,
    &vec_rows_field,          &vec_rows_hash,         &vec_rows_keys,       &vec_rows_kzg,
    &vec_rows_merkle,         &vec_rows_op,           &vec_rows_poseidon,   &vec_rows_precompile,
    &vec_rows_proof,          &vec_rows_small_curves, &vec_rows_state_test, &vec_rows_t8n,
    &vec_rows_tracers,        &vec_rows_trie,         &vec_rows_tx,         &vec_rows_vm,
};
const size_t vec_table_count = TR_COUNTOF(vec_tables);
