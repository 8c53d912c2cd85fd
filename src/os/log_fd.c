/* Log lines into a file descriptor. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "os/log.h"

/* A poll says that a pipe is ready when it has room for PIPE_BUF (4096) bytes, so a line, which is
 * shorter, can then be written to a descriptor that blocks, and does not. */
_Static_assert(TR_LOG_LINE + 64 <= 4096, "a line fits what a ready pipe takes");

static bool wait_writable(int fd, int64_t deadline)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    for (;;) {
        int64_t left = deadline - tr_clock_monotonic(tr_clock_system());
        int result = poll(&p, 1, left <= 0 ? 0 : (int)(left / TR_NS_PER_MS) + 1);
        if (result > 0) return true; /* or an error, which the write will tell */
        if (result < 0 && errno != EINTR) return false;
        if (result == 0 && left <= 0) return false;
    }
}

/* Writes all, or stops at the deadline; returns how much was written. */
static size_t write_until(int fd, tr_bytes line, int64_t deadline)
{
    size_t done = 0;
    while (done < line.len) {
        if (!wait_writable(fd, deadline)) break;
        ssize_t n = write(fd, line.data + done, line.len - done);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n <= 0) break;
        done += (size_t)n;
    }
    return done;
}

/* A write to a pipe that nobody reads any more raises SIGPIPE in this thread: it is held back, and
 * taken if this write raised it. */
static size_t write_quietly(int fd, tr_bytes line, int64_t deadline)
{
    sigset_t pipe_only, before, pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    size_t done = write_until(fd, line, deadline);
    if (done < line.len && !was_pending) {
        struct timespec now = {0};
        while (sigtimedwait(&pipe_only, NULL, &now) < 0 && errno == EINTR) {
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return done;
}

static bool fd_write(tr_log_sink *self, tr_log_level level, tr_bytes line)
{
    (void)level;
    tr_log_fd *sink = (tr_log_fd *)self;
    int64_t deadline = 0;
    if (!sink->stalled) deadline = tr_clock_deadline(tr_clock_system(), TR_LOG_PATIENCE);
    size_t (*write_line)(int, tr_bytes, int64_t) = sink->pipe ? write_quietly : write_until;
    bool whole = !sink->broken || write_line(sink->fd, TR_LIT("\n"), deadline) == 1;
    if (whole) {
        sink->broken = false;
        size_t done = write_line(sink->fd, line, deadline);
        whole = done == line.len;
        sink->broken = !whole && done != 0;
    }
    sink->stalled = !whole;
    return whole;
}

void tr_log_fd_init(tr_log_fd *sink, int fd)
{
    struct stat info;
    *sink = (tr_log_fd){.sink = {fd_write}, .fd = fd};
    sink->pipe = fstat(fd, &info) == 0 && (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode));
}

bool tr_log_wants_colour(int fd, const char *no_color, const char *term)
{
    bool refused = no_color != NULL && no_color[0] != '\0';
    bool dumb = term == NULL || strcmp(term, "dumb") == 0;
    return !refused && !dumb && isatty(fd) == 1;
}
