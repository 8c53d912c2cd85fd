/* Kills a program that writes log and store together:   crash-both ROUNDS [SEED]
 *
 * The child is a small node: threads append transfers to the log and say which are on disk; another
 * thread follows the log and takes it, batch by batch, into the store, each with the position that
 * it reaches.  After the kill
 *
 *   - every transfer that was acknowledged is in the log, right and in its place;
 *   - the store is at a position that the log has, not before one that was acknowledged, and holds
 *     exactly what the transfers below it add up to: nothing half-written;
 *   - the transfers from there on, taken in again, lead to what all of them add up to.
 *
 * The next child goes on with both. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kill.h"
#include "os/clock.h"
#include "os/heap.h"
#include "os/thread.h"
#include "store/kv.h"
#include "store/wal.h"

enum { THREADS = 4, ACCOUNTS = 300, SEGMENT = 256 << 10, MOST_MS = 60, LIVES = 25, BATCH = 64 };

/* A record: everything follows from the first three. */
typedef struct transfer {
    uint64_t round, thread, number;
    uint32_t from, to;
    uint64_t amount;
} transfer;

/* With position set: the store has reached it. */
typedef struct told {
    uint64_t sequence, round, thread, number, position;
} told;

static char directory[TR_PATH_LIMIT / 2], log_path[TR_PATH_LIMIT], store_path[TR_PATH_LIMIT];

static void fail(const char *what, const char *why)
{
    printf("not ok - %s: %s (they are in %s)\n", what, why, directory);
    exit(1);
}

static transfer make_transfer(uint64_t round, uint64_t thread, uint64_t number)
{
    tr_random_seeded random;
    tr_random_seed(&random, round * 1000003 + thread * 101 + number);
    return (transfer){
        .round = round,
        .thread = thread,
        .number = number,
        .from = (uint32_t)tr_random_next_below(&random, ACCOUNTS),
        .to = (uint32_t)tr_random_next_below(&random, ACCOUNTS),
        .amount = tr_random_next_below(&random, 1000),
    };
}

static void apply(uint64_t balances[ACCOUNTS], const transfer *t)
{
    balances[t->from] -= t->amount; /* modulo 2^64: the sum stays zero */
    balances[t->to] += t->amount;
}

static tr_err open_log(tr_trail *trail, tr_wal **wal, tr_wal_report *report)
{
    tr_wal_options options = {.alloc = tr_heap(), .segment = SEGMENT, .first = 1};
    tr_trail_clear(trail);
    return tr_wal_open(trail, log_path, &options, wal, report);
}

static tr_err open_store(tr_trail *trail, tr_kv **kv)
{
    static const char *const tables[] = {"balances"};
    const tr_kv_options options = {
        .alloc = tr_heap(), .tables = tables, .table_count = 1, .format = "crash", .version = 1};
    tr_trail_clear(trail);
    return tr_kv_open(trail, store_path, &options, kv);
}

/* What the store holds: a balance of zero is no entry. */
static tr_err read_store(tr_kv *kv, uint64_t balances[ACCOUNTS], uint64_t *position)
{
    tr_kv_snapshot *snapshot;
    TR_TRY(tr_kv_snapshot_take(NULL, kv, &snapshot));
    *position = tr_kv_position(snapshot);
    tr_err err = TR_OK;
    for (uint32_t i = 0; err == TR_OK && i < ACCOUNTS; i++) {
        uint8_t key[4];
        tr_bytes value;
        tr_store32be(key, i);
        balances[i] = 0;
        err = tr_kv_get(NULL, snapshot, 0, TR_VIEW(key), &value);
        if (err == TR_OK) balances[i] = tr_load64le(value.data);
        if (err == TR_E_NOT_FOUND) err = TR_OK;
    }
    tr_kv_snapshot_drop(snapshot);
    return err;
}

/* Writes every balance; position is the sequence below which transfers are in it. */
static tr_err write_store(tr_kv *kv, const uint64_t balances[ACCOUNTS], uint64_t position)
{
    tr_kv_write *write;
    TR_TRY(tr_kv_write_begin(NULL, kv, &write));
    for (uint32_t i = 0; i < ACCOUNTS; i++) {
        uint8_t key[4], value[8];
        tr_store32be(key, i);
        tr_store64le(value, balances[i]);
        tr_err err = balances[i] == 0 ? tr_kv_remove(NULL, write, 0, TR_VIEW(key))
                                      : tr_kv_put(NULL, write, 0, TR_VIEW(key), TR_VIEW(value));
        if (err != TR_OK) {
            tr_kv_write_drop(write);
            return err;
        }
    }
    return tr_kv_write_commit(NULL, write, position);
}

/* The child. */
static struct node {
    tr_wal *wal;
    tr_kv *kv;
    int pipe;
    uint64_t round;
} node;

static void tell(const told *t)
{
    if (write(node.pipe, t, sizeof(*t)) != (ssize_t)sizeof(*t)) _exit(3);
}

static void append_for_ever(void *context)
{
    uint64_t thread = (uint64_t)(uintptr_t)context;
    for (uint64_t number = 0;; number++) {
        transfer t = make_transfer(node.round, thread, number);
        tr_wal_record record = {.type = 1, .body = tr_bytes_of(&t, sizeof(t))};
        uint64_t sequence;
        if (tr_wal_append(NULL, node.wal, 1, &record, &sequence) != TR_OK) _exit(4);
        if (tr_wal_sync(NULL, node.wal, sequence + 1) != TR_OK) _exit(5);
        tell(&(told){.sequence = sequence, .round = t.round, .thread = thread, .number = number});
    }
}

static void follow_for_ever(void *context)
{
    (void)context;
    static uint64_t balances[ACCOUNTS];
    uint64_t position;
    tr_wal_cursor *cursor;
    if (read_store(node.kv, balances, &position) != TR_OK) _exit(6);
    if (position == 0) position = 1; /* a new store; the log begins with 1 */
    if (tr_wal_seek(NULL, node.wal, position, &cursor) != TR_OK) _exit(7);
    for (;;) {
        tr_wal_record record;
        tr_err err = TR_OK;
        size_t taken = 0;
        for (; taken < BATCH; taken++) {
            err = tr_wal_next(NULL, cursor, &record);
            if (err != TR_OK) break;
            transfer t;
            memcpy(&t, record.body.data, sizeof(t));
            apply(balances, &t);
            position = record.sequence + 1;
        }
        if (err != TR_OK && err != TR_E_EMPTY) _exit(8);
        if (taken == 0) {
            tr_clock_sleep(tr_clock_system(), TR_NS_PER_MS / 10);
            continue;
        }
        if (write_store(node.kv, balances, position) != TR_OK) _exit(9);
        tell(&(told){.position = position});
    }
}

static void live(uint64_t round, int pipe)
{
    static tr_thread threads[THREADS + 1];
    tr_trail trail;
    tr_wal_report report;
    tr_thread_options how = {.name = "node"};
    node.pipe = pipe;
    node.round = round;
    if (open_log(&trail, &node.wal, &report) != TR_OK) _exit(2);
    if (open_store(&trail, &node.kv) != TR_OK) _exit(2);
    if (tr_thread_start(NULL, &threads[THREADS], &how, follow_for_ever, NULL) != TR_OK) _exit(10);
    for (uintptr_t i = 0; i < THREADS; i++)
        if (tr_thread_start(NULL, &threads[i], &how, append_for_ever, (void *)i) != TR_OK)
            _exit(10);
    for (;;) pause();
}

/* The parent: what it was told, and what it found. */
static told *known;
static size_t known_count, known_cap;
static uint64_t position_told, transfers, behind;

static void learn(const void *message)
{
    told t;
    memcpy(&t, message, sizeof(t));
    if (t.position != 0) {
        position_told = t.position;
        return;
    }
    if (known_count == known_cap) {
        known_cap = known_cap == 0 ? 4096 : known_cap * 2;
        known = realloc(known, known_cap * sizeof(*known));
        if (known == NULL) abort();
    }
    known[known_count++] = t;
}

static int by_sequence(const void *a, const void *b)
{
    const told *x = a, *y = b;
    return (x->sequence > y->sequence) - (x->sequence < y->sequence);
}

/* Adds up the log; at is what it came to below position, all in the end. */
static void read_log(tr_wal *wal, const tr_wal_report *report, uint64_t position,
                     uint64_t at[ACCOUNTS], uint64_t all[ACCOUNTS])
{
    tr_wal_cursor *cursor;
    size_t next = 0;
    if (known_count != 0) qsort(known, known_count, sizeof(*known), by_sequence);
    if (tr_wal_seek(NULL, wal, report->first, &cursor) != TR_OK) fail("the log", "no cursor");
    for (uint64_t sequence = report->first; sequence < report->next; sequence++) {
        tr_wal_record record;
        transfer t;
        if (sequence == position) memcpy(at, all, ACCOUNTS * sizeof(*at));
        if (tr_wal_next(NULL, cursor, &record) != TR_OK || record.sequence != sequence ||
            record.body.len != sizeof(t))
            fail("a record", "cannot be read");
        memcpy(&t, record.body.data, sizeof(t));
        transfer again = make_transfer(t.round, t.thread, t.number);
        if (memcmp(&t, &again, sizeof(t)) != 0) fail("a record", "is not one that was written");
        apply(all, &t);
        transfers++;
        if (next == known_count || known[next].sequence != sequence) continue;
        if (known[next].round != t.round || known[next].thread != t.thread ||
            known[next].number != t.number)
            fail("an acknowledged transfer", "is in another's place");
        next++;
    }
    if (next != known_count) fail("an acknowledged transfer", "is not there");
    if (position == report->next) memcpy(at, all, ACCOUNTS * sizeof(*at));
    tr_wal_cursor_free(cursor);
}

static void verify(void)
{
    static uint64_t at[ACCOUNTS], all[ACCOUNTS], held[ACCOUNTS];
    tr_wal *wal;
    tr_kv *kv;
    tr_trail trail;
    tr_wal_report report;
    uint64_t position;
    if (open_log(&trail, &wal, &report) != TR_OK) fail("the log does not open", trail.text);
    if (open_store(&trail, &kv) != TR_OK) fail("the store does not open", trail.text);
    if (tr_kv_check(&trail, kv) != TR_OK) fail("the store is damaged", trail.text);
    if (read_store(kv, held, &position) != TR_OK) fail("the store", "cannot be read");
    if (position < position_told) fail("an acknowledged batch", "is not there");
    if (position > report.next) fail("the store", "is ahead of the log");
    memset(at, 0, sizeof(at));
    memset(all, 0, sizeof(all));
    read_log(wal, &report, position, at, all);
    if (memcmp(held, at, sizeof(at)) != 0) fail("the store", "is not what the log adds up to");
    behind += position < report.next;
    if (write_store(kv, all, report.next) != TR_OK) fail("the store", "cannot be written");
    if (read_store(kv, held, &position) != TR_OK || position != report.next ||
        memcmp(held, all, sizeof(all)) != 0)
        fail("the store", "is not what was replayed");
    position_told = position;
    tr_kv_close(kv);
    if (tr_wal_close(&trail, wal) != TR_OK) fail("close", trail.text);
}

static void begin(void)
{
    const char *where = getenv("TMPDIR");
    snprintf(directory, sizeof(directory), "%.1000s/trestle-crash-XXXXXX",
             where == NULL || *where == '\0' ? "/tmp" : where);
    if (mkdtemp(directory) == NULL) fail("there is no directory to work in", directory);
    snprintf(log_path, sizeof(log_path), "%s/log", directory);
    snprintf(store_path, sizeof(store_path), "%s/store", directory);
    if (tr_dir_make(NULL, tr_fs_system(), log_path, 0700) != TR_OK) fail("no directory", log_path);
    known_count = 0;
    position_told = 0;
}

int main(int argc, char **argv)
{
    const kill_plan plan = {live, learn, sizeof(told), MOST_MS};
    uint64_t rounds = argc > 1 ? strtoull(argv[1], NULL, 0) : 20;
    uint64_t seed =
        argc > 2 ? strtoull(argv[2], NULL, 0) : (uint64_t)tr_clock_wall(tr_clock_system());
    tr_random_seeded random;
    tr_random_seed(&random, seed);
    for (uint64_t round = 1; round <= rounds; round++) {
        if (round % LIVES == 1)
            begin(); /* or reading all of the log would take longer and longer */
        const char *wrong = kill_one(&plan, round, &random);
        if (wrong != NULL) fail("a round", wrong);
        verify();
        if (round % LIVES == 0 || round == rounds) kill_remove(directory);
    }
    printf("ok - %" PRIu64 " kills (seed %" PRIu64 "): %" PRIu64
           " transfers read, the store behind "
           "the log %" PRIu64 " times\n",
           rounds, seed, transfers, behind);
    free(known);
    return 0;
}
