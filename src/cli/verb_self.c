/* Verbs about the program itself: version, man page, completion. */
#include <stdio.h>
#include <string.h>

#include "cli/verb.h"
#include "cli/verbs.h"
#include "os/cpu.h"
#include "trestle/version.h"

int tr_cli_man(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    tr_cli_print_man(stdout);
    return 0;
}

int tr_cli_completion(int argc, char **argv)
{
    if (argc == 2 && tr_cli_print_completion(stdout, argv[1])) return 0;
    tr_cli_error("completion needs the name of a shell",
                 "there is a completion for bash, zsh and fish", "trestle completion bash");
    return 2;
}

int tr_cli_version(int argc, char **argv)
{
    const tr_cpu *cpu = tr_cpu_get();
    const struct {
        const char *name;
        bool has;
    } features[] = {
        {"bmi2", cpu->bmi2},       {"adx", cpu->adx},       {"sha", cpu->sha},
        {"avx2", cpu->avx2},       {"avx512", cpu->avx512}, {"ifma", cpu->ifma},
        {"vbmi", cpu->avx512vbmi},
    };
    bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
    printf(json ? "{\"version\":\"%s\",\"compiler\":\"%s\",\"features\":["
                : "trestle %s\ncompiler  %s\nfeatures ",
           TR_VERSION, __VERSION__);
    const char *before = json ? "" : " ";
    for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
        if (!features[i].has) continue;
        printf(json ? "%s\"%s\"" : "%s%s", before, features[i].name);
        before = json ? "," : " ";
    }
    puts(json ? "]}" : "");
    return 0;
}
