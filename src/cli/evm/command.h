/* `trestle evm COMMAND`: what the commands share.  Flags, files, and what they print. */
#ifndef TR_CLI_EVM_COMMAND_H
#define TR_CLI_EVM_COMMAND_H

#include <stdio.h>

#include "cli/evm/t8n.h"
#include "evm/tracers.h"

/* Flags by name, as they were typed: "--name value", "--name=value", one dash or two; those without
 * a value are "true".  All commands share one table; a flag may stand before its command. */
enum { EVM_FLAGS_MAX = 80, EVM_WORDS_MAX = 4096 };
typedef struct evm_args {
    const char *values[EVM_FLAGS_MAX]; /* by place in the table; NULL: not typed */
    const char **words;                /* the command and what is no flag */
    size_t word_count;
    tr_arena *arena;
    tr_trail trail;
} evm_args;

/* evm_args_read: false when what was typed is wrong, which has been said then. */
bool evm_args_read(evm_args *args, int argc, char **argv);
const char *evm_flag(const evm_args *args, const char *name); /* NULL: not typed */
bool evm_is_set(const evm_args *args, const char *name);      /* typed, and not "false" */

/* A number in decimal or with 0x; fallback when the flag is not there.  False: not a number. */
bool evm_number(const evm_args *args, const char *name, uint64_t fallback, tr_u256 *out);
bool evm_u64(const evm_args *args, const char *name, uint64_t fallback, uint64_t *out);

/* evm_fail prints the three lines of an error whose reason is in args->trail and gives code. */
int evm_fail(evm_args *args, int code, const char *what, const char *attempt);

/* A file, or "-" or "stdin" for standard input, and a JSON document. */
TR_NODISCARD tr_err evm_read(evm_args *args, const char *path, tr_bytes *out);
TR_NODISCARD tr_err evm_read_json(evm_args *args, const char *path, const tr_json **out);

/* evm_pretty writes JSON with line breaks, each depth set in by indent spaces. */
void evm_pretty(tr_buf *to, const tr_json *value, unsigned indent);

/* evm_write puts text to "stdout", "stderr" or a file in a folder (NULL: here); "" is nowhere. */
TR_NODISCARD tr_err evm_write(evm_args *args, const char *folder, const char *path, tr_bytes text);

/* The files that were named: each word from first on, a folder standing for the .json files in it;
 * without a word, standard input names a file on each line.  each gives an exit code, the first
 * that is not 0 ends it. */
int evm_each_file(evm_args *args, size_t first, int (*each)(void *context, const char *path),
                  void *context);

/* Tracers by flags (--trace, --trace.format, --json, --debug, ...), whose lines go to stderr.
 * *out is NULL when none was asked for. */
typedef struct evm_tracing {
    tr_trace_sink sink;
    FILE *file;
    tr_step_options options;
    enum { EVM_TRACE_NONE, EVM_TRACE_JSON, EVM_TRACE_TEXT, EVM_TRACE_MARKDOWN } format;
} evm_tracing;
bool evm_tracing_of(evm_args *args, evm_tracing *out);
TR_NODISCARD tr_err evm_tracer_new(tr_trail *trail, tr_arena *arena, evm_tracing *tracing,
                                   tr_trace **out);

/* The commands; each gives an exit code. */
int evm_command_run(evm_args *args);
int evm_command_statetest(evm_args *args);
int evm_command_blocktest(evm_args *args);
int evm_command_t8n(evm_args *args);
int evm_command_t9n(evm_args *args);
int evm_command_b11r(evm_args *args);
int evm_command_trace(evm_args *args);
int evm_command_bench(evm_args *args);

/* What t9n and b11r do, without files: JSON in arena. */
TR_NODISCARD tr_err evm_t9n(tr_trail *trail, tr_arena *arena, tr_bytes rlp_list, const tr_json *txs,
                            const tr_fork_rules *rules, uint64_t chain_id, tr_bytes *out);
typedef struct evm_b11r_input {
    const tr_json *header, *ommers, *withdrawals, *clique; /* NULL: not there, but for header */
    tr_bytes txs;                                          /* an RLP list */
} evm_b11r_input;
TR_NODISCARD tr_err evm_b11r(tr_trail *trail, tr_arena *arena, const evm_b11r_input *in,
                             tr_bytes *out);

#endif
