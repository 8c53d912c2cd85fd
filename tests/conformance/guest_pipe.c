#include "guest_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/heap.h"

struct guest_pipe {
    pid_t child;
    int to, from;
};

static bool write_all(int fd, const void *data, size_t len)
{
    const uint8_t *at = data;
    while (len > 0) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

static bool read_all(int fd, void *data, size_t len)
{
    uint8_t *at = data;
    while (len > 0) {
        ssize_t n = read(fd, at, len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        at += n;
        len -= (size_t)n;
    }
    return true;
}

guest_pipe *guest_pipe_open(const char *program)
{
    int to[2], from[2];
    if (access(program, R_OK) != 0 || pipe2(to, O_CLOEXEC) != 0) return NULL;
    if (pipe2(from, O_CLOEXEC) != 0) {
        close(to[0]);
        close(to[1]);
        return NULL;
    }
    guest_pipe *p = tr_alloc_get(tr_heap(), sizeof(*p));
    pid_t child = p == NULL ? -1 : fork();
    if (child == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[1]);
        close(from[0]);
        execlp("qemu-riscv64", "qemu-riscv64", program, (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    if (child < 0) {
        close(to[1]);
        close(from[0]);
        tr_alloc_put(tr_heap(), p, sizeof(*p));
        return NULL;
    }
    signal(SIGPIPE, SIG_IGN); /* a guest that stops is an error code, not the end of the run */
    *p = (guest_pipe){child, to[1], from[0]};
    tr_arena arena;
    tr_bytes out;
    tr_arena_init(&arena, tr_heap(), 1 << 16);
    tr_err err = guest_pipe_call(p, &arena, "base.cursor", (tr_bytes){NULL, 0}, &out);
    tr_arena_free(&arena);
    if (err == TR_OK) return p;
    guest_pipe_close(p);
    errno = ENOEXEC;
    return NULL;
}

tr_err guest_pipe_call(guest_pipe *pipe, tr_arena *arena, const char *op, tr_bytes in,
                       tr_bytes *out)
{
    tr_bytes name = tr_bytes_str(op);
    uint8_t head[8];
    tr_store32le(head, (uint32_t)name.len);
    tr_store32le(head + 4, (uint32_t)in.len);
    if (!write_all(pipe->to, head, 4) || !write_all(pipe->to, name.data, name.len) ||
        !write_all(pipe->to, head + 4, 4) || !write_all(pipe->to, in.data, in.len) ||
        !read_all(pipe->from, head, sizeof(head)))
        return TR_E_CLOSED;
    size_t len = tr_load32le(head + 4);
    uint8_t *to = tr_arena_get(arena, len, 1);
    if (to == NULL) return TR_E_MEMORY;
    if (!read_all(pipe->from, to, len)) return TR_E_CLOSED;
    *out = tr_bytes_of(to, len);
    return (tr_err)tr_load32le(head);
}

void guest_pipe_close(guest_pipe *pipe)
{
    if (pipe == NULL) return;
    close(pipe->to);
    close(pipe->from);
    waitpid(pipe->child, NULL, 0);
    tr_alloc_put(tr_heap(), pipe, sizeof(*pipe));
}
