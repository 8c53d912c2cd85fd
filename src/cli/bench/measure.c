#include "cli/bench/measure.h"

#include <stdlib.h>

#include "os/clock.h"
#include "os/heap.h"

const tr_bench_effort tr_bench_full = {.samples = 25,
                                       .calls = 1000,
                                       .warm_ns = 60000000,
                                       .sample_ns = 8000000,
                                       .call_ns = 20000,
                                       .most_ns = 10 * TR_NS_PER_S,
                                       .directory = "/tmp"};
const tr_bench_effort tr_bench_quick = {.samples = 15,
                                        .calls = 200,
                                        .warm_ns = 5000000,
                                        .sample_ns = 1000000,
                                        .call_ns = 20000,
                                        .most_ns = 2 * TR_NS_PER_S,
                                        .directory = "/tmp"};

enum { MOST_SAMPLES = 1000, LEAST_SAMPLES = 5 };
static const size_t MOST_MEMORY = (size_t)1 << 30;

uint64_t tr_bench_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* The heap, with a count of what is taken from it.  Rows keep their memory until the end, so each
 * piece is in a list by which all of it is given back. */
typedef struct piece piece;
struct piece {
    _Alignas(32) piece *next, *previous;
};

typedef struct counting {
    tr_alloc alloc;
    uint64_t taken;
    piece all; /* the list goes round through it */
} counting;

static void *count_resize(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    counting *c = (counting *)self;
    piece *from = old == NULL ? NULL : (piece *)old - 1;
    piece *previous = from == NULL ? c->all.previous : from->previous;
    piece *next = from == NULL ? &c->all : from->next;
    size_t had = from == NULL ? 0 : sizeof(piece) + old_size;
    size_t wants = new_size == 0 ? 0 : sizeof(piece) + new_size;
    if (wants < new_size) return NULL;
    piece *to = tr_heap()->resize(tr_heap(), from, had, wants);
    if (new_size != 0 && to == NULL) return NULL;
    if (new_size > old_size) c->taken += new_size - old_size;
    if (to == NULL) {
        previous->next = next;
        next->previous = previous;
        return NULL;
    }
    *to = (piece){.next = next, .previous = previous};
    previous->next = next->previous = to;
    return to + 1;
}

static void give_all_back(counting *c)
{
    while (c->all.next != &c->all) {
        piece *first = c->all.next;
        c->all.next = first->next;
        free(first);
    }
}

/* A row that is set up. */
typedef struct measured {
    const tr_bench_row *row;
    tr_bench_manner manner;
    void *state;
    uint64_t sum;
} measured;

static int64_t now(const measured *m)
{
    return m->manner.wall ? tr_clock_monotonic(tr_clock_system()) : tr_clock_thread_cpu();
}

/* The time of a number of calls. */
static int64_t time_calls(measured *m, uint64_t calls)
{
    int64_t start = now(m);
    for (uint64_t i = 0; i < calls; i++) m->sum += m->row->run(m->state);
    return now(m) - start;
}

/* Runs for at least ns and gives how many calls fill that time. */
static uint64_t calls_in(measured *m, int64_t ns)
{
    uint64_t calls = 1;
    for (;;) {
        int64_t took = time_calls(m, calls);
        if (took >= ns) return TR_MAX(calls * (uint64_t)ns / (uint64_t)took, (uint64_t)1);
        calls *= 2;
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Fills times, sorted, with the ns of one operation in each of at most count samples of so many
 * calls; gives how many it took. */
static size_t sample(measured *m, uint64_t calls, double *times, size_t count, int64_t most_ns)
{
    int64_t end = tr_clock_deadline(tr_clock_system(), most_ns);
    size_t n = 0;
    while (n < count && (n < LEAST_SAMPLES || tr_clock_monotonic(tr_clock_system()) < end))
        times[n++] = (double)time_calls(m, calls) / (double)(calls * m->row->ops);
    qsort(times, n, sizeof(*times), compare);
    return n;
}

static void measure_state(measured *m, const tr_bench_effort *effort, const uint64_t *taken,
                          tr_bench_figures *out)
{
    double times[MOST_SAMPLES];
    (void)calls_in(m, effort->warm_ns);
    uint64_t calls = calls_in(m, effort->sample_ns);
    uint64_t before = *taken;
    size_t n = sample(m, calls, times, effort->samples, effort->most_ns);
    uint64_t operations = calls * n * m->row->ops;
    out->bytes = (double)(*taken - before) / (double)operations;
    out->samples = n;
    out->ns = times[n / 2];
    out->ns_min = times[0];

    calls = calls_in(m, effort->call_ns);
    n = sample(m, calls, times, effort->calls, effort->most_ns);
    out->p50 = times[n / 2];
    out->p99 = times[n * 99 / 100];
    out->sum = m->sum;
}

tr_err tr_bench_measure(const tr_bench_row *row, const tr_bench_effort *effort, tr_buf *document,
                        tr_bench_figures *out)
{
    tr_arena arena;
    counting counted = {{count_resize}, 0, {NULL, NULL}};
    counted.all = (piece){&counted.all, &counted.all};
    TR_ASSERT(effort->samples <= MOST_SAMPLES && effort->calls <= MOST_SAMPLES);
    *out = (tr_bench_figures){0};
    tr_arena_init(&arena, tr_heap(), MOST_MEMORY);
    measured m = {.row = row};
    tr_bench_input input = {.arena = &arena,
                            .alloc = &counted.alloc,
                            .document = document,
                            .manner = &m.manner,
                            .directory = effort->directory,
                            .light = effort->light};
    m.state = row->setup(&input);
    if (m.state != NULL && tr_buf_err(document) == TR_OK)
        measure_state(&m, effort, &counted.taken, out);
    if (m.state != NULL && m.manner.finish != NULL) m.manner.finish(m.state);
    tr_err err = tr_buf_err(document);
    if (err == TR_OK && m.state == NULL) err = m.manner.left_out ? TR_E_STATE : TR_E_UNSUPPORTED;
    give_all_back(&counted);
    tr_arena_free(&arena);
    return err;
}

const char *tr_bench_tier(const tr_bench_row *row, double ns)
{
    static const char *const names[] = {"ultra", "high", "medium", "low"};
    size_t i = 0;
    while (i < TR_COUNTOF(row->tier_ns) && ns > row->tier_ns[i]) i++;
    return names[i];
}
