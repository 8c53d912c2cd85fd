#include <stdio.h>
#include <string.h>

#include "cli/input.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/hex.h"
#include "hash/hash.h"
#include "hash/poseidon.h"
#include "os/heap.h"

static const size_t MOST_INPUT = (size_t)1 << 30;

typedef struct function {
    const char *name;
    size_t size;
    tr_err (*hash)(tr_trail *trail, tr_bytes in, uint8_t *out);
} function;

static tr_err keccak256(tr_trail *trail, tr_bytes in, uint8_t *out)
{
    (void)trail;
    tr_hash h = tr_keccak256(in);
    memcpy(out, h.b, sizeof(h.b));
    return TR_OK;
}

static tr_err keccak512(tr_trail *trail, tr_bytes in, uint8_t *out)
{
    (void)trail;
    tr_keccak512(in, out);
    return TR_OK;
}

static tr_err sha256(tr_trail *trail, tr_bytes in, uint8_t *out)
{
    (void)trail;
    tr_hash h = tr_sha256(in);
    memcpy(out, h.b, sizeof(h.b));
    return TR_OK;
}

static tr_err sha512(tr_trail *trail, tr_bytes in, uint8_t *out)
{
    (void)trail;
    tr_sha512(in, out);
    return TR_OK;
}

static tr_err ripemd160(tr_trail *trail, tr_bytes in, uint8_t *out)
{
    (void)trail;
    tr_ripemd160(in, out);
    return TR_OK;
}

static tr_err poseidon(tr_trail *trail, tr_bytes in, uint8_t *out)
{
    tr_err err = in.len % 32 == 0 ? tr_poseidon_bytes(in.len / 32, in.data, out) : TR_E_ARGUMENT;
    if (err == TR_E_ARGUMENT)
        return tr_fail(trail, err, "poseidon takes 1 to 16 numbers of 32 bytes each");
    if (err == TR_E_RANGE)
        return tr_fail(trail, err, "a number is not below the modulus of BN254's scalar field");
    return err;
}

static const function functions[] = {
    {"keccak256", 32, keccak256}, {"keccak512", 64, keccak512}, {"sha256", 32, sha256},
    {"sha512", 64, sha512},       {"ripemd160", 20, ripemd160}, {"poseidon", 32, poseidon},
};

int tr_cli_hash(int argc, char **argv)
{
    const function *f = NULL;
    for (size_t i = 0; i < TR_COUNTOF(functions) && argc == 3; i++)
        if (strcmp(functions[i].name, argv[1]) == 0) f = &functions[i];
    if (f == NULL) {
        tr_cli_error("hash needs the name of a function and hex text, or - for raw standard input",
                     "there are keccak256, keccak512, sha256, sha512, ripemd160 and poseidon",
                     "trestle hash keccak256 0x616263");
        return 2;
    }
    tr_arena arena;
    tr_trail trail;
    tr_bytes in;
    tr_trail_clear(&trail);
    tr_arena_init(&arena, tr_heap(), 4 * MOST_INPUT);
    bool raw = strcmp(argv[2], "-") == 0;
    tr_err err = raw ? tr_cli_read(&trail, &arena, argv[2], MOST_INPUT, &in)
                     : tr_cli_read_hex(&trail, &arena, argv[2], MOST_INPUT, &in);
    uint8_t out[64], text[128];
    int code = 0;
    if (err == TR_OK) err = f->hash(&trail, in, out);
    if (err != TR_OK) {
        code =
            tr_cli_failed("the input cannot be hashed", &trail,
                          "trestle hash keccak256 0x616263, or - to hash standard input as it is");
    } else {
        tr_hex_encode(tr_bytes_of(out, f->size), text);
        printf("0x%.*s\n", (int)(2 * f->size), (const char *)text);
    }
    tr_arena_free(&arena);
    return code;
}
