/* Kills a program that writes a log, and looks what is left:   crash-wal ROUNDS [SEED]
 *
 * The child appends from several threads, prunes now and then, and says through a pipe what it was
 * told is on disk.  It is killed at a random moment; then the log is opened, and everything that
 * was acknowledged has to be there, right and in its place.  The next child goes on with the same
 * log.  (A killed program loses nothing that the system has taken; what a loss of power does is
 * tried over the fault layer.) */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kill.h"
#include "os/clock.h"
#include "os/heap.h"
#include "os/random.h"
#include "os/thread.h"
#include "store/wal.h"

enum { THREADS = 5, BODY = 3000, SEGMENT = 256 << 10, MOST_MS = 60, KEEP = 600 };

/* A record's body begins with this; the rest follows from it. */
typedef struct mark {
    uint64_t round, thread, number, size;
} mark;

/* What goes through the pipe. */
typedef struct told {
    uint64_t sequence; /* of the record, or with pruned: below which records may be gone */
    mark mark;
    uint64_t pruned;
} told;

static char directory[TR_PATH_LIMIT];

static void fail(const char *what, const char *why)
{
    printf("not ok - %s: %s (the log is in %s)\n", what, why, directory);
    exit(1);
}

static size_t make_body(const mark *m, uint8_t out[BODY])
{
    tr_random_seeded random;
    tr_random_seed(&random, m->round * 1000003 + m->thread * 101 + m->number);
    memcpy(out, m, sizeof(*m));
    for (size_t i = sizeof(*m); i < m->size; i++) out[i] = (uint8_t)tr_random_next(&random);
    return m->size;
}

static tr_err open_log(tr_trail *trail, tr_wal **wal, tr_wal_report *report)
{
    tr_wal_options options = {.alloc = tr_heap(), .segment = SEGMENT, .first = 1};
    tr_trail_clear(trail);
    return tr_wal_open(trail, directory, &options, wal, report);
}

/* The child. */
typedef struct writer {
    tr_thread thread;
    tr_wal *wal;
    int pipe;
    uint64_t round, number;
} writer;

static void tell(const writer *w, const told *t)
{
    if (write(w->pipe, t, sizeof(*t)) != (ssize_t)sizeof(*t)) _exit(3);
}

static void write_for_ever(void *context)
{
    writer *w = context;
    static const size_t group = 3;
    uint8_t bodies[3][BODY];
    mark marks[3];
    tr_random_seeded random;
    tr_random_seed(&random, w->round * 31 + w->number);
    for (uint64_t number = 0;;) {
        tr_wal_record records[3];
        uint64_t first;
        size_t n = 1 + (size_t)tr_random_next_below(&random, group);
        for (size_t i = 0; i < n; i++) {
            uint64_t most = tr_random_next_below(&random, 8) == 0 ? BODY : 300;
            uint64_t size = sizeof(mark) + tr_random_next_below(&random, most - sizeof(mark));
            marks[i] = (mark){w->round, w->number, number++, size};
            records[i] = (tr_wal_record){
                .type = (uint8_t)w->number,
                .body = tr_bytes_of(bodies[i], make_body(&marks[i], bodies[i])),
            };
        }
        if (tr_wal_append(NULL, w->wal, n, records, &first) != TR_OK) _exit(4);
        if (tr_random_next_below(&random, 4) == 0) continue; /* nobody is told */
        if (tr_wal_sync(NULL, w->wal, first + n) != TR_OK) _exit(5);
        for (size_t i = 0; i < n; i++) tell(w, &(told){.sequence = first + i, .mark = marks[i]});
        if (w->number != 0 || first < KEEP || number % 16 != 0) continue;
        tell(w, &(told){.sequence = first - KEEP, .pruned = 1});
        if (tr_wal_prune(NULL, w->wal, first - KEEP) != TR_OK) _exit(6);
    }
}

static void live(uint64_t round, int pipe)
{
    static writer writers[THREADS];
    tr_wal *wal;
    tr_trail trail;
    tr_wal_report report;
    tr_thread_options how = {.name = "writer"};
    if (open_log(&trail, &wal, &report) != TR_OK) {
        fprintf(stderr, "child: %s\n", trail.text);
        _exit(2);
    }
    for (size_t i = 0; i < THREADS; i++) {
        writers[i] = (writer){.wal = wal, .pipe = pipe, .round = round, .number = i};
        if (tr_thread_start(NULL, &writers[i].thread, &how, write_for_ever, &writers[i]) != TR_OK)
            _exit(7);
    }
    for (;;) pause();
}

/* What is known: for each sequence whose acknowledgement came, the record. */
static told *known;
static size_t known_count, known_cap;
static uint64_t pruned, records_seen, cuts;

static void learn(const void *message)
{
    const told *t = message;
    if (t->pruned != 0) {
        pruned = TR_MAX(pruned, t->sequence);
        return;
    }
    if (known_count == known_cap) {
        known_cap = known_cap == 0 ? 1024 : known_cap * 2;
        known = realloc(known, known_cap * sizeof(*known));
        if (known == NULL) abort();
    }
    known[known_count++] = *t;
}

static int by_sequence(const void *a, const void *b)
{
    const told *x = a, *y = b;
    return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

/* Reads the log through, against what is known; then that is what the log has. */
static void verify(void)
{
    tr_wal *wal;
    tr_wal_cursor *cursor;
    tr_trail trail;
    tr_wal_report report;
    tr_wal_record record;
    uint8_t body[BODY];
    size_t at = 0;
    if (open_log(&trail, &wal, &report) != TR_OK) fail("the log does not open", trail.text);
    cuts += report.cut_bytes != 0;
    if (report.first > TR_MAX(pruned, (uint64_t)1)) fail("records are gone", "more than pruned");
    if (known_count != 0) qsort(known, known_count, sizeof(*known), by_sequence);
    while (at < known_count && known[at].sequence < report.first) at++;
    if (tr_wal_seek(&trail, wal, report.first, &cursor) != TR_OK) fail("seek", trail.text);
    size_t kept = 0;
    for (uint64_t sequence = report.first; sequence < report.next; sequence++, records_seen++) {
        mark m;
        tr_err err = tr_wal_next(&trail, cursor, &record);
        if (err != TR_OK || record.sequence != sequence) fail("next", trail.text);
        if (record.body.len < sizeof(m)) fail("a record", "too short");
        memcpy(&m, record.body.data, sizeof(m));
        if (m.size != record.body.len || m.size > BODY || m.thread != record.type ||
            !tr_bytes_eq(record.body, tr_bytes_of(body, make_body(&m, body))))
            fail("a record", "is not one that was written");
        if (at == known_count || known[at].sequence != sequence) continue;
        if (memcmp(&known[at].mark, &m, sizeof(m)) != 0) fail("a record", "in another's place");
        known[kept++] = known[at++];
    }
    if (at != known_count) fail("an acknowledged record", "is not there");
    known_count = kept;
    tr_wal_cursor_free(cursor);
    if (tr_wal_close(&trail, wal) != TR_OK) fail("close", trail.text);
}

int main(int argc, char **argv)
{
    const kill_plan plan = {live, learn, sizeof(told), MOST_MS};
    const char *where = getenv("TMPDIR");
    uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 0) : 20;
    uint64_t seed =
        argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)tr_clock_wall(tr_clock_system());
    tr_random_seeded random;
    snprintf(directory, sizeof(directory), "%s/trestle-crash-XXXXXX",
             where == NULL || *where == '\0' ? "/tmp" : where);
    if (mkdtemp(directory) == NULL) fail("there is no directory to work in", directory);
    tr_random_seed(&random, seed);
    for (uint64_t round = 1; round <= rounds; round++) {
        const char *wrong = kill_one(&plan, round, &random);
        if (wrong != NULL) fail("a round", wrong);
        verify();
    }
    printf("ok - %" PRIu64 " kills (seed %" PRIu64 "): %" PRIu64 " records read, %" PRIu64
           " torn ends\n",
           rounds, seed, records_seen, cuts);
    kill_remove(directory);
    free(known);
    return 0;
}
