/* Random code that gets somewhere: mostly instructions whose words are there, jumps mostly to
 * places that exist, offsets mostly small. */
#ifndef TR_TESTS_CODE_GEN_H
#define TR_TESTS_CODE_GEN_H

#include "evm_world.h"

enum { CODE_GEN_MAX = 600 };

static inline size_t gen_push(tr_gen *g, uint8_t *to, uint64_t value)
{
    (void)g;
    unsigned len = tr_be_len(value);
    if (len == 0) len = 1;
    *to = (uint8_t)(0x5f + len);
    for (unsigned i = 0; i < len; i++) to[1 + i] = (uint8_t)(value >> (8 * (len - 1 - i)));
    return 1 + len;
}

static inline size_t gen_word(tr_gen *g, uint8_t *to)
{
    if (tr_gen_below(g, 3) != 0) return gen_push(g, to, tr_gen_below(g, 200));
    unsigned len = 1 + (unsigned)tr_gen_below(g, 32);
    *to = (uint8_t)(0x5f + len);
    tr_gen_fill(g, to + 1, len);
    if (tr_gen_bool(g)) memset(to + 1, tr_gen_bool(g) ? 0xff : 0, len - 1);
    return 1 + len;
}

/* A whole call with its words; the callee is one of the world's accounts or a precompile. */
static inline size_t gen_call(tr_gen *g, uint8_t *to)
{
    static const uint8_t kinds[] = {0xf1, 0xf2, 0xf4, 0xfa};
    uint8_t kind = kinds[tr_gen_below(g, 4)];
    size_t n = 0;
    for (unsigned i = 0; i < 4; i++) n += gen_push(g, to + n, tr_gen_below(g, 100));
    if (kind == 0xf1 || kind == 0xf2) n += gen_push(g, to + n, tr_gen_below(g, 3));
    if (tr_gen_bool(g)) {
        tr_addr a = world_address((uint8_t)(2 + tr_gen_below(g, 4)));
        to[n++] = 0x73;
        memcpy(to + n, a.b, 20);
        n += 20;
    } else {
        n += gen_push(g, to + n, 1 + tr_gen_below(g, 5));
    }
    n += gen_push(g, to + n, tr_gen_below(g, 4) == 0 ? tr_gen_below(g, 5000) : 0xffffffff);
    to[n++] = kind;
    return n;
}

/* Fills code with about want bytes, at most CODE_GEN_MAX, and gives the length. */
static inline size_t gen_code(tr_gen *g, const tr_evm_rules *rules, uint8_t *code, size_t want)
{
    size_t n = 0, dests[64], dest_count = 0;
    int height = 0;
    while (n < want && n + 80 < CODE_GEN_MAX) {
        uint64_t choice = tr_gen_below(g, 100);
        if (choice < 25 || height < 2) {
            n += gen_word(g, code + n);
            height++;
        } else if (choice < 33) {
            code[n++] = 0x5b;
            if (dest_count < 64) dests[dest_count++] = n - 1;
        } else if (choice < 40) {
            bool known = dest_count != 0 && tr_gen_below(g, 8) != 0;
            n += gen_push(g, code + n,
                          known ? dests[tr_gen_below(g, dest_count)] : n + tr_gen_below(g, 8));
            code[n++] = tr_gen_below(g, 3) == 0 ? 0x56 : 0x57;
            height -= code[n - 1] == 0x57;
        } else if (choice < 44) {
            n += gen_call(g, code + n);
            height++;
        } else if (choice < 56) {
            code[n++] = (uint8_t)(0x80 + tr_gen_below(g, (uint64_t)TR_MIN(height, 16)));
            height++;
        } else if (choice < 66) {
            code[n++] = (uint8_t)(0x90 + tr_gen_below(g, (uint64_t)TR_MIN(height - 1, 16)));
        } else {
            uint8_t op = (uint8_t)tr_gen_below(g, choice < 90 ? 0x60 : 256);
            const tr_op_rule *rule = &rules->ops[op];
            bool fits = rule->defined && rule->need <= height;
            bool ends = op == 0 || op >= 0xf3;
            if ((!fits || ends) && tr_gen_below(g, 60) != 0) continue;
            code[n++] = op;
            height += rule->growth;
        }
        if (height < 0) height = 0;
    }
    return n;
}

#endif
