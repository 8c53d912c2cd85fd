/* The differential campaign's own program.
 *
 *   differential generate SEED FIRST COUNT [FORK]   cases to the standard output
 *   differential run [--dump]                       cases from the standard input, answers out
 *   differential check SEED COUNT                   both, without peers */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "case.h"
#include "os/heap.h"

static bool read_number(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 10);
    return errno == 0 && end != text && *end == '\0';
}

static int generate(uint64_t seed, uint64_t first, uint64_t count, unsigned fork)
{
    tr_buf one;
    tr_buf_init(&one, tr_heap(), CASE_MAX);
    for (uint64_t i = 0; i < count; i++) {
        uint8_t head[4];
        tr_buf_clear(&one);
        case_make(&one, seed, first + i, fork);
        TR_ASSERT(tr_buf_err(&one) == TR_OK);
        tr_store32be(head, (uint32_t)one.len);
        if (fwrite(head, 1, 4, stdout) != 4 || fwrite(one.data, 1, one.len, stdout) != one.len)
            return 1;
    }
    tr_buf_free(&one);
    return fflush(stdout) == 0 ? 0 : 1;
}

static int answer(bool dump)
{
    runner *r = runner_new();
    uint8_t head[4];
    uint8_t *frame = malloc(CASE_MAX);
    tr_buf text;
    int rc = 0;
    tr_buf_init(&text, tr_heap(), 4096);
    while (rc == 0 && frame != NULL && fread(head, 1, 4, stdin) == 4) {
        uint32_t size = tr_load32be(head);
        if (size == 0) {
            fflush(stdout);
            continue;
        }
        tr_buf_clear(&text);
        rc = size > CASE_MAX || fread(frame, 1, size, stdin) != size ||
             !case_run(r, tr_bytes_of(frame, size), dump, &text);
        if (rc == 0) puts(tr_buf_text(&text));
    }
    free(frame);
    tr_buf_free(&text);
    runner_free(r);
    return rc;
}

/* Cases are the same when they are made again, and each has an answer, again the same. */
static int check(uint64_t seed, uint64_t count)
{
    tr_buf one, again, answers[2];
    uint64_t rejected = 0, succeeded = 0;
    runner *runners[2] = {runner_new(), runner_new()};
    tr_buf_init(&one, tr_heap(), CASE_MAX);
    tr_buf_init(&again, tr_heap(), CASE_MAX);
    for (unsigned k = 0; k < 2; k++) tr_buf_init(&answers[k], tr_heap(), 4096);
    for (uint64_t i = 0; i < count; i++) {
        tr_buf_clear(&one);
        tr_buf_clear(&again);
        case_make(&one, seed, i, CASE_ANY_FORK);
        case_make(&again, seed, i, CASE_ANY_FORK);
        TR_ASSERT(tr_bytes_eq(tr_buf_view(&one), tr_buf_view(&again)));
        for (unsigned k = 0; k < 2; k++) {
            tr_buf_clear(&answers[k]);
            TR_ASSERT(case_run(runners[k], tr_buf_view(&one), false, &answers[k]));
        }
        TR_ASSERT(tr_bytes_eq(tr_buf_view(&answers[0]), tr_buf_view(&answers[1])));
        rejected += answers[0].data[0] == 'r';
        succeeded += answers[0].data[0] == '1';
        /* a case that lacks its end is refused */
        TR_ASSERT(!case_run(runners[1], tr_bytes_of(one.data, one.len - 1), false, &answers[1]));
    }
    printf("%llu cases: %llu rejected, %llu succeeded\n", (unsigned long long)count,
           (unsigned long long)rejected, (unsigned long long)succeeded);
    for (unsigned k = 0; k < 2; k++) {
        tr_buf_free(&answers[k]);
        runner_free(runners[k]);
    }
    tr_buf_free(&one);
    tr_buf_free(&again);
    /* most cases run, and many of them to their end, or the campaign shows little */
    return rejected < count / 3 && succeeded > count / 5 ? 0 : 1;
}

int main(int argc, char **argv)
{
    uint64_t numbers[4] = {0, 0, 0, CASE_ANY_FORK};
    const char *verb = argc > 1 ? argv[1] : "";
    bool good = argc <= 6;
    if (strcmp(verb, "run") == 0) return answer(argc > 2 && strcmp(argv[2], "--dump") == 0);
    for (int i = 2; good && i < argc; i++) good = read_number(argv[i], &numbers[i - 2]);
    if (good && argc >= 5 && strcmp(verb, "generate") == 0)
        return generate(numbers[0], numbers[1], numbers[2], (unsigned)numbers[3]);
    if (good && argc == 4 && strcmp(verb, "check") == 0) return check(numbers[0], numbers[1]);
    fputs(
        "usage: differential generate SEED FIRST COUNT [FORK] | run [--dump] | check SEED COUNT\n",
        stderr);
    return 2;
}
