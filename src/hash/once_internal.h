/* Tables that are made when they are first asked for, by whichever thread comes first; others wait
 * for it.  In the guest there is one thread. */
#ifndef TR_HASH_ONCE_INTERNAL_H
#define TR_HASH_ONCE_INTERNAL_H

#include "base/base.h"

typedef struct tr_once {
    uint8_t made;
    bool busy;
} tr_once;

static inline bool tr_once_made(const tr_once *once)
{
#if __STDC_HOSTED__
    return __atomic_load_n(&once->made, __ATOMIC_ACQUIRE) != 0;
#else
    return once->made != 0;
#endif
}

/* True: the caller makes the table and then calls tr_once_end.  False: it is there. */
static inline bool tr_once_begin(tr_once *once)
{
    if (tr_once_made(once)) return false;
#if __STDC_HOSTED__
    while (__atomic_test_and_set(&once->busy, __ATOMIC_ACQUIRE)) {
        if (tr_once_made(once)) return false;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
#endif
    return true;
}

/* busy stays set: nobody begins again. */
static inline void tr_once_end(tr_once *once)
{
#if __STDC_HOSTED__
    __atomic_store_n(&once->made, 1, __ATOMIC_RELEASE);
#else
    once->made = 1;
#endif
}

#endif
