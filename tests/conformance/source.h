/* Where cases come from: a file, a folder (walked in order of names), or an archive (.tar.zst,
 * .tar), whose members are given as files under its name. */
#ifndef TR_CONFORMANCE_SOURCE_H
#define TR_CONFORMANCE_SOURCE_H

#include "base/base.h"

typedef void source_visit(void *context, const char *path, tr_bytes data);

/* source_walk calls visit for each regular file at path, those inside archives included.  data
 * lives until visit returns. */
TR_NODISCARD tr_err source_walk(tr_trail *trail, const char *path, source_visit *visit,
                                void *context);

#endif
