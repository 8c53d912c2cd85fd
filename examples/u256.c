/* What a constant-product exchange gives for an amount, in the EVM's arithmetic.
 *
 *     cc u256.c $(pkg-config --cflags --libs trestle) -o u256 && ./u256 1000000000000000000 */
#include <stdio.h>
#include <string.h>

#include <trestle/u256.h>

static int parse(const char *text, uint64_t out[4])
{
    tr_err err = tr_uint256_parse(text, strlen(text), out);
    if (err != TR_OK) fprintf(stderr, "%s: %s\n", text, tr_err_name(err));
    return err == TR_OK;
}

int main(int argc, char **argv)
{
    uint64_t in[4], reserve_in[4], reserve_out[4], fee[4], whole[4], above[4], below[4];
    char text[TR_UINT256_TEXT];
    if (!parse(argc > 1 ? argv[1] : "1000000000000000000", in)) return 2;
    if (!parse("5000000000000000000000", reserve_in) || !parse("12500000000000", reserve_out) ||
        !parse("997", fee) || !parse("0x3e8", whole))
        return 1;

    /* out = in * 997 * reserve_out / (reserve_in * 1000 + in * 997) */
    tr_uint256_mul(in, fee, in);
    tr_uint256_mul(in, reserve_out, above);
    tr_uint256_mul(reserve_in, whole, below);
    tr_uint256_add(below, in, below);
    tr_uint256_divide(above, below, above, below);
    (void)tr_uint256_text(above, text);
    printf("gives %s\n", text);
    (void)tr_uint256_text(below, text);
    printf("rest  %s\n", text);
    return 0;
}
