/* The rows of all subjects, joined. */
#include "cli/bench/bench.h"

extern const tr_bench_rows tr_bench_rows_abi;
extern const tr_bench_rows tr_bench_rows_bls12_381;
extern const tr_bench_rows tr_bench_rows_block_files;
extern const tr_bench_rows tr_bench_rows_blocks;
extern const tr_bench_rows tr_bench_rows_bn254;
extern const tr_bench_rows tr_bench_rows_compress;
extern const tr_bench_rows tr_bench_rows_curve;
extern const tr_bench_rows tr_bench_rows_evm;
extern const tr_bench_rows tr_bench_rows_field;
extern const tr_bench_rows tr_bench_rows_hash;
extern const tr_bench_rows tr_bench_rows_json;
extern const tr_bench_rows tr_bench_rows_kv;
extern const tr_bench_rows tr_bench_rows_kzg;
extern const tr_bench_rows tr_bench_rows_os;
extern const tr_bench_rows tr_bench_rows_poseidon;
extern const tr_bench_rows tr_bench_rows_prime;
extern const tr_bench_rows tr_bench_rows_proof;
extern const tr_bench_rows tr_bench_rows_recover;
extern const tr_bench_rows tr_bench_rows_rlp;
extern const tr_bench_rows tr_bench_rows_small_curves;
extern const tr_bench_rows tr_bench_rows_trie;
extern const tr_bench_rows tr_bench_rows_tx;
extern const tr_bench_rows tr_bench_rows_wal;

const tr_bench_rows *const tr_bench_tables[] = {
    &tr_bench_rows_abi,    &tr_bench_rows_bls12_381,    &tr_bench_rows_block_files,
    &tr_bench_rows_blocks, &tr_bench_rows_bn254,        &tr_bench_rows_compress,
    &tr_bench_rows_curve,  &tr_bench_rows_evm,          &tr_bench_rows_field,
    &tr_bench_rows_hash,   &tr_bench_rows_json,         &tr_bench_rows_kv,
    &tr_bench_rows_kzg,    &tr_bench_rows_os,           &tr_bench_rows_poseidon,
    &tr_bench_rows_prime,  &tr_bench_rows_proof,        &tr_bench_rows_recover,
    &tr_bench_rows_rlp,    &tr_bench_rows_small_curves, &tr_bench_rows_trie,
    &tr_bench_rows_tx,     &tr_bench_rows_wal,
};
const size_t tr_bench_table_count = TR_COUNTOF(tr_bench_tables);
