/* Chooses the vector code of hex and of the JSON-RPC scanner when the program starts. */
#include "codec/hex_internal.h"
#include "os/cpu.h"

static bool is(const char *name, const char *wanted)
{
    return tr_bytes_eq(tr_bytes_str(name), tr_bytes_str(wanted));
}

const tr_hex_code *tr_hex_find(const char *name)
{
    if (is(name, "portable")) return &tr_hex_portable;
#if defined(__x86_64__)
    if (is(name, "avx2") && tr_cpu_get()->avx2 && tr_cpu_get()->bmi2) return &tr_hex_avx2;
    if (is(name, "avx512") && tr_cpu_get()->avx512vbmi) return &tr_hex_avx512;
#endif
    return NULL;
}

__attribute__((constructor)) static void choose(void)
{
    static const char *const best_first[] = {"avx512", "avx2", "portable"};
    for (size_t i = 0; i < TR_COUNTOF(best_first); i++) {
        const tr_hex_code *code = tr_hex_find(best_first[i]);
        if (code == NULL) continue;
        tr_hex_select(code);
        return;
    }
}
