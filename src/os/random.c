#include "os/random.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/bits.h"
#include "base/bytes.h"

static tr_err system_fill(tr_random *self, tr_trail *trail, void *out, size_t len)
{
    (void)self;
    uint8_t *at = out;
    while (len != 0) {
        ssize_t got = getrandom(at, len, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0)
            return tr_fail(trail, TR_E_IO, "the system gives no random numbers: %s",
                           strerrordesc_np(errno));
        at += got;
        len -= (size_t)got;
    }
    return TR_OK;
}

tr_random *tr_random_system(void)
{
    static tr_random system = {system_fill};
    return &system;
}

static tr_err seeded_fill(tr_random *self, tr_trail *trail, void *out, size_t len)
{
    (void)trail;
    tr_random_seeded *random = (tr_random_seeded *)self;
    uint8_t *at = out, word[8];
    for (; len >= 8; at += 8, len -= 8) tr_store64le(at, tr_random_next(random));
    if (len != 0) {
        tr_store64le(word, tr_random_next(random));
        memcpy(at, word, len);
    }
    return TR_OK;
}

void tr_random_seed(tr_random_seeded *random, uint64_t seed)
{
    random->random.fill = seeded_fill;
    for (size_t i = 0; i < 4; i++) {
        uint64_t z = seed += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        random->s[i] = z ^ (z >> 31);
    }
}

uint64_t tr_random_next(tr_random_seeded *random)
{
    uint64_t *s = random->s;
    uint64_t result = tr_rotl64(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = tr_rotl64(s[3], 45);
    return result;
}

/* Numbers from here down would make the small remainders more likely than the others: 2^64 mod
 * bound of them, always fewer than half of all. */
static uint64_t unfair_below(uint64_t bound)
{
    return -bound % bound;
}

tr_err tr_random_below(tr_trail *trail, tr_random *random, uint64_t bound, uint64_t *out)
{
    TR_ASSERT(bound != 0);
    uint64_t unfair = unfair_below(bound), value;
    do TR_TRY(tr_random_u64(trail, random, &value));
    while (value < unfair);
    *out = value % bound;
    return TR_OK;
}

uint64_t tr_random_next_below(tr_random_seeded *random, uint64_t bound)
{
    TR_ASSERT(bound != 0);
    uint64_t unfair = unfair_below(bound), value;
    do value = tr_random_next(random);
    while (value < unfair);
    return value % bound;
}
