/* Rings between two threads, and lines of the log. */
#include "cli/bench/bench.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/ring.h"
#include "os/thread.h"

enum { SLOTS = 4096, ELEMENTS = 1 << 16, BATCH = 64, LINES = 1000 };

typedef struct ring_state {
    tr_spsc spsc;
    tr_mpmc mpmc;
    void *memory;
    uint64_t sum; /* of what was received */
} ring_state;

static void *setup_ring(const tr_bench_input *input)
{
    size_t size = tr_mpmc_memory(SLOTS, sizeof(uint64_t));
    ring_state *state = tr_arena_get(input->arena, sizeof(*state), alignof(ring_state));
    if (state == NULL) return NULL;
    state->memory = tr_arena_get(input->arena, size, TR_RING_APART);
    return state->memory == NULL ? NULL : state;
}

/* The receiver runs beside the bench, which has the last processor for itself. */
static tr_err start_receiver(tr_thread *thread, void (*receive)(void *), ring_state *state)
{
    tr_thread_options options = {.name = "receiver", .pin_to = tr_thread_cpu_at(0)};
    return tr_thread_start(NULL, thread, &options, receive, state);
}

static void receive_spsc(void *context)
{
    ring_state *state = context;
    uint64_t batch[BATCH], sum = 0;
    size_t count;
    while (tr_spsc_receive(&state->spsc, batch, BATCH, TR_NS_FOREVER, &count) == TR_OK)
        for (size_t i = 0; i < count; i++) sum += batch[i];
    state->sum = sum;
}

static uint64_t run_spsc(void *context)
{
    ring_state *state = context;
    tr_thread thread;
    uint64_t batch[BATCH];
    tr_spsc_init(&state->spsc, state->memory, SLOTS, sizeof(uint64_t));
    if (start_receiver(&thread, receive_spsc, state) != TR_OK) return 0;
    for (uint64_t next = 0; next < ELEMENTS; next += BATCH) {
        size_t sent;
        for (uint64_t i = 0; i < BATCH; i++) batch[i] = next + i;
        if (tr_spsc_send(&state->spsc, batch, BATCH, TR_NS_FOREVER, &sent) != TR_OK) break;
    }
    tr_spsc_close(&state->spsc);
    tr_thread_join(&thread);
    return state->sum;
}

static void receive_mpmc(void *context)
{
    ring_state *state = context;
    uint64_t element, sum = 0;
    while (tr_mpmc_receive(&state->mpmc, &element, TR_NS_FOREVER) == TR_OK) sum += element;
    state->sum = sum;
}

static uint64_t run_mpmc(void *context)
{
    ring_state *state = context;
    tr_thread thread;
    tr_mpmc_init(&state->mpmc, state->memory, SLOTS, sizeof(uint64_t));
    if (start_receiver(&thread, receive_mpmc, state) != TR_OK) return 0;
    for (uint64_t i = 0; i < ELEMENTS; i++)
        if (tr_mpmc_send(&state->mpmc, &i, TR_NS_FOREVER) != TR_OK) break;
    tr_mpmc_close(&state->mpmc);
    tr_thread_join(&thread);
    return state->sum;
}

typedef struct log_state {
    tr_log_sink sink;
    tr_log log;
    uint64_t bytes, next;
} log_state;

static bool count_bytes(tr_log_sink *self, tr_log_level level, tr_bytes line)
{
    log_state *state = (log_state *)self;
    state->bytes += line.len + (uint64_t)level;
    return true;
}

static void *setup_log(const tr_bench_input *input)
{
    log_state *state = TR_ARENA_NEW(input->arena, log_state);
    if (state == NULL) return NULL;
    state->sink.write = count_bytes;
    state->bytes = state->next = 0;
    tr_log_options options = {
        .sink = &state->sink, .clock = tr_clock_system(), .format = TR_LOG_JSON};
    tr_log_init(&state->log, &options);
    return state;
}

static uint64_t run_log(void *context)
{
    log_state *state = context;
    for (size_t i = 0; i < LINES; i++)
        TR_INFO(&state->log, "sequencer", "block sealed", TR_F_U64("number", state->next++),
                TR_F_U64("txs", 1000), TR_F_COUNT("gas", 21000000),
                TR_F_NS("took", 38 * TR_NS_PER_MS));
    return state->bytes;
}

static const tr_bench_row rows[] = {
    {.name = "ring-spsc",
     .what = "SPSC ring between two threads, one of 8-byte elements sent in batches of 64",
     .ops = ELEMENTS,
     .bytes = sizeof(uint64_t),
     .tier_ns = {4, 8, 40},
     .setup = setup_ring,
     .run = run_spsc},
    {.name = "ring-mpmc",
     .what = "MPMC ring between two threads, one element at a time",
     .ops = ELEMENTS,
     .bytes = sizeof(uint64_t),
     .tier_ns = {40, 100, 400},
     .setup = setup_ring,
     .run = run_mpmc},
    {.name = "log-line",
     .what = "one JSON log line with four fields, made and handed to a sink",
     .ops = LINES,
     .bytes = 0,
     .tier_ns = {400, 800, 2000},
     .setup = setup_log,
     .run = run_log},
};

const tr_bench_rows tr_bench_rows_os;
const tr_bench_rows tr_bench_rows_os = {rows, TR_COUNTOF(rows)};
