/* The choice among the backends of BN254, once before main. */
#include "curve/bn254_internal.h"
#include "os/cpu.h"

const tr_bn_backend *tr_bn_find(const char *name)
{
    if (strcmp(name, tr_bn_portable.name) == 0) return &tr_bn_portable;
#if defined(__x86_64__)
    const tr_cpu *cpu = tr_cpu_get();
    if (cpu->bmi2 && cpu->adx && strcmp(name, tr_bn_bmi2.name) == 0) return &tr_bn_bmi2;
    if (cpu->bmi2 && cpu->adx && cpu->ifma && strcmp(name, tr_bn_ifma.name) == 0)
        return &tr_bn_ifma;
#endif
    return NULL;
}

__attribute__((constructor)) static void choose(void)
{
    static const char *const names[] = {"ifma", "bmi2", "portable"};
    const tr_bn_backend *best = NULL;
    for (size_t i = 0; best == NULL && i < TR_COUNTOF(names); i++) best = tr_bn_find(names[i]);
    tr_bn_use(best);
}
