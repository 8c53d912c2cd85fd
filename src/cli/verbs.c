#include "cli/verb.h"

#include "cli/verbs.h"

/* In the order of the help page. */
const tr_cli_verb tr_cli_verbs[] = {
    {"test-vectors",
     "run test data from the field",
     tr_cli_test_vectors,
     {"test-vectors [--guest PROGRAM] [--every N] [--verbose] PATH..."},
     {{"--guest", "PROGRAM", "put the cases to the guest closure under qemu-user"},
      {"--every", "N", "only each N-th case"},
      {"--verbose", NULL, "a line for each file"}},
     {"trestle test-vectors ../shared/vectors",
      "trestle test-vectors --guest build/guest/guest-probe.elf --every 10 ../shared/vectors"},
     false},
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
