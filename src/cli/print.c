#include "cli/verb.h"

#include <ctype.h>
#include <string.h>

#include "trestle/version.h"

static const char about[] =
    "a layer 2 stack: rollups, channels, sidechains and shards over Ethereum";

void tr_cli_print_help(FILE *to)
{
    fprintf(to, "trestle %s: %s\n\nusage: trestle VERB [ARGUMENT...]\n\n", TR_VERSION, about);
    for (size_t i = 0; i < tr_cli_verb_count; i++)
        fprintf(to, "  %-14s %s\n", tr_cli_verbs[i].name, tr_cli_verbs[i].summary);
    fputs("\ntrestle VERB --help tells more about one; -h is the short form.\n", to);
}

void tr_cli_print_verb_help(FILE *to, const tr_cli_verb *verb)
{
    fprintf(to, "trestle %s: %s\n\n", verb->name, verb->summary);
    for (size_t i = 0; i < TR_CLI_LINES && verb->usage[i] != NULL; i++)
        fprintf(to, "%s trestle %s\n", i == 0 ? "usage:" : "      ", verb->usage[i]);
    for (size_t i = 0; i < TR_CLI_OPTIONS && verb->options[i].flag != NULL; i++) {
        const tr_cli_option *o = &verb->options[i];
        int width = fprintf(to, "%s  %s%s%s", i == 0 ? "\n" : "", o->flag, o->value ? " " : "",
                            o->value ? o->value : "");
        fprintf(to, "%*s%s\n", width < 28 ? 28 - width + (i == 0 ? 1 : 0) : 1, "", o->help);
    }
    if (verb->config_flags == true)
        fputs("  --KEY VALUE               any key of the configuration (trestle config docs)\n",
              to);
    for (size_t i = 0; i < TR_CLI_LINES && verb->examples[i] != NULL; i++)
        fprintf(to, "%s  %s\n", i == 0 ? "\nexamples:\n" : "", verb->examples[i]);
}

/* troff takes a hyphen for a dash and a leading dot for a command. */
static void put_troff(FILE *to, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '-' || *text == '\\') fputc('\\', to);
        fputc(*text, to);
    }
}

void tr_cli_print_man(FILE *to)
{
    fprintf(to, ".TH TRESTLE 1 \"\" \"trestle %s\" \"User Commands\"\n", TR_VERSION);
    fputs(".SH NAME\ntrestle \\- ", to);
    put_troff(to, about);
    fputs("\n.SH SYNOPSIS\n.B trestle\n.I VERB\n[\\fIARGUMENT\\fR...]\n.SH VERBS\n", to);
    for (size_t i = 0; i < tr_cli_verb_count; i++) {
        const tr_cli_verb *v = &tr_cli_verbs[i];
        fprintf(to, ".SS trestle %s\n", v->name);
        put_troff(to, v->summary);
        fputs(".\n", to);
        for (size_t k = 0; k < TR_CLI_LINES && v->usage[k] != NULL; k++) {
            fputs(".PP\n.B trestle ", to);
            put_troff(to, v->usage[k]);
            fputc('\n', to);
        }
        for (size_t k = 0; k < TR_CLI_OPTIONS && v->options[k].flag != NULL; k++) {
            fputs(".TP\n.B ", to);
            put_troff(to, v->options[k].flag);
            if (v->options[k].value != NULL) fprintf(to, " \\fI%s\\fR", v->options[k].value);
            fputc('\n', to);
            put_troff(to, v->options[k].help);
            fputc('\n', to);
        }
        for (size_t k = 0; k < TR_CLI_LINES && v->examples[k] != NULL; k++) {
            fputs(k == 0 ? ".PP\nExamples:\n.PP\n.nf\n" : "", to);
            put_troff(to, v->examples[k]);
            fputc('\n', to);
        }
        fputs(".fi\n", to);
    }
    fputs(".SH EXIT STATUS\n0 ok, 1 failed, 2 usage, 3 not found, 4 cannot reach the node, 5 "
          "rejected or "
          "reverted, 6 timeout, 7 verification failed, 130 interrupted.\n",
          to);
}

static void print_flags(FILE *to, const tr_cli_verb *v)
{
    for (size_t k = 0; k < TR_CLI_OPTIONS && v->options[k].flag != NULL; k++)
        fprintf(to, "%s ", v->options[k].flag);
    fputs("--help", to);
}

static void print_bash(FILE *to)
{
    fputs("_trestle() {\n    local word=${COMP_WORDS[COMP_CWORD]} verbs=\"", to);
    for (size_t i = 0; i < tr_cli_verb_count; i++)
        fprintf(to, "%s%s", i == 0 ? "" : " ", tr_cli_verbs[i].name);
    fputs("\"\n    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$verbs --help --version\" -- \"$word\")\n"
          "        return\n    fi\n    case ${COMP_WORDS[1]} in\n",
          to);
    for (size_t i = 0; i < tr_cli_verb_count; i++) {
        fprintf(to, "    %s) mapfile -t COMPREPLY < <(compgen -f -W \"", tr_cli_verbs[i].name);
        print_flags(to, &tr_cli_verbs[i]);
        fputs("\" -- \"$word\") ;;\n", to);
    }
    fputs("    esac\n}\ncomplete -o filenames -F _trestle trestle\n", to);
}

static void print_zsh(FILE *to)
{
    fputs(
        "#compdef trestle\n_trestle() {\n    if (( CURRENT == 2 )); then\n        local -a verbs\n"
        "        verbs=(\n",
        to);
    for (size_t i = 0; i < tr_cli_verb_count; i++)
        fprintf(to, "            '%s:%s'\n", tr_cli_verbs[i].name, tr_cli_verbs[i].summary);
    fputs(
        "        )\n        _describe verb verbs\n        return\n    fi\n    case $words[2] in\n",
        to);
    for (size_t i = 0; i < tr_cli_verb_count; i++) {
        fprintf(to, "    %s) compadd -- ", tr_cli_verbs[i].name);
        print_flags(to, &tr_cli_verbs[i]);
        fputs("; _files ;;\n", to);
    }
    fputs("    esac\n}\n_trestle \"$@\"\n", to);
}

static void print_fish(FILE *to)
{
    for (size_t i = 0; i < tr_cli_verb_count; i++) {
        const tr_cli_verb *v = &tr_cli_verbs[i];
        fprintf(to, "complete -c trestle -n __fish_use_subcommand -a %s -d '%s'\n", v->name,
                v->summary);
        for (size_t k = 0; k < TR_CLI_OPTIONS && v->options[k].flag != NULL; k++)
            fprintf(to, "complete -c trestle -n '__fish_seen_subcommand_from %s' -l %s%s -d '%s'\n",
                    v->name, v->options[k].flag + 2, v->options[k].value != NULL ? " -r" : "",
                    v->options[k].help);
    }
}

bool tr_cli_print_completion(FILE *to, const char *shell)
{
    if (strcmp(shell, "bash") == 0)
        print_bash(to);
    else if (strcmp(shell, "zsh") == 0)
        print_zsh(to);
    else if (strcmp(shell, "fish") == 0)
        print_fish(to);
    else
        return false;
    return true;
}
