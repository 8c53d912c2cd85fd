/* Does the time depend on a secret?  The program runs itself under valgrind with its secrets marked
 * as undefined memory: memcheck then reports every branch and every address that hangs on one.
 * Without valgrind the test is skipped.  It is linked without debug information, which
 * valgrind 3.19 cannot read from clang.  What libsecp256k1 does with keys is tested by its own
 * project in the same way. */
#include "harness.h"

#include "keys/base58.h"
#include "keys/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#define SECRET(at, len) VALGRIND_MAKE_MEM_UNDEFINED((at), (len))
#define PUBLIC(at, len) VALGRIND_MAKE_MEM_DEFINED((at), (len))
#define UNDER_VALGRIND  RUNNING_ON_VALGRIND
#else
#define SECRET(at, len) ((void)(at), (void)(len))
#define PUBLIC(at, len) ((void)(at), (void)(len))
#define UNDER_VALGRIND  0
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { FOUND = 99 }; /* the exit code that valgrind gives when it has something to report */

static volatile int sink;

static void compare_mac(void)
{
    uint8_t mac[32] = {1, 2, 3}, want[32] = {1, 2, 4};
    SECRET(mac, sizeof(mac));
    bool same = tr_bytes_eq_secret(mac, want, sizeof(mac));
    PUBLIC(&same, sizeof(same));
    sink = same;
}

static void compare_mac_with_memcmp(void)
{
    volatile uint8_t mac[32] = {1, 2, 3};
    static const uint8_t want[32] = {1, 2, 4};
    SECRET(mac, sizeof(mac));
    int differ = 0;
    for (size_t i = 0; i < sizeof(mac) && differ == 0; i++) differ = mac[i] != want[i];
    PUBLIC(&differ, sizeof(differ));
    sink = differ;
}

static void hex_of_a_key(void)
{
    uint8_t key[32] = {0x12, 0xab}, back[32];
    char text[64];
    SECRET(key, sizeof(key));
    tr_secret_to_hex(key, sizeof(key), text);
    bool ok = tr_secret_from_hex(text, sizeof(back), back);
    PUBLIC(&ok, sizeof(ok));
    sink = ok;
}

static const struct {
    const char *name;
    void (*run)(void);
    bool leaks;
} cases[] = {
    {"compare_mac", compare_mac, false},
    {"hex_of_a_key", hex_of_a_key, false},
    {"compare_mac_with_memcmp", compare_mac_with_memcmp, true},
};

/* In the child, before any test: do the one case and leave. */
__attribute__((constructor)) static void run_case(void)
{
    const char *name = getenv("TRESTLE_CONSTANT_TIME_CASE");
    for (size_t i = 0; name != NULL && i < TR_COUNTOF(cases); i++) {
        if (strcmp(cases[i].name, name) != 0) continue;
        cases[i].run();
        _exit(UNDER_VALGRIND ? 0 : 1);
    }
}

static int under_valgrind(const char *name)
{
    char self[4096], assignment[128];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    TR_CHECK(len > 0);
    self[len] = '\0';
    snprintf(assignment, sizeof(assignment), "TRESTLE_CONSTANT_TIME_CASE=%s", name);
    pid_t child = fork();
    if (child == 0) {
        execlp("env", "env", assignment, "valgrind", "-q", "--error-exitcode=99", self,
               (char *)NULL);
        _exit(127);
    }
    int status = 0;
    TR_CHECK(child > 0 && waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TR_TEST(the_time_of_secret_operations_says_nothing)
{
    if (SANITIZED) TR_SKIP("valgrind does not run a sanitized program");
    if (under_valgrind("compare_mac") == 127) TR_SKIP("no valgrind");
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        int code = under_valgrind(cases[i].name);
        if (code == 1) TR_SKIP("built without valgrind's header");
        TR_CHECK_MSG(code == (cases[i].leaks ? FOUND : 0), "%s: valgrind exits with %d",
                     cases[i].name, code);
    }
}
