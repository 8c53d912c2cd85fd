/* The version of the library: of the headers as constants, of what is linked as a function. */
#ifndef TRESTLE_VERSION_H
#define TRESTLE_VERSION_H

#include "trestle/api.h"

#define TR_VERSION       "0.1.0"
#define TR_VERSION_MAJOR 0
#define TR_VERSION_MINOR 1
#define TR_VERSION_PATCH 0

#ifdef __cplusplus
extern "C" {
#endif

/* tr_version gives the version of the library that is linked, as "0.1.0".  Before 1.0 nothing but
 * the same text is sure to be compatible. */
TR_API const char *tr_version(void);

#ifdef __cplusplus
}
#endif

#endif
