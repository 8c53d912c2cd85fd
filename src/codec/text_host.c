/* Chooses the vector code of hex and JSON when the program starts. */
#include "codec/hex_internal.h"
#include "codec/json_lex.h"
#include "os/cpu.h"

/* How good a code this machine can run. */
typedef enum level { PORTABLE, AVX2, AVX512, NONE } level;

static level level_of(const char *name)
{
    tr_bytes text = tr_bytes_str(name);
    if (tr_bytes_eq(text, TR_LIT("portable"))) return PORTABLE;
#if defined(__x86_64__)
    const tr_cpu *cpu = tr_cpu_get();
    if (tr_bytes_eq(text, TR_LIT("avx2")) && cpu->avx2 && cpu->bmi2) return AVX2;
    if (tr_bytes_eq(text, TR_LIT("avx512")) && cpu->avx512vbmi && cpu->bmi2) return AVX512;
#endif
    return NONE;
}

const tr_hex_code *tr_hex_find(const char *name)
{
#if defined(__x86_64__)
    static const tr_hex_code *const codes[] = {&tr_hex_portable, &tr_hex_avx2, &tr_hex_avx512};
#else
    static const tr_hex_code *const codes[] = {&tr_hex_portable};
#endif
    level l = level_of(name);
    return l == NONE ? NULL : codes[l];
}

const tr_json_code *tr_json_find(const char *name)
{
#if defined(__x86_64__)
    static const tr_json_code *const codes[] = {&tr_json_portable, &tr_json_avx2, &tr_json_avx512};
#else
    static const tr_json_code *const codes[] = {&tr_json_portable};
#endif
    level l = level_of(name);
    return l == NONE ? NULL : codes[l];
}

__attribute__((constructor)) static void choose(void)
{
    static const char *const best_first[] = {"avx512", "avx2"};
    for (size_t i = 0; i < TR_COUNTOF(best_first); i++) {
        if (level_of(best_first[i]) == NONE) continue;
        tr_hex_select(tr_hex_find(best_first[i]));
        tr_json_select(tr_json_find(best_first[i]));
        return;
    }
}
