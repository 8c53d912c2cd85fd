#include <stdio.h>
#include <string.h>

#include "cli/input.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/address.h"

static const char attempt[] = "trestle address format 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed";

static int usage(void)
{
    tr_cli_error("address needs what to do and an address", "there are check and format", attempt);
    return 2;
}

/* Exit code 7: the text is an address but its checksum is wrong. */
static int failed(const tr_trail *trail)
{
    int code = tr_cli_failed("this is not an address as EIP-55 writes it", trail, attempt);
    return trail->code == TR_E_ADDRESS_CHECKSUM ? 7 : code;
}

int tr_cli_address(int argc, char **argv)
{
    tr_trail trail;
    tr_addr address;
    uint8_t text[TR_ADDRESS_TEXT];
    if (argc != 3) return usage();
    bool check = strcmp(argv[1], "check") == 0;
    if (!check && strcmp(argv[1], "format") != 0) return usage();
    tr_trail_clear(&trail);
    if (tr_address_parse(&trail, tr_bytes_str(argv[2]), &address) != TR_OK) return failed(&trail);
    tr_address_format(&address, text);
    if (!check) {
        printf("%.*s\n", TR_ADDRESS_TEXT, (const char *)text);
    } else {
        bool same = memcmp(text, argv[2], TR_ADDRESS_TEXT) == 0;
        puts(same ? "ok" : "ok, but letters of one case carry no checksum");
    }
    return 0;
}
