/* How secrets come in and go out: from files that only their owner can read, from standard input,
 * or typed without an echo; never from the command line, where every process can see them. */
#ifndef TR_CLI_SECRET_INPUT_H
#define TR_CLI_SECRET_INPUT_H

#include "base/base.h"
#include "keys/secret.h"

/* tr_cli_secret reads a secret of at most limit bytes from the file from, or with NULL or "-" from
 * standard input; asks for it, with prompt, when that is a terminal.  TR_E_PERMISSION: others than
 * its owner may read the file.  The caller frees out with tr_secret_free, after an error too. */
TR_NODISCARD tr_err tr_cli_secret(tr_trail *trail, const char *from, const char *prompt,
                                  size_t limit, tr_secret *out);

/* tr_cli_password reads a password: the first line of a file, or with NULL typed at the terminal,
 * and with fresh typed twice and not empty. */
TR_NODISCARD tr_err tr_cli_password(tr_trail *trail, const char *file, bool fresh, tr_secret *out);

/* tr_cli_write_private makes a new file that only its owner can read; TR_E_EXISTS if it is there
 * already: a key is never overwritten. */
TR_NODISCARD tr_err tr_cli_write_private(tr_trail *trail, const char *path, tr_bytes bytes);

#endif
