/* Transactions: builds one, signs it, reads it back and finds who sent it.
 *
 *     cc tx.c $(pkg-config --cflags --libs trestle) -o tx && ./tx */
#include <stdio.h>
#include <string.h>

#include <trestle/tx.h>

static void print_bytes(const char *what, const uint8_t *data, size_t len)
{
    printf("%-8s 0x", what);
    for (size_t i = 0; i < len; i++) printf("%02x", data[i]);
    putchar('\n');
}

int main(void)
{
    uint8_t key[32], hash[32], sender[20];
    uint64_t gas, least;
    size_t len, offset;
    tr_transaction *made, *read;
    tr_transaction_fields fields;

    /* A transfer of 1 wei, with at most 3 gwei for each unit of gas and 1 of them for the block's
     * maker. */
    memset(&fields, 0, sizeof(fields));
    fields.type = 2;
    fields.chain_id = 1;
    fields.gas = 21000;
    memset(fields.to, 0x35, sizeof(fields.to));
    fields.value[31] = 1;
    for (int i = 0; i < 4; i++) {
        fields.max_fee[28 + i] = (uint8_t)(3000000000u >> (24 - 8 * i));
        fields.max_priority[28 + i] = (uint8_t)(1000000000u >> (24 - 8 * i));
    }
    if (tr_transaction_new(&fields, &made) != TR_OK) return 1;

    memset(key, 0x46, sizeof(key)); /* the key of EIP-155's example: never use it */
    if (tr_transaction_sign(made, key) != TR_OK) return 1;
    const uint8_t *raw = tr_transaction_encoding(made, &len);
    print_bytes("raw", raw, len);

    if (tr_transaction_decode(raw, len, &read, &offset) != TR_OK) return 1;
    tr_transaction_hash(read, hash);
    print_bytes("hash", hash, sizeof(hash));
    if (tr_transaction_sender(read, sender) != TR_OK) return 1;
    print_bytes("sender", sender, sizeof(sender));
    if (tr_transaction_intrinsic_gas(read, "Prague", &gas, &least) != TR_OK) return 1;
    printf("%-8s %u\n", "gas", (unsigned)gas);
    if (tr_transaction_check(read, "Prague", 1) != TR_OK) return 1;
    tr_transaction_free(read);

    /* For another chain it is not; and one that is cut is refused, with the place. */
    if (tr_transaction_check(made, "Prague", 10) != TR_E_TX_CHAIN_ID) return 1;
    if (tr_transaction_decode(raw, len - 1, &read, &offset) != TR_E_SHORT) return 1;
    tr_transaction_free(made);
    return 0;
}
