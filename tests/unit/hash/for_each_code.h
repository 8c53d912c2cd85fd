/* Runs a block once with each implementation that this machine has. */
#ifndef TR_UNIT_HASH_FOR_EACH_CODE_H
#define TR_UNIT_HASH_FOR_EACH_CODE_H

#include "hash/hash_internal.h"

/* The last of the list is the one that the program began with, so the loop leaves it chosen. */
#define FOR_EACH_CODE(name)                                                                        \
    for (size_t code_ = 0; tr_hash_codes(code_) != NULL; code_++)                                  \
        for (const char *name = tr_hash_codes(code_); name != NULL && tr_hash_select(name);        \
             name = NULL)

#endif
