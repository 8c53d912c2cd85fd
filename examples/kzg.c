/* Commit to a blob, prove a value of it, lose half of its cells and get them back.
 *
 *     cc kzg.c $(pkg-config --cflags --libs trestle) -o kzg && ./kzg */
#include <stdio.h>
#include <string.h>

#include <trestle/kzg.h>

static uint8_t blob[TR_KZG_SETUP_BLOB];
static uint8_t cells[TR_KZG_SETUP_CELLS][TR_KZG_SETUP_CELL];
static uint8_t again[TR_KZG_SETUP_CELLS][TR_KZG_SETUP_CELL];

static void print_hex(const char *name, const unsigned char *bytes, size_t len)
{
    printf("%-10s ", name);
    for (size_t i = 0; i < len; i++) printf("%02x", bytes[i]);
    putchar('\n');
}

static int use(const tr_kzg_setup *setup)
{
    enum { HALF = TR_KZG_SETUP_CELLS / 2 };
    uint8_t commitment[48], hash[32], proof[48], z[32] = {5}, y[32];
    uint64_t indexes[HALF];

    /* A number of 32 bytes must be below the order: the first byte of each stays zero. */
    for (size_t i = 0; i < sizeof(blob); i++) blob[i] = i % 32 == 0 ? 0 : (uint8_t)(i * i >> 5);
    if (tr_kzg_setup_commit(setup, blob, commitment) != TR_OK) return 1;
    tr_kzg_hash(commitment, hash);
    print_hex("commitment", commitment, sizeof(commitment));
    print_hex("hash", hash, sizeof(hash));

    if (tr_kzg_setup_prove_blob(setup, blob, commitment, proof) != TR_OK) return 1;
    if (tr_kzg_setup_check_blobs(setup, 1, blob, commitment, proof) != TR_OK) return 1;
    print_hex("proof", proof, sizeof(proof));
    if (tr_kzg_setup_prove_point(setup, blob, z, proof, y) != TR_OK) return 1;
    if (tr_kzg_check_point(commitment, z, y, proof) != TR_OK) return 1;
    print_hex("value", y, sizeof(y));
    y[31] ^= 1;
    if (tr_kzg_check_point(commitment, z, y, proof) != TR_E_KZG) return 1;
    puts("another value is refused");

    if (tr_kzg_setup_cells(setup, blob, cells[0], NULL) != TR_OK) return 1;
    for (unsigned i = 0; i < HALF; i++) indexes[i] = HALF + i;
    if (tr_kzg_setup_recover(setup, HALF, indexes, cells[HALF], again[0], NULL) != TR_OK) return 1;
    if (memcmp(cells, again, sizeof(cells)) != 0) return 1;
    puts("half of the cells give the whole blob");
    return 0;
}

int main(void)
{
    tr_kzg_setup *setup;
    tr_err err = tr_kzg_setup_open(NULL, 2, &setup);
    if (err != TR_OK) {
        fprintf(stderr, "the setup: %s\n", tr_err_text(err));
        return 1;
    }
    int code = use(setup);
    tr_kzg_setup_close(setup);
    return code;
}
