/* The choice among the ways to transform, once before main. */
#include "field/ntt_internal.h"
#include "os/cpu.h"

const tr_ntt_backend *tr_ntt_find(const char *name)
{
    if (strcmp(name, tr_ntt_portable.name) == 0) return &tr_ntt_portable;
#if defined(__x86_64__)
    const tr_cpu *cpu = tr_cpu_get();
    bool mulx = cpu->bmi2 && cpu->adx;
    if (mulx && strcmp(name, tr_ntt_mulx.name) == 0) return &tr_ntt_mulx;
    if (mulx && cpu->ifma && strcmp(name, tr_ntt_ifma.name) == 0) return &tr_ntt_ifma;
#endif
    return NULL;
}

__attribute__((constructor)) static void choose(void)
{
    const tr_ntt_backend *best = tr_ntt_find("ifma");
    if (best == NULL) best = tr_ntt_find("mulx");
    if (best != NULL) tr_ntt_use(best);
}
