#include "harness.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "os/heap.h"

enum { MAX_TESTS = 512, DEFAULT_CASES = 1000, MAX_CHOICES = 1 << 16, SHRINK_TRIES = 2000 };

typedef struct test {
    const char *name;
    void (*run)(void);
    void (*property)(tr_gen *);
} test;

struct tr_gen {
    uint64_t state;
    uint64_t *choices; /* recorded, or replayed up to given */
    size_t used, given;
    bool replay;
    tr_arena arena;
};

static test tests[MAX_TESTS];
static size_t test_count;
static uint64_t run_seed;
static uint64_t random_state;
static const char *program;

static jmp_buf failed;
static bool quiet; /* while shrinking, a failure is expected and not printed */
static char message[2048];
static const char *skipped;

void tr_test_register(const char *name, void (*run)(void), void (*property)(tr_gen *))
{
    if (test_count == MAX_TESTS) abort();
    tests[test_count++] = (test){name, run, property};
}

/* Random numbers: splitmix64, which needs no seeding ritual. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t tr_test_random(void)
{
    return next_random(&random_state);
}

/* Memory that is counted, and can fail. */
typedef struct counted {
    tr_alloc alloc;
    size_t held;    /* bytes not given back */
    size_t calls;   /* requests so far */
    size_t fail_at; /* the first request that fails, and all after it; 0: none */
    bool met;
} counted;

static void *counted_resize(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    counted *c = (counted *)self;
    if (new_size > old_size && ++c->calls >= c->fail_at && c->fail_at != 0) {
        c->met = true;
        return NULL;
    }
    void *memory = tr_heap()->resize(tr_heap(), old, old_size, new_size);
    if (memory != NULL || new_size == 0) c->held += new_size - old_size;
    return memory;
}

static counted test_memory = {.alloc = {counted_resize}};
static tr_arena test_arena;

tr_alloc *tr_test_alloc(void)
{
    return &test_memory.alloc;
}

tr_arena *tr_test_arena(void)
{
    return &test_arena;
}

void tr_test_out_of_memory(tr_err (*op)(tr_alloc *alloc, void *context), void *context)
{
    for (size_t n = 1;; n++) {
        counted c = {.alloc = {counted_resize}, .fail_at = n};
        tr_err err = op(&c.alloc, context);
        if (c.held != 0)
            tr_test_fail(__FILE__, __LINE__, "request %zu failing leaks %zu bytes", n, c.held);
        if (!c.met) {
            TR_CHECK_OK(err);
            return;
        }
        if (err != TR_E_MEMORY)
            tr_test_fail(__FILE__, __LINE__, "request %zu failing gives %s", n, tr_err_name(err));
    }
}

/* Checks. */
void tr_test_fail(const char *file, int line, const char *format, ...)
{
    if (!quiet) {
        int n = snprintf(message, sizeof(message), "%s:%d: ", file, line);
        va_list args;
        va_start(args, format);
        vsnprintf(message + n, sizeof(message) - (size_t)n, format, args);
        va_end(args);
    }
    longjmp(failed, 1);
}

void tr_test_skip(const char *why)
{
    skipped = why;
    longjmp(failed, 2);
}

void tr_test_check_eq(const char *file, int line, const char *a_text, const char *b_text,
                      uint64_t a, uint64_t b)
{
    if (a == b) return;
    tr_test_fail(file, line, "%s is %" PRIu64 " (0x%" PRIx64 "), %s is %" PRIu64 " (0x%" PRIx64 ")",
                 a_text, a, a, b_text, b, b);
}

void tr_test_check_err(const char *file, int line, const char *text, tr_err got, tr_err want)
{
    if (got == want) return;
    tr_test_fail(file, line, "%s gives %s, expected %s", text, tr_err_name(got), tr_err_name(want));
}

static void print_bytes(char *to, size_t room, tr_bytes v, size_t from)
{
    size_t at = 0;
    for (size_t i = from; i < v.len && at + 3 < room && i < from + 48; i++)
        at += (size_t)snprintf(to + at, room - at, "%02x", v.data[i]);
    if (at == 0) snprintf(to, room, "(nothing)");
}

void tr_test_check_bytes(const char *file, int line, const char *text, tr_bytes got, tr_bytes want)
{
    if (tr_bytes_eq(got, want)) return;
    size_t i = 0;
    while (i < got.len && i < want.len && got.data[i] == want.data[i]) i++;
    char a[128], b[128];
    print_bytes(a, sizeof(a), got, i);
    print_bytes(b, sizeof(b), want, i);
    tr_test_fail(file, line, "%s: %zu bytes, expected %zu; from byte %zu on %s, expected %s", text,
                 got.len, want.len, i, a, b);
}

tr_bytes tr_test_hex(const char *hex)
{
    uint8_t *to = tr_arena_get(&test_arena, strlen(hex) / 2 + 1, 1);
    if (to == NULL) abort();
    size_t len = 0;
    int high = -1;
    for (; *hex != '\0'; hex++) {
        if (*hex == ' ' || *hex == '\n') continue;
        const char *digits = "0123456789abcdef";
        const char *at = strchr(digits, *hex | 0x20);
        if (at == NULL) tr_test_fail(__FILE__, __LINE__, "not a hex digit: %c", *hex);
        if (high < 0) {
            high = (int)(at - digits);
        } else {
            to[len++] = (uint8_t)(high << 4 | (int)(at - digits));
            high = -1;
        }
    }
    return tr_bytes_of(to, len);
}

/* Properties.  Every choice is recorded; shrinking replays the record with parts left out and
 * numbers made smaller, and keeps what still fails. */
static uint64_t choose(tr_gen *g)
{
    uint64_t v;
    if (g->replay)
        v = g->used < g->given ? g->choices[g->used] : 0;
    else
        v = next_random(&g->state);
    if (g->used < MAX_CHOICES) {
        g->choices[g->used] = v;
        g->used++;
    }
    return v;
}

uint64_t tr_gen_below(tr_gen *g, uint64_t n)
{
    return choose(g) % n;
}

bool tr_gen_bool(tr_gen *g)
{
    return (choose(g) & 1) != 0;
}

uint64_t tr_gen_u64(tr_gen *g)
{
    uint64_t kind = choose(g) % 8, v = choose(g);
    switch (kind) {
    case 0:
        return v % 17;
    case 1:
        return v >> (v & 63);
    case 2:
        return ~(v % 17);
    case 3:
        return (uint64_t)1 << (v & 63);
    case 4:
        return ((uint64_t)1 << (v & 63)) - 1;
    default:
        return v;
    }
}

void tr_gen_fill(tr_gen *g, void *to, size_t len)
{
    uint8_t *out = to;
    for (size_t i = 0; i < len; i += 8) {
        uint64_t v = choose(g);
        memcpy(out + i, &v, len - i < 8 ? len - i : 8);
    }
}

tr_bytes tr_gen_bytes(tr_gen *g, size_t max_len)
{
    size_t len = (size_t)tr_gen_below(g, max_len + 1);
    if (tr_gen_bool(g)) len %= 80;
    uint8_t *to = tr_arena_get(&g->arena, len, 1);
    if (to == NULL) abort();
    tr_gen_fill(g, to, len);
    return tr_bytes_of(to, len);
}

tr_arena *tr_gen_arena(tr_gen *g)
{
    return &g->arena;
}

static int run_case(const test *t, tr_gen *g)
{
    tr_arena_reset(&g->arena);
    tr_arena_reset(&test_arena);
    g->used = 0;
    int outcome = setjmp(failed);
    if (outcome == 0) t->property(g);
    return outcome;
}

/* True if the case with these choices still fails; the choices it used are then kept. */
static bool still_fails(const test *t, tr_gen *g, const uint64_t *choices, size_t count)
{
    memcpy(g->choices, choices, count * sizeof(*choices));
    g->given = count;
    g->replay = true;
    return run_case(t, g) == 1;
}

static void shrink(const test *t, tr_gen *g)
{
    size_t count = g->used;
    uint64_t *best = malloc(sizeof(*best) * (MAX_CHOICES + 1));
    uint64_t *trial = malloc(sizeof(*trial) * (MAX_CHOICES + 1));
    if (best == NULL || trial == NULL) abort();
    memcpy(best, g->choices, count * sizeof(*best));
    size_t tries = 0;
    quiet = true;
    for (bool better = true; better && tries < SHRINK_TRIES;) {
        better = false;
        for (size_t piece = count / 2; piece > 0 && tries < SHRINK_TRIES; piece /= 2) {
            for (size_t at = 0; at + piece <= count && tries < SHRINK_TRIES;) {
                memcpy(trial, best, at * sizeof(*best));
                memcpy(trial + at, best + at + piece, (count - at - piece) * sizeof(*best));
                tries++;
                if (still_fails(t, g, trial, count - piece)) {
                    count -= piece;
                    memcpy(best, trial, count * sizeof(*best));
                    better = true;
                } else {
                    at += piece;
                }
            }
        }
        for (size_t i = 0; i < count && tries < SHRINK_TRIES; i++) {
            static const unsigned shifts[] = {64, 32, 8, 1};
            for (size_t s = 0; s < TR_COUNTOF(shifts) && best[i] != 0; s++) {
                memcpy(trial, best, count * sizeof(*best));
                trial[i] = shifts[s] == 64 ? 0 : best[i] >> shifts[s];
                tries++;
                if (still_fails(t, g, trial, count)) {
                    best[i] = trial[i];
                    better = true;
                    break;
                }
            }
        }
    }
    quiet = false;
    (void)still_fails(t, g, best, count); /* once more, to print the smallest case's message */
    free(best);
    free(trial);
}

static int run_property(const test *t, size_t cases)
{
    tr_gen g = {.choices = malloc(sizeof(uint64_t) * (MAX_CHOICES + 1))};
    if (g.choices == NULL) abort();
    tr_arena_init(&g.arena, tr_heap(), (size_t)1 << 30);
    int outcome = 0;
    for (size_t i = 0; i < cases && outcome == 0; i++) {
        uint64_t case_seed = run_seed + i;
        g.state = case_seed;
        g.replay = false;
        outcome = run_case(t, &g);
        tr_arena_reset(&test_arena);
        if (outcome != 1) continue;
        shrink(t, &g);
        printf("# again: %s --filter %s --seed %" PRIu64 " --cases 1\n", program, t->name,
               case_seed);
    }
    tr_arena_free(&g.arena);
    free(g.choices);
    return outcome;
}

static int run_plain(const test *t)
{
    int outcome = setjmp(failed);
    if (outcome == 0) t->run();
    return outcome;
}

static bool run_test(size_t number, const test *t, size_t cases)
{
    random_state = run_seed;
    skipped = NULL;
    test_memory = (counted){.alloc = {counted_resize}};
    tr_arena_init(&test_arena, &test_memory.alloc, (size_t)1 << 30);
    int outcome = t->property != NULL ? run_property(t, cases) : run_plain(t);
    tr_arena_free(&test_arena);
    if (outcome == 0 && test_memory.held != 0) {
        snprintf(message, sizeof(message), "%zu bytes were not given back", test_memory.held);
        outcome = 1;
    }
    if (outcome == 1) {
        printf("not ok %zu - %s\n# %s\n# again: %s --filter %s --seed %" PRIu64 "\n", number,
               t->name, message, program, t->name, run_seed);
        return false;
    }
    printf("ok %zu - %s%s%s\n", number, t->name, outcome == 2 ? " # SKIP " : "",
           outcome == 2 ? skipped : "");
    return true;
}

static const char *filter = "";
static bool only_properties;

static bool is_chosen(const test *t)
{
    return strstr(t->name, filter) != NULL && (t->property != NULL || !only_properties);
}

int main(int argc, char **argv)
{
    size_t cases = DEFAULT_CASES;
    program = argv[0];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    run_seed = (uint64_t)now.tv_sec * 1000003 + (uint64_t)now.tv_nsec;
    const char *from_environment = getenv("TRESTLE_TEST_CASES");
    if (from_environment != NULL) cases = strtoull(from_environment, NULL, 0);
    for (int i = 1; i < argc; i += 2) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--list") == 0) {
            for (size_t k = 0; k < test_count; k++) puts(tests[k].name);
            return 0;
        }
        if (strcmp(argv[i], "--properties") == 0) {
            only_properties = true;
            i--; /* it has no value */
            continue;
        }
        if (value != NULL && strcmp(argv[i], "--seed") == 0)
            run_seed = strtoull(value, NULL, 0);
        else if (value != NULL && strcmp(argv[i], "--cases") == 0)
            cases = strtoull(value, NULL, 0);
        else if (value != NULL && strcmp(argv[i], "--filter") == 0)
            filter = value;
        else {
            fprintf(stderr,
                    "usage: %s [--seed N] [--cases N] [--filter PART] [--properties] [--list]\n",
                    program);
            return 2;
        }
    }
    size_t count = 0, bad = 0;
    for (size_t k = 0; k < test_count; k++) count += is_chosen(&tests[k]);
    printf("TAP version 13\n1..%zu\n# seed %" PRIu64 "\n", count, run_seed);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t k = 0, number = 0; k < test_count; k++) {
        if (!is_chosen(&tests[k])) continue;
        if (!run_test(++number, &tests[k], cases)) bad++;
    }
    return bad == 0 && (count != 0 || only_properties) ? 0 : 1;
}
