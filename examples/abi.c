/* The Solidity ABI: the call of a token transfer, and back.
 *
 *     cc abi.c $(pkg-config --cflags --libs trestle) -o abi && ./abi */
#include <stdio.h>
#include <string.h>

#include <trestle/abi.h>

static const char signature[] = "transfer(address to, uint256 amount)";
static const char types_text[] = "address,uint256";
static const char values[] = "[\"0x00000000000000000000000000000000000000aa\",\"1000000\"]";

int main(void)
{
    uint8_t hash[32], call[4 + 64];
    char json[256];
    size_t len, json_len, offset;
    tr_abi_types *types;

    if (tr_abi_signature_hash(signature, strlen(signature), hash, &offset) != TR_OK) return 1;
    memcpy(call, hash, 4);
    if (tr_abi_types_new(types_text, strlen(types_text), &types, &offset) != TR_OK) return 1;
    if (tr_abi_encode_json(types, values, strlen(values), call + 4, sizeof(call) - 4, &len,
                           &offset) != TR_OK)
        return 1;
    printf("call  0x");
    for (size_t i = 0; i < 4 + len; i++) printf("%02x", call[i]);
    putchar('\n');

    if (tr_abi_decode_json(types, call + 4, len, TR_ABI_DECODE_STRICT, json, sizeof(json),
                           &json_len, &offset) != TR_OK)
        return 1;
    printf("back  %s\n", json);
    if (strcmp(json, values) != 0) return 1;

    /* A bit outside of the address is refused, and the place is told. */
    call[4] = 1;
    if (tr_abi_decode_json(types, call + 4, len, TR_ABI_DECODE_STRICT, json, sizeof(json),
                           &json_len, &offset) != TR_E_ABI_PADDING)
        return 1;
    printf("dirty at byte %u\n", (unsigned)offset);
    tr_abi_types_free(types);
    return 0;
}
