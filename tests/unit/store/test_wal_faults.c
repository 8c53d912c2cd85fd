/* The log over a disk that fails in every way the fault layer knows.  Whatever happens: what was
 * acknowledged is there and right, what is there has no hole, and a mere loss of power is never
 * called damage. */
#include "fault_fs.h"
#include "harness.h"
#include "os/random.h"
#include "os/thread.h"
#include "store/wal.h"

enum { MOST = 4000, SEGMENT = 4096, DIRECTORY_CALLS = 80 };

/* What the log was told, and so what it may say. */
typedef struct model {
    tr_gen *g;
    tr_fault_fs *fault;
    tr_wal_options options;
    tr_random_seeded salts;
    uint64_t acked;            /* everything below is there */
    uint64_t issued;           /* nothing from here on is */
    uint64_t pruned;           /* what is below may be gone */
    uint32_t generation[MOST]; /* which of the records that had a number was the last */
    uint32_t life;
    bool pruning; /* the last step: its errors need not be the log's end */
    uint8_t body[3 * SEGMENT];
} model;

static tr_bytes body_of(model *m, uint64_t sequence, uint32_t generation)
{
    tr_random_seeded random;
    tr_random_seed(&random, sequence << 20 ^ generation);
    uint64_t kind = tr_random_next_below(&random, 40);
    size_t len = (size_t)tr_random_next_below(&random, kind == 0  ? sizeof(m->body)
                                                       : kind < 8 ? 1200
                                                                  : 120);
    for (size_t i = 0; i < len; i++) m->body[i] = (uint8_t)tr_random_next(&random);
    return tr_bytes_of(m->body, len);
}

static uint8_t type_of(uint64_t sequence)
{
    return (uint8_t)(sequence * 7 % TR_WAL_TYPES);
}

static bool is_fault(tr_err err)
{
    return err == TR_E_IO || err == TR_E_SYNC || err == TR_E_FULL;
}

/* Reads the log from first to its end; false if a fault came in between. */
static bool check_records(model *m, tr_wal *wal, uint64_t first, uint64_t next, bool faults)
{
    tr_wal_cursor *cursor;
    tr_trail trail;
    tr_wal_record record;
    TR_CHECK_OK(tr_wal_seek(&trail, wal, first, &cursor));
    for (uint64_t sequence = first;; sequence++) {
        tr_err err = tr_wal_next(&trail, cursor, &record);
        if (err != TR_OK) {
            tr_wal_cursor_free(cursor);
            if (faults && is_fault(err)) return false;
            TR_CHECK_ERR(err, TR_E_EMPTY);
            TR_CHECK_EQ(sequence, next);
            return true;
        }
        TR_CHECK_EQ(record.sequence, sequence);
        TR_CHECK_EQ(record.type, type_of(sequence));
        TR_CHECK_BYTES(record.body, body_of(m, sequence, m->generation[sequence]));
    }
}

static void check_report(const model *m, const tr_wal_report *r)
{
    TR_CHECK_MSG(r->next >= m->acked, "acknowledged below %llu, found below %llu",
                 (unsigned long long)m->acked, (unsigned long long)r->next);
    TR_CHECK(r->next <= m->issued && r->first <= r->next);
    TR_CHECK(r->first <= TR_MAX(m->pruned, m->options.first));
}

/* Without faults but slow calls: the log opens, is right, and says the same read only. */
static void check_log(model *m)
{
    tr_wal *wal;
    tr_trail trail;
    tr_wal_report report, looked = {0};
    tr_fault_plan slow = {.interrupted = 10, .shortened = 20};
    tr_fault_set(m->fault, &slow);
    tr_wal_options look = m->options;
    look.read_only = true;
    trail.text[0] = '\0';
    tr_err err = tr_wal_open(&trail, "/log", &look, &wal, &looked);
    if (err != TR_E_NOT_FOUND) {
        TR_CHECK_MSG(err == TR_OK, "read only: %s", trail.text);
        check_report(m, &looked);
        (void)check_records(m, wal, looked.first, looked.next, false);
        TR_CHECK_OK(tr_wal_close(NULL, wal));
    }
    bool there = err == TR_OK;
    err = tr_wal_open(&trail, "/log", &m->options, &wal, &report);
    TR_CHECK_MSG(err == TR_OK, "%s", trail.text);
    check_report(m, &report);
    if (there) TR_CHECK(memcmp(&report, &looked, sizeof(report)) == 0);
    (void)check_records(m, wal, report.first, report.next, false);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    TR_CHECK_EQ(tr_fault_open_files(m->fault), 0);
    m->acked = m->issued = report.next; /* opening made it durable, and the rest is gone */
}

static tr_err append_some(model *m, tr_wal *wal)
{
    tr_wal_record records[5];
    size_t n = 1 + (size_t)tr_gen_below(m->g, TR_COUNTOF(records));
    uint64_t first;
    tr_trail trail;
    if (m->issued + n > MOST) return TR_OK;
    for (size_t i = 0; i < n; i++) {
        uint64_t sequence = m->issued + i;
        m->generation[sequence] = m->life;
        records[i].type = type_of(sequence);
        records[i].body =
            tr_arena_copy(tr_test_arena(), body_of(m, sequence, m->generation[sequence]));
    }
    TR_TRY(tr_wal_append(&trail, wal, n, records, &first));
    TR_CHECK_EQ(first, m->issued);
    m->issued += n;
    return TR_OK;
}

static tr_err step(model *m, tr_wal *wal)
{
    uint64_t to;
    tr_trail trail;
    tr_err err = TR_OK;
    uint64_t kind = tr_gen_below(m->g, 10);
    m->pruning = kind == 0;
    switch (kind) {
    case 0:
        to = m->issued - tr_gen_below(m->g, m->issued - m->acked + 1);
        m->pruned = TR_MAX(m->pruned, TR_MIN(to, m->acked));
        return tr_wal_prune(&trail, wal, m->pruned);
    case 1:
    case 2:
    case 3:
        to = m->issued - tr_gen_below(m->g, m->issued - m->acked + 1);
        err = tr_wal_sync(&trail, wal, to);
        if (err == TR_OK) {
            m->acked = TR_MAX(m->acked, tr_wal_durable(wal));
            TR_CHECK(tr_wal_durable(wal) >= to);
        }
        return err;
    default:
        return append_some(m, wal);
    }
}

static void make_plan(model *m, tr_fault_plan *plan)
{
    *plan = (tr_fault_plan){.interrupted = (unsigned)tr_gen_below(m->g, 20),
                            .shortened = (unsigned)tr_gen_below(m->g, 40),
                            .writeback = (unsigned)tr_gen_below(m->g, 60)};
    uint64_t at = 1 + tr_gen_below(m->g, DIRECTORY_CALLS);
    switch (tr_gen_below(m->g, 6)) {
    case 0:
        plan->fail_sync = 1 + at / 3;
        break;
    case 1:
        plan->fail_call = at;
        break;
    case 2:
        plan->room = 1 + at * 200;
        break;
    case 3:
        break;
    default:
        plan->crash = at;
        break;
    }
}

/* One life of a program with the log, until something fails or it ends. */
static void live(model *m)
{
    tr_wal *wal;
    tr_trail trail;
    tr_wal_report report;
    tr_fault_plan plan;
    m->life++;
    make_plan(m, &plan);
    tr_fault_set(m->fault, &plan);
    trail.text[0] = '\0';
    tr_err err = tr_wal_open(&trail, "/log", &m->options, &wal, &report);
    if (err != TR_OK) {
        TR_CHECK_MSG(is_fault(err), "opening with faults: %s", trail.text);
        return;
    }
    check_report(m, &report);
    m->acked = m->issued = report.next;
    if (check_records(m, wal, report.first, report.next, true))
        for (uint64_t steps = tr_gen_below(m->g, 60); steps > 0 && err == TR_OK; steps--) {
            err = step(m, wal);
            if (m->pruning && is_fault(err) && tr_gen_bool(m->g)) err = TR_OK; /* go on */
        }
    if (err == TR_OK && tr_gen_bool(m->g)) {
        err = tr_wal_close(&trail, wal);
        if (err == TR_OK) m->acked = m->issued;
    } else {
        if (err != TR_OK) {
            uint64_t first;
            tr_wal_record late = {.body = TR_LIT("late")};
            TR_CHECK(m->pruning || tr_wal_append(NULL, wal, 1, &late, &first) == err);
        }
        tr_fault_plan dead = {.crash = 1}; /* what is not on disk stays so */
        tr_fault_set(m->fault, &dead);
        (void)tr_wal_close(&trail, wal);
    }
    TR_CHECK(err == TR_OK || is_fault(err));
}

TR_PROP(nothing_acknowledged_is_lost)
{
    static model m;
    m = (model){.g = g, .fault = tr_fault_new(tr_gen_u64(g))};
    tr_random_seed(&m.salts, tr_gen_u64(g));
    m.options = (tr_wal_options){.fs = tr_fault_fs_of(m.fault),
                                 .alloc = tr_test_alloc(),
                                 .random = &m.salts.random,
                                 .segment = SEGMENT,
                                 .pending = 3 * SEGMENT,
                                 .alone = true,
                                 .first = tr_gen_below(g, 100)};
    m.acked = m.issued = m.pruned = m.options.first;
    for (uint64_t lives = 1 + tr_gen_below(g, 4); lives > 0; lives--) {
        live(&m);
        if (tr_gen_below(g, 3) == 0)
            tr_fault_kill(m.fault);
        else
            tr_fault_power_loss(m.fault);
        if (tr_gen_below(g, 4) != 0) check_log(&m);
    }
    check_log(&m);
    tr_fault_free(m.fault);
}
