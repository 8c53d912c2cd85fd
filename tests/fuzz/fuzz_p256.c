/* P-256: signatures made of the input by OpenSSL, one byte of them changed, and any five numbers:
 * each code says what OpenSSL's points say. */
#include "../unit/curve/p256_oracle.h"
#include "curve/p256_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { SIGNED = 1 + 3 * 32 + 2 }; /* mode, key, nonce, hash, the change's place and value */

static void check(p256_oracle *o, const p256_case *c)
{
    static const char *const names[] = {"portable", "bmi2"};
    bool want = p256_oracle_verify(o, c);
    for (size_t i = 0; i < TR_COUNTOF(names); i++) {
        const tr_p256_code *code = tr_p256_find(names[i]);
        if (code != NULL) TR_ASSERT(code->verify(c->hash, c->r, c->s, c->x, c->y) == want);
    }
}

/* A public key that is on the curve for any numbers before it, unless x and y are given. */
static void check_numbers(p256_oracle *o, tr_bytes in)
{
    p256_case c;
    memcpy(&c, in.data, TR_MIN(in.len, sizeof(c)));
    if (in.len < sizeof(c)) {
        TR_ASSERT(BN_set_word(o->u, in.len - 96 + 1));
        TR_ASSERT(EC_POINT_mul(o->group, o->key, o->u, NULL, NULL, o->context));
        p256_write_point(o, o->key, c.x, c.y);
    }
    check(o, &c);
}

static void check_signature(p256_oracle *o, const uint8_t *data)
{
    p256_case c;
    memcpy(c.hash, data + 65, 32);
    if (!p256_oracle_sign(o, data + 1, data + 33, &c)) return;
    TR_ASSERT(p256_oracle_verify(o, &c));
    check(o, &c);
    ((uint8_t *)&c)[data[97] % sizeof(c)] ^= data[98];
    check(o, &c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static p256_oracle o;
    if (o.group == NULL) o = p256_oracle_make();
    if (len >= SIGNED && data[0] % 2 == 0) check_signature(&o, data);
    if (len > 97 && data[0] % 2 == 1) check_numbers(&o, tr_bytes_of(data + 1, len - 1));
    return 0;
}
