/* The program: finds the verb, refuses flags that it does not have, and calls it. */
#include <stdio.h>
#include <string.h>

#include "cli/verb.h"
#include "cli/verbs.h"

const tr_cli_verb *tr_cli_find_verb(const char *name)
{
    for (size_t i = 0; i < tr_cli_verb_count; i++)
        if (strcmp(tr_cli_verbs[i].name, name) == 0) return &tr_cli_verbs[i];
    return NULL;
}

void tr_cli_error(const char *what, const char *because, const char *attempt)
{
    fprintf(stderr, "error: %s\n  because  %s\n  try      %s\n", what, because, attempt);
}

/* Levenshtein's distance, for words of the length of a verb or a flag. */
static size_t distance(const char *a, const char *b)
{
    enum { MOST = 48 };
    size_t row[MOST + 1], n = strlen(b);
    if (strlen(a) > MOST || n > MOST) return MOST;
    for (size_t k = 0; k <= n; k++) row[k] = k;
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t k = 1; k <= n; k++) {
            size_t change = diagonal + (a[i - 1] != b[k - 1]);
            diagonal = row[k];
            size_t add = row[k - 1] + 1, drop = row[k] + 1;
            row[k] = change < add ? change : add;
            if (drop < row[k]) row[k] = drop;
        }
    }
    return row[n];
}

const char *tr_cli_nearest(const char *typed, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t least = strlen(typed) / 2 + 1;
    for (size_t i = 0; i < count; i++) {
        size_t d = distance(typed, names[i]);
        if (d >= least) continue;
        least = d;
        best = names[i];
    }
    return best;
}

static int unknown(const char *kind, const char *typed, const char *nearest, const char *help)
{
    char what[160], because[160];
    snprintf(what, sizeof(what), "unknown %s %.80s", kind, typed);
    if (nearest != NULL)
        snprintf(because, sizeof(because), "the nearest is %s", nearest);
    else
        snprintf(because, sizeof(because), "there is nothing like it");
    tr_cli_error(what, because, help);
    return 2;
}

static int unknown_verb(const char *typed)
{
    const char *names[64];
    size_t count = 0;
    for (; count < tr_cli_verb_count && count < 64; count++)
        names[count] = tr_cli_verbs[count].name;
    return unknown("verb", typed, tr_cli_nearest(typed, names, count), "trestle --help");
}

/* Flags are checked here, once for all verbs: the part before '=' must be in the verb's row. */
static int check_flags(const tr_cli_verb *verb, int argc, char **argv)
{
    if (verb->config_flags != false) return 0; /* who checks them names the nearest one */
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) return 0;
        if (strncmp(argv[i], "--", 2) != 0) continue;
        size_t len = strcspn(argv[i], "=");
        const char *names[TR_CLI_OPTIONS];
        size_t count = 0;
        bool known = false;
        for (; count < TR_CLI_OPTIONS && verb->options[count].flag != NULL; count++) {
            const tr_cli_option *o = &verb->options[count];
            names[count] = o->flag;
            if (strlen(o->flag) != len || strncmp(o->flag, argv[i], len) != 0) continue;
            known = true;
            if (o->value != NULL && argv[i][len] == '\0') i++;
            break;
        }
        if (known) continue;
        char help[80];
        snprintf(help, sizeof(help), "trestle %s --help", verb->name);
        return unknown("flag", argv[i], tr_cli_nearest(argv[i], names, count), help);
    }
    return 0;
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) return true;
    return false;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        tr_cli_print_help(stderr);
        return 2;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        tr_cli_print_help(stdout);
        return 0;
    }
    if (strcmp(name, "--version") == 0) name = "version";
    const tr_cli_verb *verb = tr_cli_find_verb(name);
    if (verb == NULL) return unknown_verb(name);
    if (wants_help(argc - 1, argv + 1)) {
        tr_cli_print_verb_help(stdout, verb);
        return 0;
    }
    int refused = check_flags(verb, argc - 1, argv + 1);
    if (refused != 0) return refused;
    int code = verb->run(argc - 1, argv + 1);
    if (fflush(stdout) != 0 && code == 0) code = 1;
    return code;
}
