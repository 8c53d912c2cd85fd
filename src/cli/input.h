/* What a verb is given: text on the command line, or "-" for standard input; and what it says when
 * that is wrong. */
#ifndef TR_CLI_INPUT_H
#define TR_CLI_INPUT_H

#include "base/base.h"

/* tr_cli_read gives the bytes of an argument: its own text, or with "-" all of standard input up to
 * limit.  They live in arena. */
TR_NODISCARD tr_err tr_cli_read(tr_trail *trail, tr_arena *arena, const char *argument,
                                size_t limit, tr_bytes *out);

/* tr_cli_read_hex decodes what tr_cli_read gives as hex text, white space at its ends left out. */
TR_NODISCARD tr_err tr_cli_read_hex(tr_trail *trail, tr_arena *arena, const char *argument,
                                    size_t limit, tr_bytes *out);

/* tr_cli_failed prints the three lines of an error whose reason is in a trail, with the offset if
 * there is one, and returns exit code 1. */
int tr_cli_failed(const char *what, const tr_trail *trail, const char *attempt);

#endif
