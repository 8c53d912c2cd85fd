/* Many threads on one log, over a disk that fails at some moment. */
#include <stdatomic.h>

#include "harness.h"
#include "os/clock.h"
#include "os/heap.h"
#include "os/thread.h"
#include "wal_help.h"

enum { THREADS = 6, EACH = 12 };

/* A record says whose it is: thread, number of the thread's. */
typedef struct writer {
    tr_thread thread;
    tr_wal *wal;
    uint64_t done; /* how many of its records were acknowledged */
    uint64_t issued;
    uint64_t sequences[2 * EACH]; /* of each that it appended */
    tr_err err;
    uint8_t number;
    bool pairs; /* two records at a time */
} writer;

static void body_of(const writer *w, uint64_t number, uint8_t out[40])
{
    memset(out, w->number, 40);
    tr_store64le(out, number);
}

static void run_writer(void *context)
{
    writer *w = context;
    uint8_t bodies[2][40];
    size_t n = w->pairs ? 2 : 1;
    for (int i = 0; i < EACH && w->err == TR_OK; i++) {
        tr_wal_record records[2];
        uint64_t first;
        for (size_t k = 0; k < n; k++) {
            body_of(w, w->issued + k, bodies[k]);
            records[k] = (tr_wal_record){.type = w->number, .body = TR_VIEW(bodies[k])};
        }
        w->err = tr_wal_append(NULL, w->wal, n, records, &first);
        if (w->err != TR_OK) return;
        for (size_t k = 0; k < n; k++) w->sequences[w->issued++] = first + k;
        if (i % 3 == 1) continue; /* a later one waits for both */
        w->err = tr_wal_sync(NULL, w->wal, first + n);
        if (w->err == TR_OK) w->done = w->issued;
    }
}

static bool is_fault(tr_err err)
{
    return err == TR_OK || err == TR_E_IO || err == TR_E_SYNC || err == TR_E_FULL;
}

/* Reads what is there while it grows, and prunes. */
typedef struct reader {
    tr_thread thread;
    tr_wal *wal;
    _Atomic bool stop;
    uint64_t seen, pruned;
    tr_err err;
} reader;

static void run_reader(void *context)
{
    reader *r = context;
    tr_wal_cursor *cursor;
    tr_wal_record record;
    r->err = tr_wal_seek(NULL, r->wal, 1, &cursor);
    if (r->err != TR_OK) return;
    for (bool last = false; !last;) {
        last = atomic_load(&r->stop);
        while ((r->err = tr_wal_next(NULL, cursor, &record)) == TR_OK) {
            if (record.sequence != r->seen + 1 || record.body.len != 40) r->err = TR_E_STATE;
            if (r->err != TR_OK) break;
            r->seen = record.sequence;
        }
        if (r->err != TR_E_EMPTY) break;
        r->err = TR_OK;
        if (r->seen > 40) {
            r->pruned = r->seen - 40;
            tr_err err = tr_wal_prune(NULL, r->wal, r->pruned);
            if (!is_fault(err)) r->err = err;
        }
        tr_clock_sleep(tr_clock_system(), 50 * TR_NS_PER_US);
    }
    tr_wal_cursor_free(cursor);
}

/* What is there has each writer's records in their order, and all that were acknowledged. */
static void check_log(tr_wal *wal, const tr_wal_report *report, const writer writers[THREADS],
                      uint64_t pruned)
{
    tr_wal_cursor *cursor;
    tr_wal_record record;
    uint8_t body[40];
    TR_CHECK(report->first <= pruned + 1);
    TR_CHECK_OK(tr_wal_seek(NULL, wal, report->first, &cursor));
    for (uint64_t at = report->first; at < report->next; at++) {
        TR_CHECK_OK(tr_wal_next(NULL, cursor, &record));
        TR_CHECK(record.type < THREADS && record.body.len == 40);
        const writer *w = &writers[record.type];
        uint64_t number = tr_load64le(record.body.data);
        TR_CHECK(number < w->issued && w->sequences[number] == at);
        body_of(w, number, body);
        TR_CHECK_BYTES(record.body, TR_VIEW(body));
    }
    TR_CHECK_ERR(tr_wal_next(NULL, cursor, &record), TR_E_EMPTY);
    tr_wal_cursor_free(cursor);
    for (size_t i = 0; i < THREADS; i++)
        for (uint64_t k = 0; k < writers[i].done; k++)
            TR_CHECK(writers[i].sequences[k] < report->next);
}

static void start(tr_thread *thread, const char *name, void (*run)(void *), void *context)
{
    tr_thread_options options = {.name = name, .stack_size = 256 << 10};
    TR_CHECK_OK(tr_thread_start(NULL, thread, &options, run, context));
}

TR_PROP(threads_share_a_log)
{
    static writer writers[THREADS];
    static reader looks;
    tr_fault_fs *fault = tr_fault_new(tr_gen_u64(g));
    tr_wal_options options = wal_options(fault);
    tr_wal_report report;
    options.alloc = tr_heap(); /* any thread may use it */
    options.alone = tr_gen_bool(g);
    options.segment = 1024 + tr_gen_below(g, 3000);
    options.pending = tr_gen_bool(g) ? 200 : 0;
    tr_wal *wal = wal_open(&options, &report);
    tr_fault_plan plan = {.shortened = 10, .interrupted = 5, .writeback = 20};
    uint64_t at = 1 + tr_gen_below(g, 120), kind = tr_gen_below(g, 4);
    plan.crash = kind == 1 ? at : 0;
    plan.fail_sync = kind == 2 ? 1 + at / 2 : 0;
    plan.room = kind == 3 ? at * 100 : 0;
    tr_fault_set(fault, &plan);
    for (size_t i = 0; i < THREADS; i++)
        writers[i] = (writer){.wal = wal, .number = (uint8_t)i, .pairs = i % 2 == 1};
    looks = (reader){.wal = wal};
    start(&looks.thread, "reader", run_reader, &looks);
    for (size_t i = 0; i < THREADS; i++)
        start(&writers[i].thread, "writer", run_writer, &writers[i]);
    for (size_t i = 0; i < THREADS; i++) tr_thread_join(&writers[i].thread);
    atomic_store(&looks.stop, true);
    tr_thread_join(&looks.thread);
    uint64_t durable = tr_wal_durable(wal);
    bool failed = tr_wal_close(NULL, wal) != TR_OK;
    TR_CHECK(kind != 0 || !failed);
    TR_CHECK_MSG(is_fault(looks.err), "the reader got %s", tr_err_name(looks.err));
    TR_CHECK(looks.seen <= durable);
    for (size_t i = 0; i < THREADS; i++) {
        TR_CHECK(is_fault(writers[i].err));
        TR_CHECK(kind != 0 || writers[i].err == TR_OK);
    }
    tr_fault_power_loss(fault);
    wal = wal_open(&options, &report);
    check_log(wal, &report, writers, looks.pruned);
    TR_CHECK(report.next >= durable);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}
