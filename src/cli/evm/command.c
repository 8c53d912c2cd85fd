#include "cli/evm/command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/input.h"
#include "cli/verb.h"
#include "os/file.h"

static const size_t MOST_INPUT = (size_t)2 << 30;

/* Every flag of every command; has_value as the field's tools have it. */
static const struct flag {
    const char *name;
    bool has_value;
} flags[] = {
    /* what goes in and out of t8n, t9n, b11r */
    {"input.alloc", true},
    {"input.env", true},
    {"input.txs", true},
    {"input.header", true},
    {"input.ommers", true},
    {"input.withdrawals", true},
    {"output.alloc", true},
    {"output.result", true},
    {"output.body", true},
    {"output.block", true},
    {"output.basedir", true},
    {"seal.clique", true},
    {"state.fork", true},
    {"state.chainid", true},
    {"state.reward", true},
    /* run */
    {"code", true},
    {"codefile", true},
    {"input", true},
    {"inputfile", true},
    {"gas", true},
    {"price", true},
    {"value", true},
    {"sender", true},
    {"receiver", true},
    {"prestate", true},
    {"create", false},
    {"dump", false},
    {"statdump", false},
    {"bench", false},
    {"fork", true},
    /* tests */
    {"run", true},
    {"human", false},
    {"statetest.fork", true},
    {"statetest.index", true},
    {"check", false},
    /* tracing */
    {"trace", false},
    {"trace.format", true},
    {"trace.memory", false},
    {"trace.nomemory", false},
    {"trace.nostack", false},
    {"trace.nostorage", false},
    {"trace.returndata", false},
    {"trace.noreturndata", false},
    {"trace.callframes", false},
    {"trace.tracer", true},
    {"trace.jsonconfig", true},
    {"json", false},
    {"debug", false},
    {"nomemory", false},
    {"nostack", false},
    {"nostorage", false},
    {"noreturndata", false},
    {"tracer", true},
    {"config", true},
    /* accepted: nothing is logged */
    {"verbosity", true},
    {"vmodule", true},
};
_Static_assert(TR_COUNTOF(flags) <= EVM_FLAGS_MAX, "a place for each flag");

static size_t find_flag(const char *name, size_t len)
{
    size_t i = 0;
    for (; i < TR_COUNTOF(flags); i++)
        if (strlen(flags[i].name) == len && memcmp(flags[i].name, name, len) == 0) break;
    return i;
}

static size_t flag_names(const char *names[EVM_FLAGS_MAX])
{
    for (size_t i = 0; i < TR_COUNTOF(flags); i++) names[i] = flags[i].name;
    return TR_COUNTOF(flags);
}

static bool wrong_flag(const char *typed, const char *because)
{
    char what[160];
    snprintf(what, sizeof(what), "evm: %s", typed);
    tr_cli_error(what, because, "trestle evm --help");
    return false;
}

static bool read_flag(evm_args *args, int argc, char **argv, int *at)
{
    const char *typed = argv[*at], *name = typed + (typed[1] == '-' ? 2 : 1);
    size_t len = strcspn(name, "="), i = find_flag(name, len);
    if (i == TR_COUNTOF(flags)) {
        const char *names[EVM_FLAGS_MAX];
        char because[160] = "there is no such flag";
        const char *near = tr_cli_nearest(name, names, flag_names(names));
        if (near != NULL) snprintf(because, sizeof(because), "did you mean --%s?", near);
        return wrong_flag(typed, because);
    }
    if (name[len] == '=') {
        args->values[i] = name + len + 1;
    } else if (!flags[i].has_value) {
        args->values[i] = "true";
    } else if (*at + 1 < argc) {
        args->values[i] = argv[++*at];
    } else {
        return wrong_flag(typed, "its value is missing");
    }
    return true;
}

bool evm_args_read(evm_args *args, int argc, char **argv)
{
    args->words = TR_ARENA_ARRAY(args->arena, const char *, (size_t)argc + 1);
    if (args->words == NULL) return wrong_flag("arguments", "there is no memory for them");
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        if (!only_words && strcmp(argv[i], "--") == 0)
            only_words = true;
        else if (only_words || argv[i][0] != '-' || argv[i][1] == '\0')
            args->words[args->word_count++] = argv[i];
        else if (!read_flag(args, argc, argv, &i))
            return false;
    }
    return true;
}

const char *evm_flag(const evm_args *args, const char *name)
{
    size_t i = find_flag(name, strlen(name));
    TR_ASSERT(i < TR_COUNTOF(flags));
    return args->values[i];
}

bool evm_is_set(const evm_args *args, const char *name)
{
    const char *value = evm_flag(args, name);
    return value != NULL && strcmp(value, "false") != 0 && strcmp(value, "0") != 0;
}

bool evm_number(const evm_args *args, const char *name, uint64_t fallback, tr_u256 *out)
{
    const char *text = evm_flag(args, name);
    *out = tr_u256_of(fallback);
    if (text == NULL) return true;
    tr_json value = {.kind = TR_JSON_STRING, .text = tr_bytes_str(text)};
    return text[0] != '\0' && fixture_number(&value, out);
}

bool evm_u64(const evm_args *args, const char *name, uint64_t fallback, uint64_t *out)
{
    tr_u256 value;
    bool good = evm_number(args, name, fallback, &value) && tr_u256_is_u64(value);
    *out = value.w[0];
    return good;
}

int evm_fail(evm_args *args, int code, const char *what, const char *attempt)
{
    if (args->trail.code == TR_OK) (void)tr_fail(&args->trail, TR_E_STATE, "%s", what);
    (void)tr_cli_failed(what, &args->trail, attempt);
    return code;
}

tr_err evm_read(evm_args *args, const char *path, tr_bytes *out)
{
    if (strcmp(path, "stdin") == 0 || strcmp(path, "-") == 0)
        return tr_cli_read(&args->trail, args->arena, "-", MOST_INPUT, out);
    tr_buf file;
    tr_buf_init(&file, &args->arena->alloc, MOST_INPUT);
    TR_TRY(tr_file_read_all(&args->trail, tr_fs_system(), path, MOST_INPUT, &file));
    *out = tr_buf_view(&file);
    return TR_OK;
}

tr_err evm_read_json(evm_args *args, const char *path, const tr_json **out)
{
    tr_bytes text;
    *out = NULL;
    TR_TRY(evm_read(args, path, &text));
    tr_err err = tr_json_parse(&args->trail, args->arena, text, out);
    return err == TR_OK ? TR_OK : tr_because(&args->trail, err, "in %s", path);
}

static void new_line(tr_buf *to, unsigned depth, unsigned indent)
{
    tr_buf_put_u8(to, '\n');
    for (unsigned i = 0; i < depth * indent; i++) tr_buf_put_u8(to, ' ');
}

static void pretty_scalar(tr_buf *to, const tr_json *value)
{
    tr_json_writer w = tr_json_write_to(to);
    tr_json_put_value(&w, value);
}

static void pretty(tr_buf *to, const tr_json *value, unsigned depth, unsigned indent)
{
    bool object = value->kind == TR_JSON_OBJECT, first = true;
    if ((!object && value->kind != TR_JSON_ARRAY) || value->count == 0) {
        pretty_scalar(to, value);
        return;
    }
    tr_buf_put_u8(to, object ? '{' : '[');
    TR_JSON_EACH(item, value)
    {
        if (!first) tr_buf_put_u8(to, ',');
        first = false;
        new_line(to, depth + 1, indent);
        if (object) {
            tr_json_writer w = tr_json_write_to(to);
            tr_json_string(&w, item->key);
            tr_buf_put_str(to, ": ");
        }
        pretty(to, item, depth + 1, indent);
    }
    new_line(to, depth, indent);
    tr_buf_put_u8(to, object ? '}' : ']');
}

void evm_pretty(tr_buf *to, const tr_json *value, unsigned indent)
{
    pretty(to, value, 0, indent);
}

tr_err evm_write(evm_args *args, const char *folder, const char *path, tr_bytes text)
{
    char whole[TR_PATH_LIMIT];
    if (path[0] == '\0') return TR_OK;
    FILE *stream = strcmp(path, "stdout") == 0   ? stdout
                   : strcmp(path, "stderr") == 0 ? stderr
                                                 : NULL;
    if (stream != NULL) {
        fwrite(text.data, 1, text.len, stream);
        fputc('\n', stream);
        return TR_OK;
    }
    bool relative = folder != NULL && folder[0] != '\0' && path[0] != '/';
    int n =
        snprintf(whole, sizeof(whole), "%s%s%s", relative ? folder : "", relative ? "/" : "", path);
    if (n < 0 || (size_t)n >= sizeof(whole))
        return tr_fail(&args->trail, TR_E_LIMIT, "the path %s is too long", path);
    return tr_file_write_atomic(&args->trail, tr_fs_system(), whole, text, 0644);
}

/* Files. */

static bool ends_with_json(const char *path)
{
    size_t len = strlen(path);
    return len >= 5 && strcmp(path + len - 5, ".json") == 0;
}

static int walk(evm_args *args, const char *path, unsigned depth,
                int (*each)(void *context, const char *path), void *context)
{
    enum { DEPTH = 32 };
    tr_names names;
    if (depth > DEPTH || tr_dir_list(NULL, tr_fs_system(), path, args->arena, &names) != TR_OK)
        return depth == 0 || ends_with_json(path) ? each(context, path) : 0;
    for (size_t i = 0; i < names.count; i++) {
        size_t room = strlen(path) + strlen(names.at[i]) + 2;
        char *inner = tr_arena_get(args->arena, room, 1);
        if (inner == NULL) return T8N_IO;
        snprintf(inner, room, "%s/%s", path, names.at[i]);
        int code = walk(args, inner, depth + 1, each, context);
        if (code != 0) return code;
    }
    return 0;
}

static int each_line(int (*each)(void *context, const char *path), void *context)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    int code = 0;
    while (code == 0 && (len = getline(&line, &room, stdin)) > 0) {
        if (line[len - 1] == '\n') line[len - 1] = '\0';
        if (line[0] == '\0') break;
        code = each(context, line);
    }
    free(line);
    return code;
}

int evm_each_file(evm_args *args, size_t first, int (*each)(void *context, const char *path),
                  void *context)
{
    if (args->word_count <= first) return each_line(each, context);
    for (size_t i = first; i < args->word_count; i++) {
        int code = walk(args, args->words[i], 0, each, context);
        if (code != 0) return code;
    }
    return 0;
}

/* Tracing. */

static tr_err put_line(tr_trace_sink *self, tr_bytes text)
{
    FILE *file = ((evm_tracing *)self)->file;
    return fwrite(text.data, 1, text.len, file) == text.len ? TR_OK : TR_E_IO;
}

bool evm_tracing_of(evm_args *args, evm_tracing *out)
{
    const char *format = evm_flag(args, "trace.format");
    *out = (evm_tracing){.sink = {put_line}, .file = stderr, .format = EVM_TRACE_NONE};
    out->options = (tr_step_options){
        .enable_memory =
            evm_is_set(args, "trace.memory") ||
            (evm_flag(args, "trace.nomemory") != NULL && !evm_is_set(args, "trace.nomemory")) ||
            (evm_flag(args, "nomemory") != NULL && !evm_is_set(args, "nomemory")),
        .disable_stack = evm_is_set(args, "trace.nostack") || evm_is_set(args, "nostack"),
        .disable_storage = evm_is_set(args, "trace.nostorage") || evm_is_set(args, "nostorage"),
        .enable_return_data =
            evm_is_set(args, "trace.returndata") ||
            (evm_flag(args, "trace.noreturndata") != NULL &&
             !evm_is_set(args, "trace.noreturndata")) ||
            (evm_flag(args, "noreturndata") != NULL && !evm_is_set(args, "noreturndata")),
        .call_frames = evm_is_set(args, "trace.callframes"),
    };
    if (evm_is_set(args, "json")) out->format = EVM_TRACE_JSON;
    if (evm_is_set(args, "debug")) out->format = EVM_TRACE_TEXT;
    if (!evm_is_set(args, "trace") && format == NULL) return true;
    if (format == NULL || strcmp(format, "json") == 0)
        out->format = EVM_TRACE_JSON;
    else if (strcmp(format, "struct") == 0)
        out->format = EVM_TRACE_TEXT;
    else if (strcmp(format, "md") == 0 || strcmp(format, "markdown") == 0)
        out->format = EVM_TRACE_MARKDOWN;
    else
        return wrong_flag("--trace.format", "it is one of json, struct and md");
    return true;
}

tr_err evm_tracer_new(tr_trail *trail, tr_arena *arena, evm_tracing *tracing, tr_trace **out)
{
    *out = NULL;
    switch (tracing->format) {
    case EVM_TRACE_JSON:
        return tr_line_tracer_new(trail, arena, &tracing->sink, &tracing->options, out);
    case EVM_TRACE_TEXT:
        return tr_text_tracer_new(trail, arena, &tracing->sink, &tracing->options, out);
    case EVM_TRACE_MARKDOWN:
        return tr_markdown_tracer_new(trail, arena, &tracing->sink, &tracing->options, out);
    case EVM_TRACE_NONE:
        break;
    }
    return TR_OK;
}
