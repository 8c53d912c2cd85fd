/* The choice among the backends of u256, once before main. */
#include "field/u256_internal.h"
#include "os/cpu.h"

const tr_u256_backend *tr_u256_find(const char *name)
{
    if (strcmp(name, tr_u256_portable.name) == 0) return &tr_u256_portable;
#if defined(__x86_64__)
    const tr_cpu *cpu = tr_cpu_get();
    if (cpu->bmi2 && cpu->adx && strcmp(name, tr_u256_bmi2.name) == 0) return &tr_u256_bmi2;
#endif
    return NULL;
}

__attribute__((constructor)) static void choose(void)
{
    const tr_u256_backend *best = tr_u256_find("bmi2");
    if (best != NULL) tr_u256_use(best);
}
