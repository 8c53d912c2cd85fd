/* Eight lanes: lanes_laws_avx512.c is compiled for AVX-512 beside this file, which only asks
 * whether the machine has it. */
#include <stdio.h>
#include <stdlib.h>

#include "os/cpu.h"

__attribute__((constructor)) static void skip_without_ifma(void)
{
    if (tr_cpu_get()->ifma) return;
    puts("1..0 # SKIP this machine has no AVX-512 IFMA");
    exit(0);
}
