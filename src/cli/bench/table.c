/* The rows of all subjects, joined, in the order in which they are printed. */
#include "cli/bench/bench.h"

extern const tr_bench_rows tr_bench_rows_codec;
extern const tr_bench_rows tr_bench_rows_compress;
extern const tr_bench_rows tr_bench_rows_field;
extern const tr_bench_rows tr_bench_rows_hash;

const tr_bench_rows *const tr_bench_tables[] = {
    &tr_bench_rows_hash,
    &tr_bench_rows_field,
    &tr_bench_rows_codec,
    &tr_bench_rows_compress,
};
const size_t tr_bench_table_count = TR_COUNTOF(tr_bench_tables);
