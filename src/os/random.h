/* Random numbers behind one interface, so that a simulation can supply them.  Two sources: the
 * operating system's, for secrets, and a seeded one that gives the same numbers on every machine.
 */
#ifndef TR_OS_RANDOM_H
#define TR_OS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "base/result.h"

typedef struct tr_random tr_random;
struct tr_random {
    /* fill writes len random bytes to out.  After an error out holds nothing of use. */
    tr_err (*fill)(tr_random *self, tr_trail *trail, void *out, size_t len);
};

/* tr_random_fill writes len random bytes to out. */
TR_NODISCARD static inline tr_err tr_random_fill(tr_trail *trail, tr_random *random, void *out,
                                                 size_t len)
{
    return random->fill(random, trail, out, len);
}

/* tr_random_u64 gives 64 random bits. */
TR_NODISCARD static inline tr_err tr_random_u64(tr_trail *trail, tr_random *random, uint64_t *out)
{
    return random->fill(random, trail, out, sizeof(*out));
}

/* tr_random_below gives a number below bound (not 0), each with the same chance. */
TR_NODISCARD tr_err tr_random_below(tr_trail *trail, tr_random *random, uint64_t bound,
                                    uint64_t *out);

/* tr_random_system is the kernel's source, for keys and nonces: any thread may use it and it is
 * never freed.  TR_E_IO when the kernel has none; there is no weaker way to fall back on. */
tr_random *tr_random_system(void);

/* The seeded source, xoshiro256** seeded through splitmix64: for simulations, jitter and tests,
 * NEVER for secrets, since a few outputs give the rest away.  One thread at a time. */
typedef struct tr_random_seeded {
    tr_random random; /* the same as an interface; it never fails */
    uint64_t s[4];
} tr_random_seeded;

void tr_random_seed(tr_random_seeded *random, uint64_t seed);
uint64_t tr_random_next(tr_random_seeded *random);

/* tr_random_next_below is a number below bound (not 0), each with the same chance. */
uint64_t tr_random_next_below(tr_random_seeded *random, uint64_t bound);

#endif
