#include "kill.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "os/heap.h"

/* Reads what the child says, or it would stop; kills it when its time has come. */
static const char *listen_and_kill(const kill_plan *plan, pid_t child, int pipe, int64_t end)
{
    uint8_t message[KILL_MESSAGE_MAX];
    for (bool killed = false;;) {
        int64_t left = end - tr_clock_monotonic(tr_clock_system());
        struct pollfd input = {.fd = pipe, .events = POLLIN};
        if (!killed && left <= 0) {
            kill(child, SIGKILL);
            killed = true;
        }
        int timeout = killed ? -1 : (int)(left / TR_NS_PER_MS) + 1;
        if (poll(&input, 1, timeout) == 0) continue;
        ssize_t n = read(pipe, message, plan->message);
        if (n == 0) return NULL;
        if (n != (ssize_t)plan->message) return "a piece of a message came through the pipe";
        plan->learn(message);
    }
}

const char *kill_one(const kill_plan *plan, uint64_t round, tr_random_seeded *random)
{
    int ends[2], status;
    if (pipe(ends) != 0) return "no pipe";
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) return "no child";
    if (child == 0) {
        close(ends[0]);
        plan->live(round, ends[1]);
        _exit(1);
    }
    close(ends[1]);
    uint64_t most = tr_random_next_below(random, 4) == 0 ? 4 : plan->most_ms;
    int64_t wait = (int64_t)tr_random_next_below(random, most * (uint64_t)TR_NS_PER_MS);
    int64_t end = tr_clock_monotonic(tr_clock_system()) + wait;
    const char *wrong = listen_and_kill(plan, child, ends[0], end);
    close(ends[0]);
    if (wrong != NULL) kill(child, SIGKILL);
    if (waitpid(child, &status, 0) != child) return "the child is not there";
    if (wrong == NULL && !WIFSIGNALED(status)) wrong = "the child ended by itself";
    return wrong;
}

void kill_remove(const char *directory)
{
    tr_arena arena;
    tr_names names;
    tr_buf path;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    tr_buf_init(&path, &arena.alloc, TR_PATH_LIMIT);
    if (tr_dir_list(NULL, tr_fs_system(), directory, &arena, &names) == TR_OK)
        for (size_t i = 0; i < names.count; i++) {
            tr_buf_clear(&path);
            tr_buf_printf(&path, "%s/%s", directory, names.at[i]);
            const char *inside = tr_buf_text(&path);
            if (tr_file_remove(NULL, tr_fs_system(), inside) != TR_OK) {
                tr_buf copy;
                tr_buf_init(&copy, &arena.alloc, TR_PATH_LIMIT);
                tr_buf_put_str(&copy, inside);
                kill_remove(tr_buf_text(&copy));
            }
        }
    (void)tr_file_remove(NULL, tr_fs_system(), directory);
    tr_arena_free(&arena);
}
