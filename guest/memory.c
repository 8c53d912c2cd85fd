/* The four memory functions, for programs with no C library below them. */
#include "base/memory.h"

#include <stdint.h>

/* Without this the compiler would make each loop a call of the very function it is in. */
#define NO_IDIOM __asm__ volatile("" ::: "memory")

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
    return memmove(to, from, n);
}

static void copy_up(uint8_t *to, const uint8_t *from, size_t n)
{
    if ((((uintptr_t)to | (uintptr_t)from) & 7) == 0) {
        for (; n >= 8; n -= 8, to += 8, from += 8) {
            *(uint64_t *)to = *(const uint64_t *)from;
            NO_IDIOM;
        }
    }
    for (; n > 0; n--) {
        *to++ = *from++;
        NO_IDIOM;
    }
}

void *memmove(void *to, const void *from, size_t n)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    if ((uintptr_t)t - (uintptr_t)f >= n) {
        copy_up(t, f, n);
    } else {
        while (n > 0) {
            n--;
            t[n] = f[n];
            NO_IDIOM;
        }
    }
    return to;
}

void *memset(void *to, int byte, size_t n)
{
    uint8_t *t = to;
    for (; n > 0 && ((uintptr_t)t & 7) != 0; n--) *t++ = (uint8_t)byte;
    uint64_t word = 0x0101010101010101u * (uint8_t)byte;
    for (; n >= 8; n -= 8, t += 8) {
        *(uint64_t *)t = word;
        NO_IDIOM;
    }
    for (; n > 0; n--) {
        *t++ = (uint8_t)byte;
        NO_IDIOM;
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a, *y = b;
    for (size_t i = 0; i < n; i++)
        if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    return 0;
}
