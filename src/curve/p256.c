#include "curve/p256.h"

#include "curve/p256_impl.h"

const tr_p256_code tr_p256_portable = {"portable", verify};

static const tr_p256_code *chosen = &tr_p256_portable;

void tr_p256_use(const tr_p256_code *code)
{
    chosen = code;
}

bool tr_p256_verify(const uint8_t hash[32], const uint8_t r[32], const uint8_t s[32],
                    const uint8_t x[32], const uint8_t y[32])
{
    return chosen->verify(hash, r, s, x, y);
}
