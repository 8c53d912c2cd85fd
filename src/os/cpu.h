/* What this processor can do, asked once.  Vector code is chosen by these, never by -march. */
#ifndef TR_OS_CPU_H
#define TR_OS_CPU_H

#include <stdbool.h>

typedef struct tr_cpu {
    bool bmi2, adx;  /* BMI1 too; ADCX, ADOX */
    bool sha;        /* SHA-NI with SSE4.1 */
    bool avx2;       /* and the system saves its registers */
    bool avx512;     /* F, BW, DQ, VL, and the system saves the registers */
    bool avx512vbmi; /* VBMI as well */
    bool ifma;       /* AVX512-IFMA as well */
    bool aesni, pclmul;
    char brand[49];
} tr_cpu;

/* tr_cpu_get gives the features of this machine.  The environment's TRESTLE_CPU may take some
 * away for tests: a comma list of names to leave out ("avx512,sha"), or "portable" for all. */
const tr_cpu *tr_cpu_get(void);

#endif
