/* The four memory functions: all that the guest closure takes from outside.  The guest has no
 * <string.h>, so they are declared here; on the host they are the C library's. */
#ifndef TR_BASE_MEMORY_H
#define TR_BASE_MEMORY_H

#include <stddef.h>

#if __STDC_HOSTED__
#include <string.h>
#else
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
#endif

#endif
