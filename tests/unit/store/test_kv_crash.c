/* A process that writes batch after batch and tells each that was acknowledged through a pipe is
 * killed at a random moment, again and again on the same store. */
#include <signal.h>
#include <sys/wait.h>

#include "os/clock.h"
#include "os/heap.h"
#include "store/kv.h"
#include "store_dir.h"

enum { KEYS = 512, EACH = 40, WINDOW = 2000, DEFAULT_CRASHES = 15 };

static const char *const table_names[] = {"one", "two"};

static tr_err try_open(tr_trail *trail, const char *path, tr_kv **out)
{
    const tr_kv_options options = {.alloc = tr_heap(),
                                   .tables = table_names,
                                   .table_count = 2,
                                   .format = "test",
                                   .version = 1};
    return tr_kv_open(trail, path, &options, out);
}

/* Batch p writes EACH keys of both tables; which ones and what follows from p alone. */
static uint16_t key_of(uint64_t p, uint64_t i)
{
    return (uint16_t)((p * 31 + i * 7) % KEYS);
}

static tr_bytes value_of(uint64_t p, uint64_t i)
{
    static uint8_t bytes[6000];
    size_t len = (p + i) % 97 == 0 ? sizeof(bytes) : 8 + (p + i) % 120;
    memset(bytes, (int)p, len);
    tr_store64le(bytes, p);
    return tr_bytes_of(bytes, len);
}

static tr_err write_batch(tr_kv *kv, uint64_t p)
{
    tr_kv_write *write;
    TR_TRY(tr_kv_write_begin(NULL, kv, &write));
    for (uint64_t i = 0; i < EACH; i++) {
        uint8_t key[2];
        tr_store16be(key, key_of(p, i));
        TR_TRY(tr_kv_put(NULL, write, 0, TR_VIEW(key), value_of(p, i)));
        if ((p + i) % 5 == 0) TR_TRY(tr_kv_remove(NULL, write, 1, TR_VIEW(key)));
        if ((p + i) % 5 != 0) TR_TRY(tr_kv_put(NULL, write, 1, TR_VIEW(key), value_of(p, i)));
    }
    return tr_kv_write_commit(NULL, write, p);
}

static uint64_t position_of(tr_kv *kv)
{
    tr_kv_snapshot *snapshot;
    if (tr_kv_snapshot_take(NULL, kv, &snapshot) != TR_OK) return UINT64_MAX;
    uint64_t position = tr_kv_position(snapshot);
    tr_kv_snapshot_drop(snapshot);
    return position;
}

__attribute__((noreturn)) static void write_for_ever(const char *path, int tell)
{
    tr_kv *kv;
    if (try_open(NULL, path, &kv) != TR_OK) _exit(1);
    for (uint64_t p = position_of(kv) + 1;; p++) {
        if (write_batch(kv, p) != TR_OK) _exit(2);
        if (write(tell, &p, sizeof(p)) != sizeof(p)) _exit(3);
    }
}

/* All of what the batches up to position make, and nothing of a later one. */
static void check_content(tr_kv *kv, uint64_t position)
{
    static struct {
        uint64_t p, i;
    } last[KEYS];
    tr_kv_snapshot *snapshot;
    memset(last, 0, sizeof(last));
    for (uint64_t p = position > WINDOW ? position - WINDOW : 1; p <= position; p++)
        for (uint64_t i = 0; i < EACH; i++) {
            last[key_of(p, i)].p = p;
            last[key_of(p, i)].i = i;
        }
    TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
    for (size_t k = 0; k < KEYS; k++) {
        uint8_t key[2];
        tr_bytes value;
        uint64_t p = last[k].p, i = last[k].i;
        tr_store16be(key, (uint16_t)k);
        for (tr_kv_table t = 0; t < 2; t++) {
            bool there = p != 0 && (t == 0 || (p + i) % 5 != 0);
            TR_CHECK_ERR(tr_kv_get(NULL, snapshot, t, TR_VIEW(key), &value),
                         there ? TR_OK : TR_E_NOT_FOUND);
            if (there) TR_CHECK_BYTES(value, value_of(p, i));
        }
    }
    tr_kv_snapshot_drop(snapshot);
}

/* Kills a writer and gives the last batch that it told. */
static uint64_t crash(const char *path, uint64_t acked)
{
    int pipe_of[2];
    TR_CHECK(pipe(pipe_of) == 0);
    fflush(stdout);
    pid_t child = fork();
    TR_CHECK(child >= 0);
    if (child == 0) {
        close(pipe_of[0]);
        write_for_ever(path, pipe_of[1]);
    }
    close(pipe_of[1]);
    uint64_t random = tr_test_random();
    int64_t most = (random & 3) == 0 ? 2 * TR_NS_PER_MS : 20 * TR_NS_PER_MS;
    tr_clock_sleep(tr_clock_system(), (int64_t)((random >> 8) % (uint64_t)most));
    kill(child, SIGKILL);
    uint64_t told;
    while (read(pipe_of[0], &told, sizeof(told)) == sizeof(told)) acked = told;
    close(pipe_of[0]);
    int status;
    TR_CHECK(waitpid(child, &status, 0) == child);
    TR_CHECK_MSG(WIFSIGNALED(status), "the writer ended with %d", WEXITSTATUS(status));
    return acked;
}

TR_TEST(what_was_acknowledged_is_there_after_a_kill)
{
    const char *wanted = getenv("TRESTLE_CRASHES");
    size_t crashes = wanted == NULL ? DEFAULT_CRASHES : strtoull(wanted, NULL, 0);
    char path[128];
    uint64_t acked = 0;
    make_dir();
    snprintf(path, sizeof(path), "%s", in_dir("kv"));
    for (size_t i = 0; i < crashes; i++) {
        tr_kv *kv = NULL;
        tr_trail trail;
        acked = crash(path, acked);
        tr_err err = try_open(&trail, path, &kv);
        TR_CHECK_MSG(err == TR_OK, "%d %s", err, trail.text);
        uint64_t position = position_of(kv);
        TR_CHECK_MSG(position == acked || position == acked + 1, "%llu of %llu",
                     (unsigned long long)position, (unsigned long long)acked);
        check_content(kv, position);
        TR_CHECK_OK(tr_kv_check(NULL, kv));
        tr_kv_close(kv);
        acked = position;
    }
    TR_CHECK(acked > 0);
    remove_dir();
}
