#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/input.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "os/heap.h"
#include "store/wal.h"

static const size_t MOST_SEGMENT = (size_t)TR_WAL_SEGMENT_MAX + 2 * (size_t)TR_WAL_RECORD_MAX;

typedef enum form {
    FORM_HEX,
    FORM_RAW,
    FORM_JSON,
} form;

typedef struct options {
    const char *directory;
    const char *from;            /* NULL: from the first record on */
    uint64_t first, count, type; /* type TR_WAL_TYPES: any */
    form as;
} options;

static int usage(const char *because)
{
    tr_cli_error("wal needs cat or check and the directory of a log", because,
                 "trestle wal check chain/log");
    return 2;
}

static bool read_number(const char *text, uint64_t most, uint64_t *out)
{
    *out = 0;
    if (*text == '\0') return false;
    for (; *text != '\0'; text++) {
        uint64_t digit = (uint64_t)(*text - '0');
        if (*text < '0' || *text > '9' || *out > (most - digit) / 10) return false;
        *out = *out * 10 + digit;
    }
    return true;
}

static bool parse(int argc, char **argv, options *o)
{
    const char *count = NULL, *type = NULL;
    const struct {
        const char *flag;
        const char **value;
    } flags[] = {{"--from", &o->from}, {"--count", &count}, {"--type", &type}};
    for (int i = 2; i < argc; i++) {
        size_t f = 0, len = strcspn(argv[i], "=");
        while (f < TR_COUNTOF(flags) &&
               (strlen(flags[f].flag) != len || memcmp(flags[f].flag, argv[i], len) != 0))
            f++;
        if (f < TR_COUNTOF(flags) && argv[i][len] == '=')
            *flags[f].value = argv[i] + len + 1;
        else if (f < TR_COUNTOF(flags) && i + 1 < argc)
            *flags[f].value = argv[++i];
        else if (strcmp(argv[i], "--hex") == 0)
            o->as = FORM_HEX;
        else if (strcmp(argv[i], "--raw") == 0)
            o->as = FORM_RAW;
        else if (strcmp(argv[i], "--json") == 0)
            o->as = FORM_JSON;
        else if (argv[i][0] != '-' && o->directory == NULL)
            o->directory = argv[i];
        else
            return false;
    }
    return o->directory != NULL &&
           (o->from == NULL || read_number(o->from, UINT64_MAX, &o->first)) &&
           (count == NULL || read_number(count, UINT64_MAX, &o->count)) &&
           (type == NULL || read_number(type, TR_WAL_TYPES - 1, &o->type));
}

/* check: what each file has, then what opening says. */
static bool is_segment(const char *name)
{
    size_t len = strlen(name);
    return len > 4 && strcmp(name + len - 4, ".wal") == 0 && name[0] >= '0' && name[0] <= '9';
}

static void print_segment(const char *name, tr_bytes bytes)
{
    tr_wal_scan_report r;
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_err err = tr_wal_scan(&trail, bytes, NULL, NULL, &r);
    if (err != TR_OK) {
        printf("%-24s %10zu %20s %20s  bad: %s\n", name, bytes.len, "-", "-", trail.text);
        return;
    }
    printf("%-24s %10zu %20" PRIu64 " %20" PRIu64 "  ", name, bytes.len, r.first, r.next - r.first);
    if (r.damaged)
        printf("damaged at offset %zu: on disk before the good record at %zu\n", r.good,
               r.evidence);
    else if (r.torn)
        printf("torn at offset %zu: %zu bytes\n", r.good, r.tail);
    else
        printf("whole, %zu bytes used\n", r.good);
}

static tr_err print_segments(tr_trail *trail, tr_arena *arena, const char *directory)
{
    tr_names names;
    char path[TR_PATH_LIMIT];
    tr_buf bytes;
    TR_TRY(tr_dir_list(trail, tr_fs_system(), directory, arena, &names));
    tr_buf_init(&bytes, tr_heap(), MOST_SEGMENT);
    printf("%-24s %10s %20s %20s  %s\n", "segment", "bytes", "first", "records", "state");
    tr_err err = TR_OK;
    for (size_t i = 0; i < names.count && err == TR_OK; i++) {
        if (!is_segment(names.at[i])) continue;
        int len = snprintf(path, sizeof(path), "%s/%s", directory, names.at[i]);
        tr_buf_clear(&bytes);
        err = len < TR_PATH_LIMIT
                  ? tr_file_read_all(trail, tr_fs_system(), path, MOST_SEGMENT, &bytes)
                  : tr_fail(trail, TR_E_LIMIT, "the path is too long");
        if (err == TR_OK) print_segment(names.at[i], tr_buf_view(&bytes));
    }
    tr_buf_free(&bytes);
    return err;
}

static tr_err check(tr_trail *trail, tr_arena *arena, const options *o)
{
    tr_wal_options look = {.alloc = tr_heap(), .read_only = true};
    tr_wal *wal;
    tr_wal_report report;
    TR_TRY(print_segments(trail, arena, o->directory));
    TR_TRY(tr_wal_open(trail, o->directory, &look, &wal, &report));
    (void)tr_wal_close(NULL, wal);
    printf("%" PRIu64 " segments, %" PRIu64 " records, first %" PRIu64 ", next %" PRIu64 "\n",
           report.segments, report.next - report.first, report.first, report.next);
    if (report.cut_bytes != 0)
        printf("torn: opening cuts %" PRIu64 " bytes off %s at offset %" PRIu64 "\n",
               report.cut_bytes, report.cut_file, report.cut_offset);
    return TR_OK;
}

/* cat */
static tr_err print_record(tr_trail *trail, const tr_wal_record *record, form as, tr_buf *out)
{
    tr_buf_clear(out);
    if (as == FORM_RAW) {
        tr_buf_put(out, record->body);
    } else if (as == FORM_HEX) {
        tr_buf_printf(out, "%llu %u ", (unsigned long long)record->sequence, record->type);
        tr_hex_put(out, record->body);
        tr_buf_put_u8(out, '\n');
    } else {
        tr_json_writer w = tr_json_write_to(out);
        tr_json_begin_object(&w);
        tr_json_key(&w, "sequence");
        tr_json_put_u64(&w, record->sequence);
        tr_json_key(&w, "type");
        tr_json_put_u64(&w, record->type);
        tr_json_key(&w, "body");
        tr_json_put_hex(&w, record->body);
        tr_json_end_object(&w);
        tr_buf_put_u8(out, '\n');
    }
    if (tr_buf_err(out) != TR_OK) return tr_fail(trail, tr_buf_err(out), "no memory to print");
    if (out->len != 0 && fwrite(out->data, 1, out->len, stdout) != out->len)
        return tr_fail(trail, TR_E_IO, "cannot write to standard output");
    return TR_OK;
}

static tr_err print_records(tr_trail *trail, tr_wal *wal, const options *o)
{
    tr_wal_cursor *cursor;
    tr_wal_record record;
    tr_buf out;
    TR_TRY(tr_wal_seek(trail, wal, o->first, &cursor));
    tr_buf_init(&out, tr_heap(), SIZE_MAX);
    tr_err err = TR_OK;
    for (uint64_t left = o->count; left > 0 && err == TR_OK;) {
        err = tr_wal_next(trail, cursor, &record);
        if (err != TR_OK || (o->type != TR_WAL_TYPES && o->type != record.type)) continue;
        err = print_record(trail, &record, o->as, &out);
        left--;
    }
    tr_buf_free(&out);
    tr_wal_cursor_free(cursor);
    return err == TR_E_EMPTY ? TR_OK : err;
}

static tr_err cat(tr_trail *trail, options *o)
{
    tr_wal_options look = {.alloc = tr_heap(), .read_only = true};
    tr_wal *wal;
    tr_wal_report report;
    TR_TRY(tr_wal_open(trail, o->directory, &look, &wal, &report));
    if (o->from == NULL) o->first = report.first;
    tr_err err = print_records(trail, wal, o);
    (void)tr_wal_close(NULL, wal);
    return err;
}

int tr_cli_wal(int argc, char **argv)
{
    options o = {.count = UINT64_MAX, .type = TR_WAL_TYPES};
    bool checks = argc >= 2 && strcmp(argv[1], "check") == 0;
    if (argc < 2 || (!checks && strcmp(argv[1], "cat") != 0))
        return usage("cat prints records, check reads everything and says what is wrong");
    if (!parse(argc, argv, &o))
        return usage("one directory, and flags with their values; a type is 0 to 127");
    tr_arena arena;
    tr_trail trail;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    tr_trail_clear(&trail);
    tr_err err = checks ? check(&trail, &arena, &o) : cat(&trail, &o);
    tr_arena_free(&arena);
    if (err == TR_OK) return 0;
    fflush(stdout);
    (void)tr_cli_failed(
        checks ? "the log is not whole" : "the log cannot be read", &trail,
        err == TR_E_WAL_DAMAGED
            ? "a backup, or the segments before the damage in a directory of their own"
            : "trestle wal check DIR, with the directory that holds the .wal files");
    return err == TR_E_NOT_FOUND ? 3 : 1;
}
