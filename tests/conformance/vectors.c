#include "vectors.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest_pipe.h"
#include "ops.h"
#include "os/heap.h"
#include "os/pool.h"
#include "os/thread.h"
#include "source.h"

enum { MAX_ROWS = 1024, MAX_EXEMPTS = 256, MAX_GUESTS = 64 };

typedef struct whole whole;

/* One file and its cases: what a runner gets. */
struct vec_run {
    whole *of;
    const char *path;
    tr_bytes data;
    const vec_row *row;
    size_t passed, failed, skipped;
    size_t every, turn;           /* one case of `every` is run */
    size_t shard, shards, number; /* of those, one of `shards` here, by their number */
    size_t cases, ops;            /* how many cases it has given, and operations asked for */
    bool asked;                   /* by a case of another file */
    guest_pipe *guest;            /* operations go here, if not NULL */
    bool verbose, done;
    tr_buf out; /* what is printed of it, when its turn comes */
};

/* The whole run: files are worked on by all processors and printed in their order. */
struct whole {
    size_t passed, failed, skipped, slow;
    size_t every;
    size_t of_row[MAX_ROWS];      /* files met of each row */
    size_t exempted[MAX_EXEMPTS]; /* met of each entry of the list; counted by all threads */
    bool tenth, list;             /* leave the slowest out; hold the list to what was met */
    bool verbose;
    vec_run *files; /* visited and not yet run */
    size_t count, room;
    size_t *order; /* the largest first */
    size_t printed;
    tr_pool *pool;
    pthread_mutex_t lock; /* over guests and printing */
    guest_pipe *guests[MAX_GUESTS];
    size_t guest_count; /* that are free */
    bool has_guest;
};

/* Counting. */

void vec_pass(vec_run *run)
{
    run->passed++;
    run->cases++;
}

static void put_name(tr_buf *to, tr_bytes name)
{
    for (size_t i = 0; i < name.len && i < 200; i++) {
        uint8_t c = name.data[i];
        if (c < 0x20 || c == 0x7f)
            tr_buf_printf(to, "\\x%02x", c);
        else
            tr_buf_put_u8(to, c);
    }
}

void vec_fail(vec_run *run, tr_bytes name, const char *format, ...)
{
    va_list args;
    run->failed++;
    run->cases++;
    tr_buf_printf(&run->out, "FAIL %s: ", run->path);
    put_name(&run->out, name);
    tr_buf_put_str(&run->out, ": ");
    va_start(args, format);
    tr_buf_vprintf(&run->out, format, args);
    va_end(args);
    tr_buf_put_u8(&run->out, '\n');
}

void vec_part(vec_run *run, const vec_file *file)
{
    (void)run;
    (void)file;
}

bool vec_wants(vec_run *run)
{
    if (++run->turn < run->every) return false;
    run->turn = 0;
    return run->number++ % run->shards == run->shard;
}

bool vec_is_guest(const vec_run *run)
{
    return run->guest != NULL;
}

/* What runners use. */

tr_err vec_op(vec_run *run, const vec_file *file, const char *op, tr_bytes in, tr_bytes *out)
{
    *out = (tr_bytes){NULL, 0};
    run->ops++;
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

/* The entry of the list for a file (name NULL), or for one of its cases. */
static const vec_exempt *find_exempt(const char *path, const char *name, size_t *index)
{
    for (size_t i = 0; i < vec_exempt_count; i++) {
        const vec_exempt *e = &vec_exempts[i];
        if ((e->name == NULL) != (name == NULL) || !matches(e->pattern, path)) continue;
        if (name != NULL && !glob(e->name, name)) continue;
        *index = i;
        return e;
    }
    return NULL;
}

void vec_skip(vec_run *run, tr_bytes name)
{
    char text[200];
    size_t index = 0;
    tr_buf buf;
    tr_buf_init_fixed(&buf, text, sizeof(text) - 1);
    tr_buf_put(&buf, tr_bytes_cut(name, 0, sizeof(text) - 1));
    text[buf.len] = '\0';
    if (find_exempt(run->path, text, &index) == NULL) {
        vec_fail(run, name, "is left out, and not in the list of what does not apply");
        return;
    }
    __atomic_fetch_add(&run->of->exempted[index], 1, __ATOMIC_RELAXED);
    run->skipped++;
    run->cases++;
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

/* One file, in whatever thread. */
static void run_file(vec_run *run)
{
    struct timespec start, end;
    tr_arena arena;
    tr_trail trail;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    tr_arena_init(&arena, tr_heap(), (size_t)2 << 30);
    vec_file file = {.path = run->path, .data = run->data, .arena = &arena};
    tr_err err = run->row->json ? tr_json_parse(&trail, &arena, run->data, &file.json) : TR_OK;
    if (err != TR_OK)
        vec_fail(run, TR_LIT("file"), "%s at %llu", trail.text, (unsigned long long)trail.offset);
    else
        run->row->run(run, &file);
    if (run->cases == 0 && run->guest == NULL && run->every * run->shards == 1 &&
        run->row->run != vec_part)
        vec_fail(run, TR_LIT("file"), "gave no case");
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    long long us = (end.tv_sec - start.tv_sec) * 1000000LL + (end.tv_nsec - start.tv_nsec) / 1000;
    if (run->verbose)
        tr_buf_printf(&run->out, "%6zu cases %9lld us  %s\n", run->passed + run->failed, us,
                      run->path);
    /* Cases that asked for no operation say nothing about the guest. */
    if (run->guest != NULL && run->ops == 0) run->passed = 0;
    tr_arena_free(&arena);
}

/* Prints the files that are done, up to the first that is not. */
static void print_done(whole *w)
{
    for (; w->printed < w->count && w->files[w->printed].done; w->printed++) {
        vec_run *run = &w->files[w->printed];
        if (run->out.len != 0) fwrite(run->out.data, 1, run->out.len, stdout);
        tr_buf_free(&run->out);
        w->passed += run->passed;
        w->failed += run->failed;
        w->skipped += run->skipped;
    }
}

static void job(void *context, size_t index)
{
    whole *w = context;
    vec_run *run = &w->files[w->order[index]];
    pthread_mutex_lock(&w->lock);
    if (w->has_guest) run->guest = w->guests[--w->guest_count];
    pthread_mutex_unlock(&w->lock);
    run_file(run);
    pthread_mutex_lock(&w->lock);
    if (w->has_guest) w->guests[w->guest_count++] = run->guest;
    run->done = true;
    print_done(w);
    pthread_mutex_unlock(&w->lock);
}

static int by_size(const void *a, const void *b, void *files)
{
    const vec_run *list = files, *x = &list[*(const size_t *)a], *y = &list[*(const size_t *)b];
    if ((x->shards > 1) != (y->shards > 1)) return x->shards > 1 ? -1 : 1;
    if (x->data.len != y->data.len) return x->data.len < y->data.len ? 1 : -1;
    return *(const size_t *)a < *(const size_t *)b ? -1 : 1;
}

/* What belongs to cases must have been read by one. */
static void check_parts(whole *w)
{
    for (size_t i = 0; i < w->count; i++) {
        const vec_run *run = &w->files[i];
        if (run->row->run != vec_part || run->asked) continue;
        printf("FAIL %s: is part of a case, and no case has read it\n", run->path);
        w->failed++;
    }
}

static void settle(void *context)
{
    whole *w = context;
    for (size_t i = 0; i < w->count; i++) w->order[i] = i;
    qsort_r(w->order, w->count, sizeof(*w->order), by_size, w->files);
    w->printed = 0;
    tr_exec_run(tr_pool_exec(w->pool), w->count, job, w);
    if (w->list && w->every == 1 && !w->has_guest) check_parts(w);
    fflush(stdout);
    w->count = 0;
}

static bool grow(whole *w)
{
    if (w->count < w->room) return true;
    size_t room = 2 * w->room + 64;
    vec_run *files = realloc(w->files, room * sizeof(*files));
    if (files == NULL) return false;
    w->files = files;
    size_t *order = realloc(w->order, room * sizeof(*order));
    if (order == NULL) return false;
    w->order = order;
    w->room = room;
    return true;
}

tr_bytes vec_sibling(const vec_run *run, const vec_file *file, const char *path)
{
    const char *at = strstr(file->path, ".tar.zst/");
    size_t common = at == NULL ? 0 : (size_t)(at - file->path);
    for (size_t i = 0; i < run->of->count; i++) {
        vec_run *other = &run->of->files[i];
        if (strncmp(other->path, file->path, common) != 0 || !matches(path, other->path)) continue;
        __atomic_store_n(&other->asked, true, __ATOMIC_RELAXED);
        return other->data;
    }
    return (tr_bytes){NULL, 0};
}

/* Files that no row knows, from someone else's folders: what is in them tells. */
static void run_by_content(vec_run *run, const vec_file *file)
{
    static const struct {
        const char *member, *as;
    } kinds[] = {{"genesisRLP", "BlockchainTests/x.json"},
                 {"post", "GeneralStateTests/x.json"},
                 {"exec", "VMTests/x/x.json"},
                 {"txbytes", "TransactionTests/x/x.json"}};
    tr_trail trail;
    size_t index;
    vec_file parsed = *file;
    if (tr_json_parse(&trail, file->arena, file->data, &parsed.json) != TR_OK) {
        vec_fail(run, TR_LIT("file"), "the table has no runner for it, and it is no JSON: %s",
                 trail.text);
        return;
    }
    const tr_json *first = parsed.json->first;
    for (size_t i = 0; first != NULL && i < TR_COUNTOF(kinds); i++) {
        if (first->kind != TR_JSON_OBJECT || tr_json_get(first, kinds[i].member) == NULL) continue;
        const vec_row *row = find_row(kinds[i].as, &index);
        TR_ASSERT(row != NULL);
        row->run(run, &parsed);
        return;
    }
    vec_fail(run, TR_LIT("file"), "the table has no runner for it and no reason to leave it out");
}

/* Files whose cases take seconds each: they are begun first, and their cases divided.  Those that
 * are slow are not in the tenth (--tenth), which is `make test`'s: of SLOW the cases take a second
 * and more of processor time each. */
enum { SHARDS = 6, HEAVY = 1, SLOW = 2 };

static unsigned weight_of(const char *path)
{
    static const struct {
        const char *pattern;
        unsigned weight;
    } heavy[] = {
        {"CALLBlake2f_MaxRounds.json", SLOW},
        {"stTimeConsuming/*", HEAVY},
        {"vmPerformance/*", HEAVY},
        {"stQuadraticComplexityTest/*", HEAVY},
    };
    for (size_t i = 0; i < TR_COUNTOF(heavy); i++)
        if (matches(heavy[i].pattern, path)) return heavy[i].weight;
    return 0;
}

static void add(whole *w, const vec_run *run)
{
    if (!grow(w)) {
        fputs("no memory for the list of files\n", stderr);
        w->failed++;
        return;
    }
    w->files[w->count] = *run;
    tr_buf_init(&w->files[w->count++].out, tr_heap(), (size_t)64 << 20);
}

static void visit(void *context, const char *path, tr_bytes data)
{
    static const vec_row none = {"", run_by_content, false};
    whole *w = context;
    size_t index = 0;
    if (find_exempt(path, NULL, &index) != NULL) {
        w->skipped++;
        w->exempted[index]++;
        return;
    }
    const vec_row *row = find_row(path, &index);
    if (row == NULL) index = MAX_ROWS - 1;
    unsigned weight = weight_of(path);
    if (w->tenth && weight == SLOW) {
        w->slow++;
        return;
    }
    vec_run run = {.of = w, .path = path, .data = data, .every = w->every, .shards = 1};
    run.row = row == NULL ? &none : row;
    run.verbose = w->verbose;
    /* The first case of each row is one that is run. */
    run.turn = w->every - 1 + w->of_row[index]++ % w->every;
    run.turn %= w->every;
    if (weight != 0 && !w->has_guest) run.shards = SHARDS;
    for (; run.shard < run.shards; run.shard++) add(w, &run);
}

/* What was left out; and whether it is what the list says. */
static void print_exempted(whole *w)
{
    for (size_t i = 0; i < vec_exempt_count; i++) {
        const vec_exempt *e = &vec_exempts[i];
        size_t met = w->exempted[i];
        const char *what = e->name == NULL ? "files" : "cases";
        if (met != 0) printf("skip %5zu %s  %s: %s\n", met, what, e->pattern, e->why);
        if (!w->list || met == e->count || (e->name != NULL && w->has_guest)) continue;
        printf("FAIL not_applicable.def: %s: it says %zu %s, and %zu were met\n", e->pattern,
               e->count, what, met);
        w->failed++;
    }
    if (w->slow != 0) printf("%zu slow files are not in the tenth\n", w->slow);
}

static int usage(void)
{
    fputs("error: test-vectors needs at least one path\n"
          "  because  it runs cases from files, folders and archives (.tar.zst)\n"
          "  try      trestle test-vectors ../shared/vectors\n",
          stderr);
    return 2;
}

/* One guest for each processor. */
static bool open_guests(whole *w, const char *program, size_t count)
{
    for (; w->guest_count < count; w->guest_count++) {
        w->guests[w->guest_count] = guest_pipe_open(program);
        if (w->guests[w->guest_count] == NULL) break;
    }
    w->has_guest = w->guest_count == count;
    if (w->has_guest) return true;
    fprintf(stderr,
            "error: the guest program %s does not start\n"
            "  because  %s\n"
            "  try      install qemu-user and build it with make build\n",
            program, strerror(errno));
    return false;
}

static bool walk_paths(whole *w, int count, char **paths)
{
    bool found = true;
    const source_visitor visitor = {visit, settle, w};
    for (int i = 0; i < count; i++) {
        tr_trail trail;
        char real[PATH_MAX]; /* rows name folders, which a path seen from within them lacks */
        const char *path = realpath(paths[i], real) != NULL ? real : paths[i];
        tr_err err = source_walk(&trail, path, &visitor);
        if (err == TR_OK) continue;
        fprintf(stderr, "error: %s cannot be read\n  because  %s (%s)\n  try      ls -l %s\n",
                paths[i], trail.text, tr_err_name(err), paths[i]);
        found = false;
    }
    return found;
}

static int run_all(whole *w, const char *guest, int count, char **paths)
{
    tr_trail trail;
    size_t cpus = TR_MIN(tr_thread_cpus(), (size_t)MAX_GUESTS);
    const tr_pool_options pool = {
        .workers = cpus - 1, .name = "vectors", .stack_size = (size_t)8 << 20};
    bool ready = guest == NULL || open_guests(w, guest, cpus);
    if (ready && tr_pool_new(&trail, tr_heap(), &pool, &w->pool) != TR_OK) {
        fprintf(stderr, "error: no threads\n  because  %s\n  try      ulimit -u\n", trail.text);
        ready = false;
    }
    bool found = ready && walk_paths(w, count, paths);
    if (w->pool != NULL) tr_pool_free(w->pool);
    while (w->guest_count != 0) guest_pipe_close(w->guests[--w->guest_count]);
    if (!ready) return 1;
    print_exempted(w);
    if (w->skipped != 0) printf("%zu skipped\n", w->skipped);
    printf("%zu passed, %zu failed\n", w->passed, w->failed);
    if (!found) return 1;
    return w->failed == 0 ? 0 : 7;
}

int tr_cli_test_vectors(int argc, char **argv)
{
    whole w = {.every = 1, .lock = PTHREAD_MUTEX_INITIALIZER};
    TR_ASSERT(vec_exempt_count <= MAX_EXEMPTS);
    const char *guest = NULL;
    int first = 1;
    for (; first < argc && strncmp(argv[first], "--", 2) == 0; first++) {
        const char *value = first + 1 < argc ? argv[first + 1] : NULL;
        if (strcmp(argv[first], "--verbose") == 0) {
            w.verbose = true;
        } else if (strcmp(argv[first], "--tenth") == 0) {
            w.tenth = true;
            w.every = 10;
        } else if (strcmp(argv[first], "--whole") == 0) {
            w.list = true;
        } else if (strcmp(argv[first], "--guest") == 0 && value != NULL) {
            guest = value;
            first++;
        } else if (strcmp(argv[first], "--every") == 0 && value != NULL && atoll(value) > 0) {
            w.every = (size_t)atoll(value);
            first++;
        } else {
            return usage();
        }
    }
    if (first == argc) return usage();
    int code = run_all(&w, guest, argc - first, argv + first);
    free(w.files);
    free(w.order);
    return code;
}
