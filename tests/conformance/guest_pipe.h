/* The guest closure under qemu-user, at the other end of a pipe (tests/guest/probe.c). */
#ifndef TR_CONFORMANCE_GUEST_PIPE_H
#define TR_CONFORMANCE_GUEST_PIPE_H

#include "base/base.h"

typedef struct guest_pipe guest_pipe;

/* guest_pipe_open starts the program; NULL (and errno) when it does not start. */
guest_pipe *guest_pipe_open(const char *program);

/* guest_pipe_call performs an operation there.  TR_E_CLOSED: the guest has stopped. */
tr_err guest_pipe_call(guest_pipe *pipe, tr_arena *arena, const char *op, tr_bytes in,
                       tr_bytes *out);

/* guest_pipe_close ends the program; NULL is nothing to do. */
void guest_pipe_close(guest_pipe *pipe);

#endif
