/* Chooses, at the start of the program, the fastest code for BLS12-381 that the processor has. */
#include "curve/bls12_381_internal.h"

#include <string.h>

#include "os/cpu.h"

const tr_bls_backend *tr_bls_find(const char *name)
{
#if defined(__x86_64__)
    const tr_cpu *cpu = tr_cpu_get();
    if (strcmp(name, tr_bls_bmi2.name) == 0) return cpu->bmi2 && cpu->adx ? &tr_bls_bmi2 : NULL;
#endif
    return strcmp(name, tr_bls_portable.name) == 0 ? &tr_bls_portable : NULL;
}

void tr_bls_use(const tr_bls_backend *backend)
{
    tr_bls_chosen = backend;
}

__attribute__((constructor)) static void choose(void)
{
    const tr_bls_backend *fast = tr_bls_find("bmi2");
    if (fast != NULL) tr_bls_use(fast);
}
