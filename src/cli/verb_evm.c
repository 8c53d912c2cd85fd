/* trestle evm: the machine and the transition function from outside, as other tools drive them. */
#include <string.h>

#include "cli/evm/command.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "os/heap.h"

static const struct command {
    const char *name;
    int (*run)(evm_args *args);
} commands[] = {
    {"run", evm_command_run},
    {"statetest", evm_command_statetest},
    {"blocktest", evm_command_blocktest},
    {"t8n", evm_command_t8n},
    {"transition", evm_command_t8n},
    {"t9n", evm_command_t9n},
    {"transaction", evm_command_t9n},
    {"b11r", evm_command_b11r},
    {"block-builder", evm_command_b11r},
    {"trace", evm_command_trace},
    {"bench", evm_command_bench},
};

static int unknown(const char *typed)
{
    const char *names[TR_COUNTOF(commands)];
    char because[160] = "it needs run, statetest, blocktest, t8n, t9n, b11r, trace or bench";
    for (size_t i = 0; i < TR_COUNTOF(commands); i++) names[i] = commands[i].name;
    const char *near = typed == NULL ? NULL : tr_cli_nearest(typed, names, TR_COUNTOF(names));
    if (near != NULL) snprintf(because, sizeof(because), "did you mean %s?", near);
    char what[160];
    snprintf(what, sizeof(what), typed == NULL ? "evm: no command" : "evm: unknown command %s",
             typed == NULL ? "" : typed);
    tr_cli_error(what, because, "trestle evm --help");
    return 2;
}

static int dispatch(evm_args *args)
{
    const char *typed = args->word_count == 0 ? NULL : args->words[0];
    for (size_t i = 0; typed != NULL && i < TR_COUNTOF(commands); i++)
        if (strcmp(typed, commands[i].name) == 0) return commands[i].run(args);
    return unknown(typed);
}

int tr_cli_evm(int argc, char **argv)
{
    tr_arena arena;
    evm_args args = {.arena = &arena};
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    tr_trail_clear(&args.trail);
    int code = evm_args_read(&args, argc, argv) ? dispatch(&args) : 2;
    tr_arena_free(&arena);
    return code;
}
