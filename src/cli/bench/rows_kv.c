/* The key-value store with 10,000,000 entries in one table.
 *
 * The recipe, which the peers' rows follow.  tr_bench_random is splitmix64, seeded with a state;
 * a draw is written as 8 bytes, the least significant first.
 *
 *   entry i, 0 <= i < 10,000,000   state = i; the key is 4 draws (32 bytes), the value the next 10
 *                                  draws (80 bytes)
 *   load                           all entries in the order of their keys (as memcmp orders), in
 *                                  batches of 100,000, each synced
 *   kv-read-10m                    first all entries are gone through and counted, so that memory
 *                                  holds them; one call is 1,000 reads; entry numbers are draws
 * modulo 10,000,000 of one stream with state = 0x7265616473 that goes on from call to call; each
 * value's first 8 bytes (as a number) are added up; a key that is not found is a failure
 *   kv-write-sorted                one call is one batch, synced: the numbers of 100,000 entries
 *                                  are draws modulo 10,000,000 of one stream with state =
 *                                  0x777269746573 that goes on from call to call; duplicates go;
 *                                  sorted by key; each entry's new value is 10 draws of the stream
 *                                  with state = number + (the batch's number, from 1 on) * 2^32.
 *                                  Drawing and sorting are part of the call (some 20 ms of it).
 *
 * The store stays in the bench's directory and is used again by the next run. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/bench/bench.h"
#include "os/file.h"
#include "os/heap.h"
#include "store/kv.h"

enum { ENTRIES = 10000000, BATCH = 100000, READS = 1000, KEY = 32, VALUE = 80 };

static const char *const tables[] = {"entries"};

typedef struct kv_state {
    tr_kv *kv;
    uint64_t stream, batch;
    struct place *places; /* of a batch */
} kv_state;

/* Where an entry comes in the order of keys. */
typedef struct place {
    uint64_t begins; /* the first 8 bytes of its key, as they compare */
    uint64_t number;
} place;

static uint64_t fill(uint64_t state, uint8_t *to, size_t len)
{
    for (size_t at = 0; at < len; at += 8) tr_store64le(to + at, tr_bench_random(&state));
    return state;
}

static int compare_places(const void *a, const void *b)
{
    const place *x = a, *y = b;
    return (x->begins > y->begins) - (x->begins < y->begins);
}

static void place_entry(place *to, uint64_t number)
{
    uint64_t state = number;
    *to = (place){__builtin_bswap64(tr_bench_random(&state)), number};
}

static tr_err put_batch(tr_kv *kv, const place *places, size_t count, uint64_t batch)
{
    tr_kv_write *write;
    TR_TRY(tr_kv_write_begin(NULL, kv, &write));
    tr_err err = TR_OK;
    for (size_t i = 0; i < count && err == TR_OK; i++) {
        uint8_t key[KEY], value[VALUE];
        uint64_t number = places[i].number;
        if (i != 0 && number == places[i - 1].number) continue;
        uint64_t state = fill(number, key, KEY);
        (void)fill(batch == 0 ? state : number + (batch << 32), value, VALUE);
        err = tr_kv_put(NULL, write, 0, TR_VIEW(key), TR_VIEW(value));
    }
    if (err == TR_OK) return tr_kv_write_commit(NULL, write, batch);
    tr_kv_write_drop(write);
    return err;
}

static tr_err load(tr_kv *kv)
{
    place *places = tr_alloc_array(tr_heap(), ENTRIES, sizeof(*places));
    if (places == NULL) return TR_E_MEMORY;
    for (uint64_t i = 0; i < ENTRIES; i++) place_entry(&places[i], i);
    qsort(places, ENTRIES, sizeof(*places), compare_places);
    tr_err err = TR_OK;
    for (size_t i = 0; i < ENTRIES && err == TR_OK; i += BATCH)
        err = put_batch(kv, places + i, BATCH, 0);
    tr_alloc_put(tr_heap(), places, ENTRIES * sizeof(*places));
    return err;
}

static tr_err load_if_new(tr_kv *kv)
{
    tr_kv_snapshot *snapshot;
    uint64_t count;
    TR_TRY(tr_kv_snapshot_take(NULL, kv, &snapshot));
    tr_err err = tr_kv_count(NULL, snapshot, 0, &count);
    tr_kv_snapshot_drop(snapshot);
    return err != TR_OK || count == ENTRIES ? err : load(kv);
}

static void close_store(void *context)
{
    kv_state *state = context;
    tr_kv_close(state->kv);
}

static kv_state *open_store(const tr_bench_input *input, uint64_t stream)
{
    char path[TR_PATH_LIMIT];
    input->manner->finish = close_store;
    input->manner->left_out = input->light;
    if (input->light) return NULL;
    kv_state *state = TR_ARENA_NEW(input->arena, kv_state);
    int len = snprintf(path, sizeof(path), "%s/kv-10m", input->directory);
    if (state == NULL || len < 0 || (size_t)len >= sizeof(path)) return NULL;
    *state = (kv_state){.stream = stream};
    state->places = TR_ARENA_ARRAY(input->arena, place, BATCH);
    const tr_kv_options options = {
        .alloc = tr_heap(), .tables = tables, .table_count = 1, .format = "bench", .version = 1};
    if (state->places == NULL || tr_kv_open(NULL, path, &options, &state->kv) != TR_OK) return NULL;
    if (load_if_new(state->kv) == TR_OK) return state;
    tr_kv_close(state->kv);
    return NULL;
}

static size_t count_all(tr_kv *kv)
{
    tr_kv_snapshot *snapshot;
    tr_kv_cursor *cursor;
    tr_bytes key, value;
    size_t count = 0;
    if (tr_kv_snapshot_take(NULL, kv, &snapshot) != TR_OK) return 0;
    if (tr_kv_cursor_open(NULL, snapshot, 0, &cursor) == TR_OK) {
        while (tr_kv_next(NULL, cursor, &key, &value) == TR_OK) count++;
        tr_kv_cursor_close(cursor);
    }
    tr_kv_snapshot_drop(snapshot);
    return count;
}

static void *setup_read(const tr_bench_input *input)
{
    kv_state *state = open_store(input, 0x7265616473);
    if (state == NULL || count_all(state->kv) == ENTRIES) return state;
    close_store(state);
    return NULL;
}

static void *setup_write(const tr_bench_input *input)
{
    input->manner->wall = true;
    return open_store(input, 0x777269746573);
}

static uint64_t run_read(void *context)
{
    kv_state *state = context;
    tr_kv_snapshot *snapshot;
    uint64_t sum = 0;
    if (tr_kv_snapshot_take(NULL, state->kv, &snapshot) != TR_OK) abort();
    for (size_t i = 0; i < READS; i++) {
        uint8_t key[KEY];
        tr_bytes value;
        (void)fill(tr_bench_random(&state->stream) % ENTRIES, key, KEY);
        if (tr_kv_get(NULL, snapshot, 0, TR_VIEW(key), &value) != TR_OK) abort();
        sum += tr_load64le(value.data);
    }
    tr_kv_snapshot_drop(snapshot);
    return sum;
}

static uint64_t run_write(void *context)
{
    kv_state *state = context;
    for (size_t i = 0; i < BATCH; i++)
        place_entry(&state->places[i], tr_bench_random(&state->stream) % ENTRIES);
    qsort(state->places, BATCH, sizeof(*state->places), compare_places);
    state->batch++;
    if (put_batch(state->kv, state->places, BATCH, state->batch) != TR_OK) abort();
    return state->batch;
}

static const tr_bench_row rows[] = {
    {.name = "kv-read-10m",
     .what = "the key-value store: one random read, 32-byte keys, 10,000,000 entries",
     .ops = READS,
     .bytes = 0,
     .tier_ns = {1500, 3000, 8000},
     .setup = setup_read,
     .run = run_read},
    {.name = "kv-write-sorted",
     .what = "the same: one of 100,000 random entries overwritten in a sorted, synced batch",
     .ops = BATCH,
     .bytes = 0,
     .tier_ns = {3000, 10000, 40000},
     .setup = setup_write,
     .run = run_write},
};

const tr_bench_rows tr_bench_rows_kv;
const tr_bench_rows tr_bench_rows_kv = {rows, TR_COUNTOF(rows)};
