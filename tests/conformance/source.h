/* Where cases come from: a file, a folder (walked in order of names), or an archive (.tar.zst,
 * .tar), whose members are given as files under its name. */
#ifndef TR_CONFORMANCE_SOURCE_H
#define TR_CONFORMANCE_SOURCE_H

#include "base/base.h"

/* visit is called for each regular file, those inside archives included; path and data live until
 * the next settle, which is called now and then and at the end. */
typedef struct source_visitor {
    void (*visit)(void *context, const char *path, tr_bytes data);
    void (*settle)(void *context);
    void *context;
} source_visitor;

TR_NODISCARD tr_err source_walk(tr_trail *trail, const char *path, const source_visitor *visitor);

#endif
