/* The verbs of `trestle`, described in one table: help, man page, shell completion and the check of
 * what was typed are made from it, so they cannot differ.
 *
 * A verb is a function that gets what was typed from its own name on.  Unknown flags have been
 * refused before it is called.  Results go to stdout, everything else to stderr.  Exit codes: 0 ok,
 * 1 failed, 2 usage, 3 not found, 4 cannot reach the node, 5 rejected or reverted, 6 timeout,
 * 7 verification failed, 130 interrupted. */
#ifndef TR_CLI_VERB_H
#define TR_CLI_VERB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { TR_CLI_OPTIONS = 32, TR_CLI_LINES = 12 };

/* A verb that checks its flags itself: they have more forms than the table tells. */
enum { TR_CLI_OWN_FLAGS = 2 };

typedef struct tr_cli_option {
    const char *flag;  /* "--json" */
    const char *value; /* what its argument stands for, or NULL if it has none */
    const char *help;
} tr_cli_option;

typedef struct tr_cli_verb {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
    const char *usage[TR_CLI_LINES]; /* after "trestle", one for each form */
    tr_cli_option options[TR_CLI_OPTIONS];
    const char *examples[TR_CLI_LINES];
    int config_flags; /* true: takes every configuration key as a flag, too; or TR_CLI_OWN_FLAGS */
} tr_cli_verb;

extern const tr_cli_verb tr_cli_verbs[];
extern const size_t tr_cli_verb_count;

/* tr_cli_find_verb gives the verb of this name, or NULL. */
const tr_cli_verb *tr_cli_find_verb(const char *name);

/* tr_cli_nearest gives the name among count that is closest to what was typed, or NULL when none is
 * close. */
const char *tr_cli_nearest(const char *typed, const char *const *names, size_t count);

/* tr_cli_error prints the three lines of an error to stderr: what happened, why, what to do. */
void tr_cli_error(const char *what, const char *because, const char *attempt);

/* What is printed from the table. */
void tr_cli_print_help(FILE *to);
void tr_cli_print_verb_help(FILE *to, const tr_cli_verb *verb);
void tr_cli_print_man(FILE *to);
bool tr_cli_print_completion(FILE *to, const char *shell); /* false: unknown shell */

#endif
