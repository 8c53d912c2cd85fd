/* trestle config: the values in effect, whether they are valid, and the texts of the table. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/verb.h"
#include "cli/verbs.h"
#include "os/config.h"
#include "os/escape.h"
#include "os/heap.h"

static const size_t MOST_MEMORY = (size_t)256 << 20;

typedef struct options {
    const char *what, *file;
    bool json;
} options;

static int print(tr_buf *out)
{
    if (tr_buf_err(out) != TR_OK) {
        tr_cli_error("the answer cannot be made", tr_err_text(tr_buf_err(out)),
                     "again with more memory");
        return 1;
    }
    return fwrite(out->data, 1, out->len, stdout) == out->len ? 0 : 1;
}

static void put_errors_json(tr_buf *out, const tr_config *config)
{
    tr_buf_printf(out, "{\"valid\":%s,\"count\":%zu,\"errors\":[",
                  config->error_count == 0 ? "true" : "false", config->error_count);
    for (const tr_config_error *e = config->first_error; e != NULL; e = e->next) {
        tr_buf_printf(out, "%s\n{\"code\":\"%s\",\"text\":\"", e == config->first_error ? "" : ",",
                      tr_err_name(e->code));
        (void)tr_escape_text(out, TR_ESCAPE_JSON, e->text, 0);
        tr_buf_put_str(out, "\"}");
    }
    tr_buf_put_str(out, "]}\n");
}

/* All errors with their places, then the three lines. */
static int refuse(const tr_config *config, const tr_trail *trail, tr_buf *out)
{
    tr_config_put_errors(out, config);
    fprintf(stderr, "%s\n", tr_buf_text(out));
    const tr_config_error *first = config->first_error;
    size_t len = strcspn(tr_buf_text(out), "\n");
    char because[300];
    snprintf(because, sizeof(because), "%.*s", (int)len, first == NULL ? "" : tr_buf_text(out));
    tr_cli_error(trail->text, because, "trestle config docs");
    return 2;
}

/* What the table's flags have left over. */
static int read_options(int argc, char **argv, options *o)
{
    static const char *const whats[] = {"show", "check", "schema", "init", "docs"};
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        if (strcmp(a, "--json") == 0)
            o->json = true;
        else if (strcmp(a, "--config") == 0 && i + 1 < argc)
            o->file = argv[++i];
        else if (strncmp(a, "--config=", 9) == 0)
            o->file = a + 9;
        else if (a[0] == '-') {
            char what[128], because[128], flag[TR_CONFIG_FLAG_SIZE];
            snprintf(what, sizeof(what), "unknown flag %.80s, or its value is missing", a);
            snprintf(because, sizeof(because), "the nearest is %s",
                     tr_config_nearest_flag(&tr_config_schema_main, a, flag));
            tr_cli_error(what, because, "trestle config --help");
            return 2;
        } else if (o->what == NULL) {
            for (size_t k = 0; k < TR_COUNTOF(whats); k++)
                if (strcmp(whats[k], a) == 0) o->what = whats[k];
            if (o->what == NULL) break;
        } else {
            o->what = NULL;
            break;
        }
    }
    if (o->what != NULL) return 0;
    tr_cli_error("config needs the name of one thing to do",
                 "there are show, check, schema, init and docs", "trestle config show");
    return 2;
}

static int show_or_check(const options *o, const tr_config *config, tr_err err,
                         const tr_trail *trail, tr_buf *out)
{
    bool check = strcmp(o->what, "check") == 0;
    if (err != TR_OK && err != TR_E_CONFIG) {
        tr_cli_error("the configuration cannot be read", trail->text, "--config with another file");
        return 1;
    }
    if (check && o->json) {
        put_errors_json(out, config);
        int code = print(out);
        return err == TR_OK || code != 0 ? code : 2;
    }
    if (err == TR_E_CONFIG) return refuse(config, trail, out);
    if (check)
        tr_buf_put_str(out, "the configuration is valid\n");
    else if (o->json)
        tr_config_put_values_json(out, config);
    else
        tr_config_put_values(out, config);
    return print(out);
}

static int run(int argc, char **argv, tr_arena *arena, tr_config *config)
{
    tr_trail trail;
    tr_buf out;
    options o = {.what = NULL};
    tr_config_init(config, &tr_config_schema_main, arena);
    tr_buf_init(&out, &arena->alloc, MOST_MEMORY);
    /* The flags first, since what they leave over says which file is read. */
    if (tr_config_take_flags(config, &argc, argv) != TR_OK) {
        tr_cli_error("the flags cannot be read", "there is no memory", "again with more memory");
        return 1;
    }
    int refused = read_options(argc, argv, &o);
    if (refused != 0) return refused;
    if (strcmp(o.what, "schema") == 0) {
        tr_config_put_schema(&out, config->schema);
    } else if (strcmp(o.what, "init") == 0) {
        tr_config_put_sample(&out, config->schema);
    } else if (strcmp(o.what, "docs") == 0) {
        tr_config_put_docs(&out, config->schema);
    } else {
        tr_err err =
            tr_config_load(&trail, config, tr_fs_system(), o.file, (const char *const *)environ);
        return show_or_check(&o, config, err, &trail, &out);
    }
    return print(&out);
}

int tr_cli_config(int argc, char **argv)
{
    static tr_config config;
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), MOST_MEMORY);
    int code = run(argc, argv, &arena, &config);
    tr_arena_free(&arena);
    return code;
}
