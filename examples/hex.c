/* Hex text and addresses.
 *
 *     cc hex.c $(pkg-config --cflags --libs trestle) -o hex && ./hex */
#include <stdio.h>
#include <string.h>

#include <trestle/errors.h>
#include <trestle/hex.h>

int main(void)
{
    static const char text[] = "0xc0ffee";
    static const char wrong[] = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD";
    uint8_t bytes[8], address[20];
    char again[TR_HEX_TEXT_SIZE(sizeof(bytes))], shown[TR_ADDRESS_TEXT_SIZE];
    size_t len = 0, at = 0;

    if (tr_hex_read(text, strlen(text), bytes, sizeof(bytes), &len, NULL) != TR_OK) return 1;
    if (tr_hex_write(bytes, len, again, sizeof(again)) != TR_OK) return 1;
    printf("%s is %zu bytes: %s\n", text, len, again);

    memset(address, 0xab, sizeof(address));
    tr_address_write(address, shown);
    printf("an address with its checksum: %s\n", shown);

    tr_err err = tr_address_read(wrong, strlen(wrong), address, &at);
    printf("%s\n%*s %s\n", wrong, (int)at + 1, "^", tr_err_text(err));
    return err == TR_E_ADDRESS_CHECKSUM && strcmp(text, again) == 0 ? 0 : 1;
}
