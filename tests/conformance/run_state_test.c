/* State tests: what a transaction does to a state, or why it is not valid. */
#include "cli/evm/fixture.h"
#include "os/heap.h"
#include "vectors.h"

/* "name [Cancun #3]" */
static tr_bytes case_name(const vec_file *file, tr_bytes test, tr_bytes fork, size_t index)
{
    tr_buf text;
    tr_buf_init(&text, &file->arena->alloc, 4096);
    tr_buf_put(&text, test);
    tr_buf_put_str(&text, " [");
    tr_buf_put(&text, fork);
    tr_buf_printf(&text, " #%zu]", index);
    return tr_buf_view(&text);
}

static void run_fork(vec_run *run, const vec_file *file, fixture *f, tr_bytes test,
                     const tr_json *posts)
{
    size_t index = 0;
    TR_JSON_EACH(post, posts)
    {
        fixture_outcome outcome;
        size_t number = index++;
        if (!vec_wants(run)) continue;
        fixture_state_run(f, posts->key, post, NULL, &outcome);
        vec_check(run, outcome.pass, case_name(file, test, posts->key, number), "%s", outcome.why);
    }
}

/* {name: {env, pre, transaction, config, post: {fork: [case]}}} */
static void run_state_test(vec_run *run, const vec_file *file)
{
    fixture *f;
    tr_trail trail;
    if (vec_is_guest(run)) return; /* witness blocks say more of the guest */
    if (fixture_new(&trail, tr_heap(), &f) != TR_OK) {
        vec_fail(run, TR_LIT("file"), "%s", trail.text);
        return;
    }
    TR_JSON_EACH(test, file->json)
    {
        const tr_json *post = tr_json_get(test, "post");
        if (fixture_state_begin(&trail, f, test) != TR_OK) {
            vec_fail(run, test->key, "%s", trail.text);
            continue;
        }
        TR_JSON_EACH(posts, post) run_fork(run, file, f, test->key, posts);
        fixture_state_end(f);
    }
    fixture_free(f);
}

static const vec_row rows[] = {
    {"eest-v5.4.0-state.tar.zst/**.json", run_state_test, true},
    {"legacytests-cancun-state.tar.zst/**.json", run_state_test, true},
    {"ipsilon/benchmarks/**.json", run_state_test, true},
    /* the same, wherever they lie */
    {"state_tests/**.json", run_state_test, true},
    {"GeneralStateTests/**.json", run_state_test, true},
};
const vec_rows vec_rows_state_test = {rows, TR_COUNTOF(rows)};
