/* The prime fields and towers once more as they are where MULX is: test_prime.c and test_tower.c
 * are compiled for it beside this file, which only asks whether the machine has it. */
#include <stdio.h>
#include <stdlib.h>

#include "os/cpu.h"

__attribute__((constructor)) static void skip_without_mulx(void)
{
    const tr_cpu *cpu = tr_cpu_get();
    if (cpu->bmi2 && cpu->adx) return;
    puts("1..0 # SKIP this machine has no MULX");
    exit(0);
}
