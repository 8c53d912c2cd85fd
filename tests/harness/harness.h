/* The test harness: TAP on stdout, one process for each test file.
 *
 *   TR_TEST(name) { TR_CHECK(x == y); }           a test
 *   TR_PROP(name) { uint64_t n = tr_gen_u64(g); } a property: run on many random choices; a failure
 *                                                 is shrunk and its seed printed as a command
 *
 * A check that fails is printed with both values and ends the test.  Memory comes from
 * tr_test_alloc(); a test that ends with some of it not given back fails.
 *
 * Command line of each test program:  [--seed N] [--cases N] [--filter PART]
 *                                     [--properties] [--list]
 *
 * --properties leaves the tests out that are none. */
#ifndef TR_TESTS_HARNESS_H
#define TR_TESTS_HARNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/base.h"

/* A source of choices.  All chance of a property comes from here, so that a failing case can be
 * replayed and made smaller. */
typedef struct tr_gen tr_gen;

uint64_t tr_gen_u64(tr_gen *g);               /* any value, small and special ones often */
uint64_t tr_gen_below(tr_gen *g, uint64_t n); /* 0 .. n-1; n must not be 0 */
bool tr_gen_bool(tr_gen *g);
void tr_gen_fill(tr_gen *g, void *to, size_t len); /* random bytes */
tr_bytes tr_gen_bytes(tr_gen *g, size_t max_len);  /* in the test's own arena */
tr_arena *tr_gen_arena(tr_gen *g);                 /* emptied before each case */

/* tr_test_alloc counts what is taken and given back in this test. */
tr_alloc *tr_test_alloc(void);

/* tr_test_arena is an arena over tr_test_alloc that the harness frees at the end of the test. */
tr_arena *tr_test_arena(void);

/* tr_test_random is a uniform 64-bit number from the run's seed, for tests that are not
 * properties. */
uint64_t tr_test_random(void);

/* tr_test_out_of_memory runs op with an allocator whose n-th and later requests fail, for
 * n = 1, 2, ... until op succeeds without meeting a failure.  Each failing run must return
 * TR_E_MEMORY and give everything back. */
void tr_test_out_of_memory(tr_err (*op)(tr_alloc *alloc, void *context), void *context);

/* tr_test_hex decodes hex text (spaces allowed) into the test's arena. */
tr_bytes tr_test_hex(const char *hex);

#define TR_TEST(name)                                                                              \
    static void test_##name(void);                                                                 \
    __attribute__((constructor)) static void register_##name(void)                                 \
    {                                                                                              \
        tr_test_register(#name, test_##name, NULL);                                                \
    }                                                                                              \
    static void test_##name(void)

#define TR_PROP(name)                                                                              \
    static void test_##name(tr_gen *g);                                                            \
    __attribute__((constructor)) static void register_##name(void)                                 \
    {                                                                                              \
        tr_test_register(#name, NULL, test_##name);                                                \
    }                                                                                              \
    static void test_##name(tr_gen *g)

#define TR_CHECK(x)           ((x) ? (void)0 : tr_test_fail(__FILE__, __LINE__, "not true: %s", #x))
#define TR_CHECK_MSG(x, ...)  ((x) ? (void)0 : tr_test_fail(__FILE__, __LINE__, __VA_ARGS__))
#define TR_CHECK_EQ(a, b)     tr_test_check_eq(__FILE__, __LINE__, #a, #b, (uint64_t)(a), (uint64_t)(b))
#define TR_CHECK_ERR(x, code) tr_test_check_err(__FILE__, __LINE__, #x, (x), (code))
#define TR_CHECK_OK(x)        TR_CHECK_ERR(x, TR_OK)
#define TR_CHECK_BYTES(a, b)  tr_test_check_bytes(__FILE__, __LINE__, #a, (a), (b))
#define TR_CHECK_STR(a, b)                                                                         \
    tr_test_check_bytes(__FILE__, __LINE__, #a, tr_bytes_str(a), tr_bytes_str(b))
#define TR_SKIP(why) tr_test_skip(why)

/* What the macros call. */
void tr_test_register(const char *name, void (*run)(void), void (*property)(tr_gen *));
__attribute__((noreturn)) void tr_test_fail(const char *file, int line, const char *format, ...)
    TR_PRINTF(3, 4);
__attribute__((noreturn)) void tr_test_skip(const char *why);
void tr_test_check_eq(const char *file, int line, const char *a_text, const char *b_text,
                      uint64_t a, uint64_t b);
void tr_test_check_err(const char *file, int line, const char *text, tr_err got, tr_err want);
void tr_test_check_bytes(const char *file, int line, const char *text, tr_bytes got, tr_bytes want);

#endif
