/* Which library is this, and what do its error codes mean?
 *
 *     cc version.c $(pkg-config --cflags --libs trestle) -o version && ./version */
#include <stdio.h>
#include <string.h>

#include <trestle/trestle.h>

int main(void)
{
    printf("headers %s, library %s\n", TR_VERSION, tr_version());
    static const tr_err some[] = {TR_OK, TR_E_SHORT, TR_E_CANONICAL};
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++)
        printf("%-14s %2d  %s\n", tr_err_name(some[i]), (int)some[i], tr_err_text(some[i]));
    return strcmp(TR_VERSION, tr_version()) == 0 ? 0 : 1;
}
