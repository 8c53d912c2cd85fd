/* trestle doctor: what this machine has for Trestle, and what to do where that is little.  Each
 * group of findings is a function in the table at the end. */
#include <brotli/decode.h>
#include <brotli/encode.h>
#include <dlfcn.h>
#include <openssl/crypto.h>
#include <secp256k1.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <yaml.h>
#include <zlib.h>
#include <zstd.h>

#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/hex_internal.h"
#include "codec/json.h"
#include "codec/json_lex.h"
#include "hash/keccak_internal.h"
#include "hash/sha2_internal.h"
#include "os/clock.h"
#include "os/config_units.h"
#include "os/cpu.h"
#include "os/file.h"
#include "os/heap.h"
#include "os/random.h"
#include "os/thread.h"

enum { FINDINGS = 64, VALUE = 160 };

typedef struct finding {
    const char *group, *name;
    const char *advice; /* NULL: nothing to do */
    char value[VALUE];
} finding;

typedef struct report {
    const char *group; /* of the findings being made */
    size_t count;
    finding at[FINDINGS];
} report;

/* Adds a finding; advice is what to do if it is not well, NULL if it is. */
static void find(report *r, const char *name, const char *advice, const char *format, ...)
    TR_PRINTF(4, 5);

static void find(report *r, const char *name, const char *advice, const char *format, ...)
{
    TR_ASSERT(r->count < FINDINGS);
    finding *f = &r->at[r->count++];
    tr_buf text;
    tr_buf_init_fixed(&text, f->value, sizeof(f->value) - 1);
    va_list args;
    va_start(args, format);
    tr_buf_vprintf(&text, format, args);
    va_end(args);
    f->value[text.len] = '\0';
    f->group = r->group;
    f->name = name;
    f->advice = advice;
}

/* A size as people say it: whole MiB or GiB. */
static const char *size_text(uint64_t bytes, char out[32])
{
    tr_buf text;
    if (bytes >= (uint64_t)1 << 34)
        bytes = bytes >> 30 << 30;
    else if (bytes >= (uint64_t)1 << 20)
        bytes = bytes >> 20 << 20;
    tr_buf_init_fixed(&text, out, 31);
    tr_units_put_size(&text, bytes);
    out[text.len] = '\0';
    return out;
}

/* The first line of a small file of the system, or NULL. */
static const char *first_line(const char *path, char out[128])
{
    tr_file file;
    size_t got = 0;
    if (tr_file_open(NULL, tr_fs_system(), path, TR_OPEN_READ, 0, &file) != TR_OK) return NULL;
    tr_err err = tr_file_read_some(NULL, &file, 0, out, 127, &got);
    (void)tr_file_close(NULL, &file);
    out[err == TR_OK ? got : 0] = '\0';
    out[strcspn(out, "\n")] = '\0';
    return err == TR_OK ? out : NULL;
}

static void look_at_processor(report *r)
{
    const tr_cpu *cpu = tr_cpu_get();
    const struct {
        const char *name;
        bool has;
        const char *what;
    } features[] = {
        {"bmi2", cpu->bmi2, "long multiplications"},
        {"adx", cpu->adx, "not used yet"},
        {"sha", cpu->sha, "SHA-256"},
        {"avx2", cpu->avx2, "hex and JSON"},
        {"avx512", cpu->avx512, "eight hashes at once, with vbmi and ifma"},
        {"avx512vbmi", cpu->avx512vbmi, "hex and JSON, 64 bytes at once"},
        {"ifma", cpu->ifma, "asked for by the code of avx512"},
        {"aesni", cpu->aesni, "keystores"},
        {"pclmul", cpu->pclmul, "not used yet"},
    };
    size_t cores = tr_thread_cpus();
    find(r, "model", NULL, "%s", cpu->brand[0] == '\0' ? "unknown" : cpu->brand);
    find(r, "cores", cores < 2 ? "at least two cores: stages wait for each other on one" : NULL,
         "%zu", cores);
    for (size_t i = 0; i < TR_COUNTOF(features); i++)
        find(r, features[i].name, NULL, "%s: %s", features[i].has ? "yes" : "no", features[i].what);
    if (getenv("TRESTLE_CPU") != NULL)
        find(r, "TRESTLE_CPU", "unset TRESTLE_CPU: it takes features away", "is set");
}

/* Which code each room uses.  A room with a choice gets a row. */
static const char *keccak_name(void)
{
    return tr_keccak_chosen->name;
}

static const char *sha256_name(void)
{
    return tr_sha256_chosen->name;
}

static const char *hex_name(void)
{
    return tr_hex_chosen()->name;
}

static const char *json_name(void)
{
    return tr_json_chosen()->name;
}

static void look_at_code(report *r)
{
    static const struct {
        const char *what;
        const char *(*name)(void);
    } rooms[] = {
        {"keccak-256", keccak_name},
        {"sha-256", sha256_name},
        {"hex", hex_name},
        {"json", json_name},
    };
    for (size_t i = 0; i < TR_COUNTOF(rooms); i++)
        find(r, rooms[i].what, NULL, "%s", rooms[i].name());
}

/* The file that a function of a library came from: the version of one that does not say its own. */
static void find_file_of(report *r, const char *name, void *function)
{
    Dl_info info;
    char *real = NULL;
    if (dladdr(function, &info) != 0 && info.dli_fname != NULL)
        real = realpath(info.dli_fname, NULL);
    const char *slash = real == NULL ? NULL : strrchr(real, '/');
    find(r, name, NULL, "%s", slash == NULL ? "linked in" : slash + 1);
    free(real);
}

static void look_at_libraries(report *r)
{
    static const char mismatch[] = "the library differs from its headers: build again";
    uint32_t decoder = BrotliDecoderVersion(), encoder = BrotliEncoderVersion();
    find_file_of(r, "libsecp256k1", (void *)(uintptr_t)secp256k1_context_create);
    find(r, "zlib", zlibVersion()[0] != ZLIB_VERSION[0] ? mismatch : NULL, "%s", zlibVersion());
    find(r, "brotli", decoder != encoder ? "its two libraries differ: install them again" : NULL,
         "%u.%u.%u", decoder >> 24, decoder >> 12 & 0xfff, decoder & 0xfff);
    find(r, "zstd", ZSTD_versionNumber() / 10000 != ZSTD_VERSION_MAJOR ? mismatch : NULL, "%s",
         ZSTD_versionString());
    find(r, "libcrypto", OPENSSL_version_major() != OPENSSL_VERSION_MAJOR ? mismatch : NULL, "%s",
         OpenSSL_version(OPENSSL_VERSION_STRING));
    find(r, "libyaml", strcmp(yaml_get_version_string(), "0.2") < 0 ? mismatch : NULL, "%s",
         yaml_get_version_string());
}

static void find_limit(report *r, const char *name, int resource, uint64_t least,
                       const char *advice, bool bytes)
{
    struct rlimit limit;
    char text[32];
    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0) return;
    if (limit.rlim_cur == RLIM_INFINITY) {
        find(r, name, NULL, "unlimited");
        return;
    }
    bool little = limit.rlim_cur < least;
    if (bytes)
        find(r, name, little ? advice : NULL, "%s", size_text(limit.rlim_cur, text));
    else
        find(r, name, little ? advice : NULL, "%llu", (unsigned long long)limit.rlim_cur);
}

/* The memory this process may have: the machine's, or less where a control group says so. */
static uint64_t memory_limit(void)
{
    struct sysinfo info;
    char line[128];
    uint64_t group;
    if (sysinfo(&info) != 0) return 0;
    uint64_t machine = (uint64_t)info.totalram * info.mem_unit;
    const char *text = first_line("/sys/fs/cgroup/memory.max", line);
    if (text != NULL && tr_units_count(NULL, tr_bytes_str(text), &group) == TR_OK)
        return TR_MIN(machine, group);
    return machine;
}

static void look_at_limits(report *r)
{
    char text[32];
    struct statvfs disk;
    uint64_t memory = memory_limit();
    find(r, "memory",
         memory < (uint64_t)2 << 30 ? "at least 2GiB, or a smaller memory_limit" : NULL, "%s",
         size_text(memory, text));
    find_limit(r, "open files", RLIMIT_NOFILE, 4096, "ulimit -n 65536 before the start", false);
    find_limit(r, "locked memory", RLIMIT_MEMLOCK, 65536,
               "ulimit -l 65536 before the start, so that secrets stay out of the swap", true);
    find_limit(r, "stack", RLIMIT_STACK, 1 << 20, "ulimit -s 8192 before the start", true);
    if (statvfs(".", &disk) == 0) {
        uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
        find(r, "disk free here",
             left < (uint64_t)5 << 30 ? "at least 5GiB, or start in another directory" : NULL, "%s",
             size_text(left, text));
    }
}

static void look_at_system(report *r)
{
    struct utsname name;
    char line[128], now[TR_RFC3339_SIZE];
    uint8_t bytes[32];
    if (uname(&name) == 0) find(r, "kernel", NULL, "%s %s", name.sysname, name.release);
    const char *source =
        first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", line);
    bool slow = source != NULL && (strcmp(source, "hpet") == 0 || strcmp(source, "acpi_pm") == 0);
    find(r, "clock source", slow ? "another clock source: this one is slow to read" : NULL, "%s",
         source == NULL ? "unknown" : source);
    int64_t wall = tr_clock_wall(tr_clock_system());
    tr_rfc3339(wall, 0, now);
    bool wrong = tr_date_of(wall).year < 2024;
    find(r, "time", wrong ? "set the clock: it runs behind this program" : NULL, "%s", now);
    tr_trail trail;
    bool random = tr_random_fill(&trail, tr_random_system(), bytes, sizeof(bytes)) == TR_OK;
    find(r, "random numbers", random ? NULL : "a kernel with getrandom", "%s",
         random ? "from the kernel" : trail.text);
}

static const struct {
    const char *name;
    void (*look)(report *r);
} groups[] = {
    {"processor", look_at_processor}, {"code", look_at_code},     {"libraries", look_at_libraries},
    {"limits", look_at_limits},       {"system", look_at_system},
};

static size_t count_warnings(const report *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->count; i++) n += r->at[i].advice != NULL;
    return n;
}

static void print_human(const report *r)
{
    size_t warnings = count_warnings(r);
    for (size_t i = 0; i < r->count; i++) {
        const finding *f = &r->at[i];
        if (i == 0 || f->group != r->at[i - 1].group) printf("%s\n", f->group);
        printf("  %-4s  %-15s %s\n", f->advice == NULL ? "ok" : "warn", f->name, f->value);
        if (f->advice != NULL) printf("        %-15s try %s\n", "", f->advice);
    }
    printf("%zu findings, %zu warnings\n", r->count, warnings);
}

static int print_json(const report *r)
{
    tr_buf out;
    tr_buf_init(&out, tr_heap(), 1 << 20);
    tr_json_writer w = tr_json_write_to(&out);
    tr_json_begin_object(&w);
    tr_json_key(&w, "warnings");
    tr_json_put_u64(&w, count_warnings(r));
    tr_json_key(&w, "findings");
    tr_json_begin_array(&w);
    for (size_t i = 0; i < r->count; i++) {
        const finding *f = &r->at[i];
        tr_json_begin_object(&w);
        tr_json_key(&w, "group");
        tr_json_str(&w, f->group);
        tr_json_key(&w, "name");
        tr_json_str(&w, f->name);
        tr_json_key(&w, "state");
        tr_json_str(&w, f->advice == NULL ? "ok" : "warn");
        tr_json_key(&w, "value");
        tr_json_str(&w, f->value);
        if (f->advice != NULL) {
            tr_json_key(&w, "try");
            tr_json_str(&w, f->advice);
        }
        tr_json_end_object(&w);
    }
    tr_json_end_array(&w);
    tr_json_end_object(&w);
    tr_buf_put_u8(&out, '\n');
    tr_err err = tr_buf_err(&out);
    if (err == TR_OK) fwrite(out.data, 1, out.len, stdout);
    tr_buf_free(&out);
    return err == TR_OK ? 0 : 1;
}

int tr_cli_doctor(int argc, char **argv)
{
    static report r;
    bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
    if (argc > 1 && !json) {
        tr_cli_error("doctor takes no arguments", "it looks at this machine as a whole",
                     "trestle doctor --json");
        return 2;
    }
    for (size_t i = 0; i < TR_COUNTOF(groups); i++) {
        r.group = groups[i].name;
        groups[i].look(&r);
    }
    if (json) return print_json(&r);
    print_human(&r);
    return 0;
}
