/* The choice between the codes of modexp, once before main. */
#include "field/modexp_internal.h"
#include "os/cpu.h"

const tr_modexp_code *tr_modexp_find(const char *name)
{
    if (strcmp(name, tr_modexp_portable.name) == 0) return &tr_modexp_portable;
#if defined(__x86_64__)
    const tr_cpu *cpu = tr_cpu_get();
    if (cpu->bmi2 && cpu->adx && strcmp(name, tr_modexp_bmi2.name) == 0) return &tr_modexp_bmi2;
#endif
    return NULL;
}

__attribute__((constructor)) static void choose(void)
{
    const tr_modexp_code *best = tr_modexp_find("bmi2");
    if (best != NULL) tr_modexp_use(best);
}
