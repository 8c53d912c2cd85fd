/* `trestle bench`: rows that measure, and the program that runs them.
 *
 * A row does a fixed number of operations in one call of run; the bench calls it many times and
 * prints ops/s, ns (median), p50, p99, bytes/op and the row's tier.  bench/peers/ holds the same
 * rows in other people's programs: `make bench` runs both in turn on the same input files and
 * prints the ratio. */
#ifndef TR_CLI_BENCH_H
#define TR_CLI_BENCH_H

#include "base/base.h"
#include "base/exec.h"

/* How a row is measured; all zeros unless its setup says otherwise. */
typedef struct tr_bench_manner {
    bool wall; /* by the clock on the wall, as it waits for a disk or for other threads; else by the
                * processor time of the thread */
    void (*finish)(void *state); /* NULL: nothing is left but what arena and alloc gave */
    bool left_out;               /* with NULL from setup: it takes long, and light was asked for */
} tr_bench_manner;

/* A row's state: made by setup in arena, handed to run. */
typedef struct tr_bench_input {
    tr_arena *arena;  /* lives as long as the row */
    tr_alloc *alloc;  /* what run takes here is counted as bytes/op */
    tr_buf *document; /* setup writes here what a peer needs to do the same work, and results by
                       * which it can tell that it did: it becomes <inputs>/<row>.bin (left empty:
                       * the row has no file) */
    tr_bench_manner *manner;
    const char *directory; /* where a row may keep files, also for the next run */
    bool light;            /* a quick run, and nobody asked for this row by name */
} tr_bench_input;

typedef struct tr_bench_row {
    const char *name;  /* "keccak256-8x64"; peers' rows have the same name */
    const char *what;  /* one line for people */
    size_t ops;        /* operations in one call of run */
    size_t bytes;      /* input bytes of one operation, for MB/s; 0: no such figure */
    double tier_ns[3]; /* ns per operation up to which the tier is ultra, high, medium; else low */
    void *(*setup)(const tr_bench_input *input); /* NULL result: the row cannot run here */
    uint64_t (*run)(void *state);                /* returns a value that depends on every result */
} tr_bench_row;

/* Each subject has a file of rows, src/cli/bench/rows_<subject>.c; they are joined in table.c. */
typedef struct tr_bench_rows {
    const tr_bench_row *rows;
    size_t count;
} tr_bench_rows;

extern const tr_bench_rows *const tr_bench_tables[];
extern const size_t tr_bench_table_count;

/* tr_bench_random is a splitmix64 stream for inputs: the same numbers on every machine. */
uint64_t tr_bench_random(uint64_t *state);

/* tr_bench_two_threads is for rows of two threads: the one that measures, and another on the first
 * processor for every second job.  Such a row takes the wall's time. */
tr_exec *tr_bench_two_threads(void);

#endif
