#include "trestle/version.h"

const char *tr_version(void)
{
    return TR_VERSION;
}
