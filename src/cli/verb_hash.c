#include <stdio.h>
#include <string.h>

#include "cli/input.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/hex.h"
#include "hash/hash.h"
#include "os/heap.h"

static const size_t MOST_INPUT = (size_t)1 << 30;

typedef struct function {
    const char *name;
    size_t size;
    void (*hash)(tr_bytes in, uint8_t *out);
} function;

static void keccak256(tr_bytes in, uint8_t *out)
{
    tr_hash h = tr_keccak256(in);
    memcpy(out, h.b, sizeof(h.b));
}

static void sha256(tr_bytes in, uint8_t *out)
{
    tr_hash h = tr_sha256(in);
    memcpy(out, h.b, sizeof(h.b));
}

static const function functions[] = {
    {"keccak256", 32, keccak256}, {"keccak512", 64, tr_keccak512}, {"sha256", 32, sha256},
    {"sha512", 64, tr_sha512},    {"ripemd160", 20, tr_ripemd160},
};

int tr_cli_hash(int argc, char **argv)
{
    const function *f = NULL;
    for (size_t i = 0; i < TR_COUNTOF(functions) && argc == 3; i++)
        if (strcmp(functions[i].name, argv[1]) == 0) f = &functions[i];
    if (f == NULL) {
        tr_cli_error("hash needs the name of a function and hex text, or - for raw standard input",
                     "there are keccak256, keccak512, sha256, sha512 and ripemd160",
                     "trestle hash keccak256 0x616263");
        return 2;
    }
    tr_arena arena;
    tr_trail trail;
    tr_bytes in;
    tr_arena_init(&arena, tr_heap(), 4 * MOST_INPUT);
    bool raw = strcmp(argv[2], "-") == 0;
    tr_err err = raw ? tr_cli_read(&trail, &arena, argv[2], MOST_INPUT, &in)
                     : tr_cli_read_hex(&trail, &arena, argv[2], MOST_INPUT, &in);
    int code = 0;
    if (err != TR_OK) {
        code =
            tr_cli_failed("the input cannot be hashed", &trail,
                          "trestle hash keccak256 0x616263, or - to hash standard input as it is");
    } else {
        uint8_t out[64], text[128];
        f->hash(in, out);
        tr_hex_encode(tr_bytes_of(out, f->size), text);
        printf("0x%.*s\n", (int)(2 * f->size), (const char *)text);
    }
    tr_arena_free(&arena);
    return code;
}
