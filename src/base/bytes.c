#include "base/bytes.h"

bool tr_bytes_eq_secret(const void *a, const void *b, size_t n)
{
    const volatile uint8_t *x = a, *y = b;
    uint8_t difference = 0;
    for (size_t i = 0; i < n; i++) difference |= (uint8_t)(x[i] ^ y[i]);
    return difference == 0;
}

void tr_wipe(void *secret, size_t n)
{
    if (n == 0) return;
    memset(secret, 0, n);
    __asm__ volatile("" : : "r"(secret) : "memory");
}
