#include "vectors.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_pipe.h"
#include "ops.h"
#include "os/heap.h"
#include "source.h"

enum { MAX_ROWS = 1024, MAX_PATTERN_COMPONENTS = 64 };

struct vec_run {
    size_t passed, failed, skipped;
    size_t every, turn; /* one case of `every` is run */
    guest_pipe *guest;  /* operations go here, if open */
    const char *path;   /* of the file at work */
    size_t file_cases;  /* how many cases it has given */
    size_t file_ops;    /* and how many operations it has asked for */
    size_t rows_skipped[MAX_ROWS];
    bool verbose;
};

/* Counting. */

void vec_pass(vec_run *run)
{
    run->passed++;
    run->file_cases++;
}

static void print_name(tr_bytes name)
{
    for (size_t i = 0; i < name.len && i < 160; i++) {
        uint8_t c = name.data[i];
        if (c < 0x20 || c == 0x7f)
            printf("\\x%02x", c);
        else
            putchar(c);
    }
}

void vec_fail(vec_run *run, tr_bytes name, const char *format, ...)
{
    char text[1024];
    tr_buf out;
    va_list args;
    run->failed++;
    run->file_cases++;
    tr_buf_init_fixed(&out, text, sizeof(text) - 1);
    va_start(args, format);
    tr_buf_vprintf(&out, format, args);
    va_end(args);
    text[out.len] = '\0';
    printf("FAIL %s: ", run->path);
    print_name(name);
    printf(": %s\n", text);
}

void vec_skip(vec_run *run, tr_bytes name, const char *why)
{
    run->skipped++;
    run->file_cases++;
    printf("skip %s: ", run->path);
    print_name(name);
    printf(": %s\n", why);
}

bool vec_wants(vec_run *run)
{
    if (++run->turn < run->every) return false;
    run->turn = 0;
    return true;
}

/* What runners use. */

tr_err vec_op(vec_run *run, const vec_file *file, const char *op, tr_bytes in, tr_bytes *out)
{
    *out = (tr_bytes){NULL, 0};
    run->file_ops++;
    if (run->guest != NULL) return guest_pipe_call(run->guest, file->arena, op, in, out);
    const tr_op *found = tr_op_find(tr_bytes_str(op));
    TR_ASSERT(found != NULL);
    tr_buf buf;
    tr_buf_init(&buf, &file->arena->alloc, (size_t)64 << 20);
    TR_TRY(found->run(file->arena, in, &buf));
    *out = tr_buf_view(&buf);
    return tr_buf_err(&buf);
}

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

tr_bytes vec_hex(const vec_file *file, tr_bytes text)
{
    const tr_bytes none = {NULL, 0};
    if (text.data == NULL) return none;
    if (text.len >= 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x')
        text = tr_bytes_cut(text, 2, SIZE_MAX);
    if (text.len % 2 != 0) return none;
    uint8_t *to = tr_arena_get(file->arena, text.len / 2 + 1, 1);
    if (to == NULL) return none;
    for (size_t i = 0; i < text.len / 2; i++) {
        int high = digit(text.data[2 * i]), low = digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0) return none;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return tr_bytes_of(to, text.len / 2);
}

/* Finding the row of a file. */

/* Matches a whole path: * within a component, ** across them. */
static bool glob(const char *pattern, const char *path)
{
    for (; *pattern != '\0'; pattern++, path++) {
        if (*pattern == '*') {
            bool across = pattern[1] == '*';
            const char *rest = pattern + (across ? 2 : 1);
            for (;; path++) {
                if (glob(rest, path)) return true;
                if (*path == '\0' || (*path == '/' && !across)) return false;
            }
        }
        if (*pattern != *path) return false;
    }
    return *path == '\0';
}

/* Matches the end of a path, from the start of any component on. */
static bool matches(const char *pattern, const char *path)
{
    for (const char *at = path; at != NULL; at = strchr(at, '/')) {
        if (*at == '/') at++;
        if (glob(pattern, at)) return true;
    }
    return false;
}

static const vec_row *find_row(const char *path, size_t *index)
{
    size_t number = 0;
    for (size_t t = 0; t < vec_table_count; t++) {
        for (size_t i = 0; i < vec_tables[t]->count; i++, number++) {
            if (!matches(vec_tables[t]->rows[i].pattern, path)) continue;
            *index = number;
            return &vec_tables[t]->rows[i];
        }
    }
    return NULL;
}

static void run_file(void *context, const char *path, tr_bytes data)
{
    vec_run *run = context;
    size_t index = 0;
    const vec_row *row = find_row(path, &index);
    run->path = path;
    run->file_cases = 0;
    run->file_ops = 0;
    if (row == NULL) {
        vec_fail(run, TR_LIT("file"),
                 "the table has no runner for it and no reason to leave it out");
        return;
    }
    TR_ASSERT(index < MAX_ROWS);
    if (row->run == NULL) {
        run->skipped++;
        run->rows_skipped[index]++;
        return;
    }
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), (size_t)2 << 30);
    vec_file file = {.path = path, .data = data, .arena = &arena};
    tr_trail trail;
    tr_err err = row->json ? tr_json_parse(&trail, &arena, data, &file.json) : TR_OK;
    size_t passed = run->passed, before = run->passed + run->failed;
    if (err != TR_OK)
        vec_fail(run, TR_LIT("file"), "%s at %llu", trail.text, (unsigned long long)trail.offset);
    else
        row->run(run, &file);
    if (run->file_cases == 0 && run->every <= 1) vec_fail(run, TR_LIT("file"), "gave no case");
    /* Cases that asked for no operation say nothing about the guest. */
    if (run->guest != NULL && run->file_ops == 0) run->passed = passed;
    if (run->verbose) printf("%6zu cases  %s\n", run->passed + run->failed - before, path);
    tr_arena_free(&arena);
}

static void print_skipped(const vec_run *run)
{
    size_t number = 0;
    for (size_t t = 0; t < vec_table_count; t++)
        for (size_t i = 0; i < vec_tables[t]->count; i++, number++)
            if (run->rows_skipped[number] != 0)
                printf("skip %5zu files  %s: %s\n", run->rows_skipped[number],
                       vec_tables[t]->rows[i].pattern, vec_tables[t]->rows[i].why);
}

static int usage(void)
{
    fputs("error: test-vectors needs at least one path\n"
          "  because  it runs cases from files, folders and archives (.tar.zst)\n"
          "  try      trestle test-vectors ../shared/vectors\n",
          stderr);
    return 2;
}

int tr_cli_test_vectors(int argc, char **argv)
{
    vec_run run = {.every = 1};
    const char *guest = NULL;
    int first = 1;
    for (; first < argc && strncmp(argv[first], "--", 2) == 0; first++) {
        const char *value = first + 1 < argc ? argv[first + 1] : NULL;
        if (strcmp(argv[first], "--verbose") == 0) {
            run.verbose = true;
        } else if (strcmp(argv[first], "--guest") == 0 && value != NULL) {
            guest = value;
            first++;
        } else if (strcmp(argv[first], "--every") == 0 && value != NULL && atoll(value) > 0) {
            run.every = (size_t)atoll(value);
            first++;
        } else {
            return usage();
        }
    }
    if (first == argc) return usage();
    if (guest != NULL) {
        run.guest = guest_pipe_open(guest);
        if (run.guest == NULL) {
            fprintf(stderr,
                    "error: the guest program %s does not start\n"
                    "  because  %s\n"
                    "  try      install qemu-user and build it with make build\n",
                    guest, strerror(errno));
            return 1;
        }
    }
    bool found = true;
    for (int i = first; i < argc; i++) {
        tr_trail trail;
        char whole[PATH_MAX]; /* rows name folders, which a path seen from within them lacks */
        const char *path = realpath(argv[i], whole) != NULL ? whole : argv[i];
        tr_err err = source_walk(&trail, path, run_file, &run);
        if (err == TR_OK) continue;
        fprintf(stderr, "error: %s cannot be read\n  because  %s (%s)\n  try      ls -l %s\n",
                argv[i], trail.text, tr_err_name(err), argv[i]);
        found = false;
    }
    guest_pipe_close(run.guest);
    print_skipped(&run);
    if (run.skipped != 0) printf("%zu skipped\n", run.skipped);
    printf("%zu passed, %zu failed\n", run.passed, run.failed);
    if (!found) return 1;
    return run.failed == 0 ? 0 : 7;
}
