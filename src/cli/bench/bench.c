/* trestle bench: chooses rows, measures them on a thread of its own, prints. */
#include "cli/bench/bench.h"

#include <stdio.h>
#include <string.h>

#include "cli/bench/measure.h"
#include "cli/input.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/json.h"
#include "os/cpu.h"
#include "os/file.h"
#include "os/heap.h"
#include "os/thread.h"

enum { MOST_NAMES = 64 };
static const size_t MOST_DOCUMENT = (size_t)256 << 20;

typedef struct options {
    bool quick, list;
    const char *json, *inputs;
    const char *names[MOST_NAMES];
    size_t name_count;
} options;

/* The work of the thread. */
typedef struct work {
    const options *options;
    tr_buf json;
    tr_json_writer writer;
    int code;
} work;

static bool parse_value(const char *flag, int argc, char **argv, int *i, const char **out)
{
    size_t len = strlen(flag);
    if (strncmp(argv[*i], flag, len) != 0) return false;
    if (argv[*i][len] == '=') {
        *out = argv[*i] + len + 1;
        return true;
    }
    if (argv[*i][len] != '\0' || *i + 1 >= argc) return false;
    *out = argv[++*i];
    return true;
}

static bool parse(int argc, char **argv, options *o)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0)
            o->quick = true;
        else if (strcmp(argv[i], "--list") == 0)
            o->list = true;
        else if (parse_value("--json", argc, argv, &i, &o->json))
            continue;
        else if (parse_value("--inputs", argc, argv, &i, &o->inputs))
            continue;
        else if (argv[i][0] != '-' && o->name_count < MOST_NAMES)
            o->names[o->name_count++] = argv[i];
        else
            return false;
    }
    return true;
}

/* A row is wanted by its name or by what its name begins with: "u256" means all of them. */
static bool wanted(const options *o, const char *name)
{
    for (size_t i = 0; i < o->name_count; i++)
        if (strncmp(name, o->names[i], strlen(o->names[i])) == 0) return true;
    return o->name_count == 0;
}

static bool is_a_name(const char *typed)
{
    const options one = {.names = {typed}, .name_count = 1};
    for (size_t t = 0; t < tr_bench_table_count; t++)
        for (size_t i = 0; i < tr_bench_tables[t]->count; i++)
            if (wanted(&one, tr_bench_tables[t]->rows[i].name)) return true;
    return false;
}

static void print_list(const options *o)
{
    printf("%-24s %10s %10s %10s  %s\n", "row", "ultra ns", "high ns", "medium ns", "what");
    for (size_t t = 0; t < tr_bench_table_count; t++) {
        for (size_t i = 0; i < tr_bench_tables[t]->count; i++) {
            const tr_bench_row *row = &tr_bench_tables[t]->rows[i];
            if (!wanted(o, row->name)) continue;
            printf("%-24s %10.10g %10.10g %10.10g  %s\n", row->name, row->tier_ns[0],
                   row->tier_ns[1], row->tier_ns[2], row->what);
        }
    }
    printf("The tier of a figure is the first whose bound it does not exceed; beyond: low.\n");
}

static void print_row(const tr_bench_row *row, const tr_bench_figures *f)
{
    char speed[24] = "-";
    if (row->bytes != 0) snprintf(speed, sizeof(speed), "%.1f", (double)row->bytes * 1e3 / f->ns);
    printf("%-24s %12.0f %12.2f %12.2f %12.2f %12.2f %10.1f %10s  %s\n", row->name, 1e9 / f->ns,
           f->ns, f->ns_min, f->p50, f->p99, f->bytes, speed, tr_bench_tier(row, f->ns));
    fflush(stdout);
}

static void put_number(tr_json_writer *w, const char *key, double value)
{
    char text[40];
    int len = snprintf(text, sizeof(text), "%.6g", value);
    tr_json_key(w, key);
    tr_json_put_raw(w, tr_bytes_of(text, (size_t)len));
}

static void put_row(tr_json_writer *w, const tr_bench_row *row, const tr_bench_figures *f)
{
    static const char *const bounds[] = {"ultra_ns", "high_ns", "medium_ns"};
    tr_json_begin_object(w);
    tr_json_key(w, "row");
    tr_json_str(w, row->name);
    tr_json_key(w, "what");
    tr_json_str(w, row->what);
    put_number(w, "ops_per_s", 1e9 / f->ns);
    put_number(w, "ns", f->ns);
    put_number(w, "min_ns", f->ns_min);
    put_number(w, "p50_ns", f->p50);
    put_number(w, "p99_ns", f->p99);
    put_number(w, "bytes_per_op", f->bytes);
    if (row->bytes != 0) put_number(w, "mb_per_s", (double)row->bytes * 1e3 / f->ns);
    tr_json_key(w, "samples");
    tr_json_put_u64(w, f->samples);
    tr_json_key(w, "tier");
    tr_json_str(w, tr_bench_tier(row, f->ns));
    tr_json_key(w, "tiers");
    tr_json_begin_object(w);
    for (size_t i = 0; i < TR_COUNTOF(bounds); i++) put_number(w, bounds[i], row->tier_ns[i]);
    tr_json_end_object(w);
    tr_json_end_object(w);
}

static tr_err write_input(tr_trail *trail, const char *dir, const char *name, tr_bytes document)
{
    char path[TR_PATH_LIMIT];
    int len = snprintf(path, sizeof(path), "%s/%s.bin", dir, name);
    if (len < 0 || (size_t)len >= sizeof(path))
        return tr_fail(trail, TR_E_LIMIT, "the path of the inputs is too long");
    return tr_file_write_atomic(trail, tr_fs_system(), path, document, 0644);
}

static tr_err run_row(tr_trail *trail, work *w, const tr_bench_row *row)
{
    tr_buf document;
    tr_bench_figures figures;
    tr_buf_init(&document, tr_heap(), MOST_DOCUMENT);
    tr_bench_effort effort = w->options->quick ? tr_bench_quick : tr_bench_full;
    if (w->options->inputs != NULL) effort.directory = w->options->inputs;
    effort.light = w->options->quick && w->options->name_count == 0;
    tr_err err = tr_bench_measure(row, &effort, &document, &figures);
    if (err == TR_E_UNSUPPORTED) {
        printf("%-24s cannot run here\n", row->name);
        err = TR_OK;
    } else if (err == TR_E_STATE) {
        printf("%-24s takes long to set up: ask for it by name\n", row->name);
        err = TR_OK;
    } else if (err != TR_OK) {
        err = tr_fail(trail, err, "row %s", row->name);
    } else {
        print_row(row, &figures);
        put_row(&w->writer, row, &figures);
        if (w->options->inputs != NULL && document.len != 0)
            err = write_input(trail, w->options->inputs, row->name, tr_buf_view(&document));
    }
    tr_buf_free(&document);
    return err;
}

static tr_err run_rows(tr_trail *trail, work *w)
{
    const options *o = w->options;
    printf("%-24s %12s %12s %12s %12s %12s %10s %10s  %s\n", "row", "ops/s", "ns/op", "min", "p50",
           "p99", "bytes/op", "MB/s", "tier");
    tr_json_begin_object(&w->writer);
    tr_json_key(&w->writer, "processor");
    tr_json_str(&w->writer, tr_cpu_get()->brand);
    tr_json_key(&w->writer, "rows");
    tr_json_begin_array(&w->writer);
    for (size_t t = 0; t < tr_bench_table_count; t++) {
        for (size_t i = 0; i < tr_bench_tables[t]->count; i++) {
            const tr_bench_row *row = &tr_bench_tables[t]->rows[i];
            if (wanted(o, row->name)) TR_TRY(run_row(trail, w, row));
        }
    }
    tr_json_end_array(&w->writer);
    tr_json_end_object(&w->writer);
    tr_buf_put_u8(&w->json, '\n');
    if (o->json == NULL) return TR_OK;
    if (tr_buf_err(&w->json) != TR_OK)
        return tr_fail(trail, tr_buf_err(&w->json), "the results as JSON");
    return tr_file_write_atomic(trail, tr_fs_system(), o->json, tr_buf_view(&w->json), 0644);
}

static void run_thread(void *context)
{
    work *w = context;
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_err err = TR_OK;
    if (w->options->inputs != NULL)
        err = tr_dir_make(&trail, tr_fs_system(), w->options->inputs, 0755);
    if (err == TR_E_EXISTS) err = TR_OK;
    if (err == TR_OK) err = run_rows(&trail, w);
    if (err != TR_OK)
        w->code = tr_cli_failed("the rows were not all measured", &trail, "trestle bench --list");
}

/* The last processor: on most machines the first has the interrupts. */
static int measure_all(const options *o)
{
    work w = {.options = o};
    tr_thread thread;
    tr_trail trail;
    tr_thread_options how = {
        .name = "bench", .pin_to = tr_thread_cpu_at(tr_thread_cpus() - 1), .stack_size = 8u << 20};
    tr_buf_init(&w.json, tr_heap(), MOST_DOCUMENT);
    w.writer = tr_json_write_to(&w.json);
    if (tr_thread_start(&trail, &thread, &how, run_thread, &w) != TR_OK)
        return tr_cli_failed("there is no thread to measure on", &trail, "trestle doctor");
    tr_thread_join(&thread);
    tr_buf_free(&w.json);
    return w.code;
}

int tr_cli_bench(int argc, char **argv)
{
    options o = {0};
    if (!parse(argc, argv, &o)) {
        tr_cli_error("bench was not understood",
                     "it takes names of rows, and flags with their values", "trestle bench --help");
        return 2;
    }
    for (size_t i = 0; i < o.name_count; i++) {
        if (is_a_name(o.names[i])) continue;
        tr_cli_error("there is no such row", o.names[i], "trestle bench --list");
        return 3;
    }
    if (o.list) {
        print_list(&o);
        return 0;
    }
    return measure_all(&o);
}
