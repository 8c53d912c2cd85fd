/* The version of the library, at compile time. */
#ifndef TRESTLE_VERSION_H
#define TRESTLE_VERSION_H

#define TR_VERSION       "0.1.0"
#define TR_VERSION_MAJOR 0
#define TR_VERSION_MINOR 1
#define TR_VERSION_PATCH 0

#endif
