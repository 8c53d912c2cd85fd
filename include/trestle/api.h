#ifndef TRESTLE_API_H
#define TRESTLE_API_H

#if defined(__GNUC__)
#define TR_API __attribute__((visibility("default")))
#else
#define TR_API
#endif

#endif
