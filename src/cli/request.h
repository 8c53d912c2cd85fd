/* A verb of several actions ("bls sign", "kzg prove"): one table says what each is called and how
 * many words it takes; here they are found and run, and what they print or why they failed is
 * written. */
#ifndef TR_CLI_REQUEST_H
#define TR_CLI_REQUEST_H

#include "base/base.h"

enum { TR_CLI_FLAGS = 5 };

typedef struct tr_cli_request {
    char **words; /* behind the action's name */
    size_t count;
    const char *flags[TR_CLI_FLAGS]; /* their values in the order of the verb's list; or NULL */
    tr_arena arena;
    tr_trail trail;
    tr_buf out;
    bool refused; /* a verification has failed: exit code 7 */
} tr_cli_request;

typedef struct tr_cli_action {
    const char *name;
    size_t least, most; /* words */
    tr_err (*run)(tr_cli_request *r);
    const char *failed, *attempt;
} tr_cli_action;

/* tr_cli_act runs the action that was typed and returns the exit code.  flags are the verb's, each
 * of which takes a value, up to a NULL; names says in an error which actions there are. */
int tr_cli_act(int argc, char **argv, const char *const flags[], const tr_cli_action actions[],
               size_t count, const char *names);

/* tr_cli_refused marks a failed verification, unless memory was short, and returns err. */
TR_NODISCARD tr_err tr_cli_refused(tr_cli_request *r, tr_err err);

/* tr_cli_word_hex reads hex of exactly size bytes, tr_cli_word_bytes hex of any length, or the
 * bytes as they are of a file after @, or of standard input for -.  what is its name in errors. */
TR_NODISCARD tr_err tr_cli_word_hex(tr_cli_request *r, const char *word, const char *what,
                                    uint8_t *out, size_t size);
TR_NODISCARD tr_err tr_cli_word_bytes(tr_cli_request *r, const char *word, tr_bytes *out);

/* tr_cli_word_key reads a private key, 64 hex digits, from a file or, with NULL or -, from standard
 * input; message is a word that is read as well and must not be standard input then.  The caller
 * wipes key. */
TR_NODISCARD tr_err tr_cli_word_key(tr_cli_request *r, const char *file, const char *message,
                                    uint8_t key[32]);

/* tr_cli_put_hex writes a line: a name, if it is not NULL, and bytes in hex. */
void tr_cli_put_hex(tr_cli_request *r, const char *name, const void *bytes, size_t len);

#endif
