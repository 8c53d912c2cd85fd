/* A child that writes and is killed at a random moment, and what it said before.
 *
 * The child says through a pipe what it was told is on disk, in messages of one size that are
 * shorter than PIPE_BUF, so that none is ever torn. */
#ifndef TR_TESTS_STORE_KILL_H
#define TR_TESTS_STORE_KILL_H

#include <stddef.h>
#include <stdint.h>

#include "os/random.h"

enum { KILL_MESSAGE_MAX = 64 };

typedef struct kill_plan {
    void (*live)(uint64_t round, int pipe); /* the child: writes until it is killed */
    void (*learn)(const void *message);     /* the parent, for each message */
    size_t message;                         /* bytes, at most KILL_MESSAGE_MAX */
    unsigned most_ms;                       /* how long a child lives at most */
} kill_plan;

/* kill_one runs one round.  It gives NULL, or what went wrong. */
const char *kill_one(const kill_plan *plan, uint64_t round, tr_random_seeded *random);

/* kill_remove takes a directory away with the files and folders in it. */
void kill_remove(const char *directory);

#endif
