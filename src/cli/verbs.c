#include "cli/verb.h"

#include "cli/verbs.h"

/* In the order of the help page. */
const tr_cli_verb tr_cli_verbs[] = {
    {"completion",
     "print the completion of a shell",
     tr_cli_completion,
     {"completion bash|zsh|fish"},
     {{NULL, NULL, NULL}},
     {"trestle completion bash > /etc/bash_completion.d/trestle", "trestle completion fish"},
     false},
    {"man",
     "print the manual page",
     tr_cli_man,
     {"man"},
     {{NULL, NULL, NULL}},
     {"trestle man | man -l -", "trestle man > trestle.1"},
     false},
    {"version",
     "the version, the compiler and what was chosen for this processor",
     tr_cli_version,
     {"version [--json]"},
     {{"--json", NULL, "one JSON object"}},
     {"trestle version", "trestle --version"},
     false},
};
const size_t tr_cli_verb_count = sizeof(tr_cli_verbs) / sizeof(tr_cli_verbs[0]);
