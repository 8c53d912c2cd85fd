/* Reading tar archives (ustar, pax, GNU) that lie in memory.  Names and contents are views of the
 * archive, or of a pax record in it; only a ustar name with a prefix is put together in the reader
 * itself. */
#ifndef TR_CODEC_TAR_H
#define TR_CODEC_TAR_H

#include "base/base.h"

typedef enum tr_tar_kind {
    TR_TAR_FILE,
    TR_TAR_FOLDER,
    TR_TAR_SYMLINK,
    TR_TAR_HARDLINK,
    TR_TAR_OTHER, /* devices, pipes, sparse files and what else there may be */
} tr_tar_kind;

typedef struct tr_tar_member {
    tr_bytes name; /* valid until the next call; never empty, may be absolute or have ".." */
    tr_bytes link; /* target of a link, as the name */
    tr_bytes data; /* contents of a file */
    tr_tar_kind kind;
    size_t offset; /* of its header in the archive */
} tr_tar_member;

typedef struct tr_tar {
    tr_bytes archive;
    size_t at;
    uint8_t joined[256]; /* prefix/name */
} tr_tar;

tr_tar tr_tar_of(tr_bytes archive);

/* tr_tar_next gives the next member; TR_E_NOT_FOUND (no trail) after the last.  TR_E_SHORT: the
 * archive ends within a member or without its end mark.  TR_E_CHECKSUM: of a header.
 * TR_E_ARCHIVE: a header or an extension that is not well formed.  After an error the reader stays
 * where it is. */
TR_NODISCARD tr_err tr_tar_next(tr_trail *trail, tr_tar *tar, tr_tar_member *out);

#endif
