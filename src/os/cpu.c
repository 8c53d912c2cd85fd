#include "os/cpu.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static tr_cpu features;
static pthread_once_t once = PTHREAD_ONCE_INIT;

#if defined(__x86_64__)
#include <cpuid.h>

static bool bit(unsigned word, unsigned n)
{
    return (word >> n & 1) != 0;
}

static uint64_t saved_registers(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static void detect(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return;
    bool sse41 = bit(c, 19), xsave = bit(c, 27);
    features.pclmul = bit(c, 1);
    features.aesni = bit(c, 25);
    uint64_t saved = xsave ? saved_registers() : 0;
    bool ymm = (saved & 0x06) == 0x06, zmm = (saved & 0xe6) == 0xe6;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
        features.bmi2 = bit(b, 3) && bit(b, 8);
        features.adx = bit(b, 19);
        features.sha = bit(b, 29) && sse41;
        features.avx2 = bit(b, 5) && ymm;
        features.avx512 = zmm && bit(b, 16) && bit(b, 17) && bit(b, 30) && bit(b, 31);
        features.ifma = features.avx512 && bit(b, 21);
        features.avx512vbmi = features.avx512 && bit(c, 1);
    }
    uint32_t brand[12] = {0};
    for (unsigned i = 0; i < 3; i++)
        if (__get_cpuid(0x80000002 + i, &a, &b, &c, &d))
            memcpy(brand + 4 * i, (uint32_t[]){a, b, c, d}, 16);
    memcpy(features.brand, brand, sizeof(brand));
}
#else
static void detect(void)
{
    static const char none[] = "no vector code for this processor";
    _Static_assert(sizeof(none) <= sizeof(features.brand), "it fits");
    memcpy(features.brand, none, sizeof(none));
}
#endif

static void leave_out(const char *list)
{
    static const struct {
        const char *name;
        size_t offset;
    } names[] = {
        {"bmi2", offsetof(tr_cpu, bmi2)},     {"adx", offsetof(tr_cpu, adx)},
        {"sha", offsetof(tr_cpu, sha)},       {"avx2", offsetof(tr_cpu, avx2)},
        {"avx512", offsetof(tr_cpu, avx512)}, {"avx512vbmi", offsetof(tr_cpu, avx512vbmi)},
        {"ifma", offsetof(tr_cpu, ifma)},     {"aesni", offsetof(tr_cpu, aesni)},
        {"pclmul", offsetof(tr_cpu, pclmul)},
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t len = strlen(names[i].name);
        for (const char *at = list; (at = strstr(at, names[i].name)) != NULL; at += len) {
            bool begins = at == list || at[-1] == ',';
            bool ends = at[len] == '\0' || at[len] == ',';
            if (begins && ends) *((bool *)((char *)&features + names[i].offset)) = false;
        }
    }
    if (strcmp(list, "portable") == 0)
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
            *((bool *)((char *)&features + names[i].offset)) = false;
    features.avx512vbmi = features.avx512vbmi && features.avx512;
    features.ifma = features.ifma && features.avx512;
}

static void fill(void)
{
    detect();
    const char *list = getenv("TRESTLE_CPU");
    if (list != NULL) leave_out(list);
}

const tr_cpu *tr_cpu_get(void)
{
    pthread_once(&once, fill);
    return &features;
}
