/* The write-ahead log on a disk: $TMPDIR, else the working directory. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/bench/bench.h"
#include "os/heap.h"
#include "os/thread.h"
#include "store/wal.h"

enum { WRITERS = 64, EACH = 20, BATCH = 1000, BODY = 1024 };

typedef struct wal_state wal_state;

typedef struct wal_writer {
    wal_state *state;
    tr_thread thread;
    uint64_t sum;
} wal_writer;

struct wal_state {
    tr_wal *wal;
    char directory[TR_PATH_LIMIT];
    wal_writer writers[WRITERS];
    uint8_t (*bodies)[BODY]; /* BATCH of them */
    tr_wal_record records[BATCH];
};

static bool make_directory(char out[TR_PATH_LIMIT])
{
    const char *where = getenv("TMPDIR");
    int len = snprintf(out, TR_PATH_LIMIT, "%s/trestle-bench-XXXXXX",
                       where == NULL || *where == '\0' ? "." : where);
    return len > 0 && len < TR_PATH_LIMIT && mkdtemp(out) != NULL;
}

static void remove_directory(const char *directory)
{
    tr_arena arena;
    tr_names names;
    char path[TR_PATH_LIMIT];
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    if (tr_dir_list(NULL, tr_fs_system(), directory, &arena, &names) == TR_OK)
        for (size_t i = 0; i < names.count; i++)
            if (snprintf(path, sizeof(path), "%s/%s", directory, names.at[i]) < TR_PATH_LIMIT)
                (void)tr_file_remove(NULL, tr_fs_system(), path);
    (void)tr_file_remove(NULL, tr_fs_system(), directory);
    tr_arena_free(&arena);
}

static void finish(void *context)
{
    wal_state *state = context;
    (void)tr_wal_close(NULL, state->wal);
    remove_directory(state->directory);
}

static void *setup(const tr_bench_input *input)
{
    wal_state *state = TR_ARENA_NEW(input->arena, wal_state);
    if (state == NULL) return NULL;
    state->bodies = tr_arena_array(input->arena, BATCH, BODY, 1);
    if (state->bodies == NULL || !make_directory(state->directory)) return NULL;
    *input->manner = (tr_bench_manner){.wall = true, .finish = finish};
    uint64_t seed = 7;
    for (size_t i = 0; i < BATCH; i++) {
        for (size_t k = 0; k < BODY; k += 8)
            tr_store64le(state->bodies[i] + k, tr_bench_random(&seed));
        state->records[i] = (tr_wal_record){.type = 1, .body = TR_VIEW(state->bodies[i])};
    }
    tr_wal_options options = {.alloc = tr_heap()};
    if (tr_wal_open(NULL, state->directory, &options, &state->wal, NULL) == TR_OK) return state;
    remove_directory(state->directory);
    return NULL;
}

static void write_alone(void *context)
{
    wal_writer *writer = context;
    wal_state *state = writer->state;
    size_t body = (size_t)(writer - state->writers);
    for (int i = 0; i < EACH; i++) {
        uint64_t sequence;
        if (tr_wal_append(NULL, state->wal, 1, &state->records[body], &sequence) != TR_OK ||
            tr_wal_sync(NULL, state->wal, sequence + 1) != TR_OK)
            abort(); /* a disk that fails: there is nothing to measure */
        writer->sum += sequence;
    }
}

static uint64_t run_writers(void *context)
{
    wal_state *state = context;
    uint64_t sum = 0;
    for (size_t i = 0; i < WRITERS; i++) {
        state->writers[i] = (wal_writer){.state = state};
        tr_thread_options how = {.name = "writer", .pin_to = tr_thread_cpu_at(i)};
        if (tr_thread_start(NULL, &state->writers[i].thread, &how, write_alone,
                            &state->writers[i]) != TR_OK)
            abort();
    }
    for (size_t i = 0; i < WRITERS; i++) {
        tr_thread_join(&state->writers[i].thread);
        sum += state->writers[i].sum;
    }
    if (tr_wal_prune(NULL, state->wal, tr_wal_durable(state->wal)) != TR_OK) abort();
    return sum;
}

static uint64_t run_batch(void *context)
{
    wal_state *state = context;
    uint64_t first;
    if (tr_wal_append(NULL, state->wal, BATCH, state->records, &first) != TR_OK ||
        tr_wal_sync(NULL, state->wal, first + BATCH) != TR_OK ||
        tr_wal_prune(NULL, state->wal, first) != TR_OK)
        abort();
    return first;
}

static const tr_bench_row rows[] = {
    {.name = "wal-append-64-writers",
     .what = "log records of 1 KB, 64 threads that each wait until their own is on disk",
     .ops = (size_t)WRITERS * EACH,
     .bytes = BODY,
     .tier_ns = {20000, 60000, 200000},
     .setup = setup,
     .run = run_writers},
    {.name = "wal-append-batch-1000",
     .what = "log records of 1 KB, one thread, synced after each 1,000",
     .ops = BATCH,
     .bytes = BODY,
     .tier_ns = {2000, 4000, 12000},
     .setup = setup,
     .run = run_batch},
};

const tr_bench_rows tr_bench_rows_wal;
const tr_bench_rows tr_bench_rows_wal = {rows, TR_COUNTOF(rows)};
