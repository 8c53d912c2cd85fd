/* The operations of all rooms, joined. */
#include "ops.h"

extern const tr_ops tr_ops_base;
extern const tr_ops tr_ops_block;
extern const tr_ops tr_ops_bls12_381;
extern const tr_ops tr_ops_codec;
extern const tr_ops tr_ops_codec_compress;
extern const tr_ops tr_ops_codec_json;
extern const tr_ops tr_ops_evm;
extern const tr_ops tr_ops_field;
extern const tr_ops tr_ops_hash;
extern const tr_ops tr_ops_k1;
extern const tr_ops tr_ops_kzg;
extern const tr_ops tr_ops_merkle;
extern const tr_ops tr_ops_poseidon;
extern const tr_ops tr_ops_precompile;
extern const tr_ops tr_ops_proof;
extern const tr_ops tr_ops_small_curves;
extern const tr_ops tr_ops_stf;
extern const tr_ops tr_ops_trie;
extern const tr_ops tr_ops_tx;

const tr_ops *const tr_op_tables[] = {
    &tr_ops_base,
    &tr_ops_block,
    &tr_ops_bls12_381,
    &tr_ops_codec,
    &tr_ops_codec_compress,
    &tr_ops_codec_json,
    &tr_ops_evm,
    &tr_ops_field,
    &tr_ops_hash,
    &tr_ops_k1,
    &tr_ops_kzg,
    &tr_ops_merkle,
    &tr_ops_poseidon,
    &tr_ops_precompile,
    &tr_ops_proof,
    &tr_ops_small_curves,
    &tr_ops_stf,
    &tr_ops_trie,
    &tr_ops_tx,
};
const size_t tr_op_table_count = TR_COUNTOF(tr_op_tables);
