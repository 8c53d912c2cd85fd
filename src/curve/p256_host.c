/* The choice between the codes of P-256, once before main. */
#include "curve/p256_internal.h"
#include "os/cpu.h"

const tr_p256_code *tr_p256_find(const char *name)
{
    if (strcmp(name, tr_p256_portable.name) == 0) return &tr_p256_portable;
#if defined(__x86_64__)
    const tr_cpu *cpu = tr_cpu_get();
    if (cpu->bmi2 && cpu->adx && strcmp(name, tr_p256_bmi2.name) == 0) return &tr_p256_bmi2;
#endif
    return NULL;
}

__attribute__((constructor)) static void choose(void)
{
    const tr_p256_code *best = tr_p256_find("bmi2");
    if (best != NULL) tr_p256_use(best);
}
