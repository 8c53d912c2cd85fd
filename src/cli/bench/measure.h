/* How a row is measured.
 *
 * Time is the processor time of one pinned thread, or for rows that say so that of the wall.  After
 * a warm-up, run is called as many times as fill one sample, and the sample's time is divided by
 * the operations in it: ns is the median of the samples, ns_min the least.  p50 and p99 are of
 * single calls of run, or of as many as fill CALL_NS where one is too short for the clock.  bytes
 * is what run takes from its allocator, grown memory included, for each operation.  A row
 * whose calls take long has fewer samples of both kinds. */
#ifndef TR_CLI_BENCH_MEASURE_H
#define TR_CLI_BENCH_MEASURE_H

#include "cli/bench/bench.h"

typedef struct tr_bench_effort {
    size_t samples, calls;      /* how many of each kind */
    int64_t warm_ns, sample_ns; /* for how long */
    int64_t call_ns;
    int64_t most_ns;       /* for each kind, once there are a few samples */
    const char *directory; /* of files that rows keep */
    bool light;            /* rows that take long to set up are left out */
} tr_bench_effort;

extern const tr_bench_effort tr_bench_full, tr_bench_quick;

typedef struct tr_bench_figures {
    double ns, ns_min, p50, p99, bytes; /* each for one operation */
    size_t samples;
    uint64_t sum; /* of what run returned */
} tr_bench_figures;

/* tr_bench_measure sets a row up and measures it on the calling thread.  The document is added to
 * document.  TR_E_UNSUPPORTED: the row cannot run here; TR_E_STATE: it was left out. */
TR_NODISCARD tr_err tr_bench_measure(const tr_bench_row *row, const tr_bench_effort *effort,
                                     tr_buf *document, tr_bench_figures *out);

/* tr_bench_tier names the tier of a figure: ultra, high, medium or low. */
const char *tr_bench_tier(const tr_bench_row *row, double ns);

#endif
