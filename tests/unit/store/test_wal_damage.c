/* What is torn and what is damage, and what a scan says of any bytes. */
#include "harness.h"
#include "hash/crc32c.h"
#include "store/wal.h"
#include "wal_help.h"

static const char first_file[] = "/log/00000000000000000001.wal";

/* A log of one segment, written with a sync after each `every` records; its bytes. */
static tr_bytes make_log(tr_fault_fs *fault, uint64_t records, uint64_t every)
{
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL);
    wal_fill(wal, records, every);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    return wal_file(fault, first_file);
}

static size_t room_of(uint64_t sequence)
{
    return (24 + wal_text(sequence).len + 7) / 8 * 8;
}

/* Where the record begins, in a log whose first segment has it. */
static size_t offset_of(uint64_t sequence)
{
    size_t offset = 512;
    for (uint64_t i = 1; i < sequence; i++) offset += room_of(i);
    return offset;
}

static void check_damaged(tr_fault_fs *fault, const char *text)
{
    tr_wal_options options = wal_options(fault);
    tr_wal *wal;
    tr_trail trail;
    char want[300];
    TR_CHECK_ERR(tr_wal_open(&trail, "/log", &options, &wal, NULL), TR_E_WAL_DAMAGED);
    snprintf(want, sizeof(want), "the log /log is damaged: %s; `trestle wal check` shows more",
             text);
    TR_CHECK_STR(trail.text, want);
    options.read_only = true;
    TR_CHECK_ERR(tr_wal_open(&trail, "/log", &options, &wal, NULL), TR_E_WAL_DAMAGED);
    TR_CHECK_EQ(tr_fault_open_files(fault), 0);
}

/* The layout, byte for byte: what is written today is read for ever. */
TR_TEST(format)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    uint64_t first;
    tr_wal_record records[] = {{.type = 0x55, .body = TR_LIT("abc")}, {.type = 1}};
    options.first = 0x0102030405060708;
    tr_wal *wal = wal_open(&options, NULL);
    TR_CHECK_OK(tr_wal_append(NULL, wal, 2, records, &first));
    TR_CHECK_OK(tr_wal_sync(NULL, wal, first + 2));
    TR_CHECK_OK(tr_wal_append(NULL, wal, 1, records + 1, &first));
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_bytes file = wal_file(fault, "/log/00072623859790382856.wal");
    uint8_t *at = (uint8_t *)(uintptr_t)file.data, input[36];
    TR_CHECK_BYTES(tr_bytes_cut(file, 0, 16), tr_test_hex("545253544c57414c 01000000 00000000"));
    TR_CHECK_BYTES(tr_bytes_cut(file, 32, 8), tr_test_hex("0807060504030201"));
    TR_CHECK_BYTES(tr_bytes_cut(file, 48, 12), tr_test_hex("00000000 00000000 00000000"));
    TR_CHECK_EQ(tr_load32le(at + 60), tr_crc32c(0, tr_bytes_of(at, 60)));
    static const struct {
        size_t offset;
        const char *rest;
    } want[] = {
        {512, "030000aa 00020000 0807060504030201 6162630000000000"},
        {544, "00000002 00020000 0907060504030201"},
        {568, "00000002 38020000 0a07060504030201"},
    };
    for (size_t i = 0; i < TR_COUNTOF(want); i++) {
        uint8_t *record = at + want[i].offset;
        tr_bytes rest = tr_test_hex(want[i].rest);
        TR_CHECK_BYTES(tr_bytes_of(record + 8, rest.len), rest);
        TR_CHECK_EQ(tr_load32le(record + 4), i == 0 ? 0x364b3fb7 : 0); /* of "abc", and nothing */
        memcpy(input, at + 40, 8);                                     /* the salt */
        tr_store64le(input + 8, want[i].offset);
        memcpy(input + 16, record + 4, 20);
        TR_CHECK_EQ(tr_load32le(record), tr_crc32c(0, TR_VIEW(input)));
    }
    for (size_t i = 592; i < file.len; i++) TR_CHECK_EQ(at[i], 0);
    TR_CHECK_EQ(file.len, SEGMENT);
    tr_fault_free(fault);
}

TR_TEST(a_bad_record_under_later_groups_is_damage)
{
    tr_fault_fs *fault = tr_fault_new(1);
    (void)make_log(fault, 20, 1);
    size_t at = offset_of(10);
    tr_fault_damage(fault, first_file, at + 24, 0x01); /* its body */
    check_damaged(
        fault, "00000000000000000001.wal: at offset 800 is a bad record, and later ones are good");
    tr_fault_damage(fault, first_file, at + 24, 0x01);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL);
    wal_check_texts(wal, 1, 21);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

/* The disk goes bad under an open log. */
TR_TEST(a_cursor_sees_damage)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal_cursor *cursor;
    tr_wal_record record;
    tr_trail trail;
    const size_t places[] = {offset_of(4), offset_of(4) + 24}; /* the head, the body */
    for (size_t i = 0; i < TR_COUNTOF(places); i++) {
        tr_wal *wal = wal_open(&options, NULL);
        if (i == 0) wal_fill(wal, 10, 1);
        tr_fault_damage(fault, first_file, places[i], 0x10);
        TR_CHECK_OK(tr_wal_seek(NULL, wal, 3, &cursor));
        TR_CHECK_OK(tr_wal_next(NULL, cursor, &record));
        TR_CHECK_ERR(tr_wal_next(&trail, cursor, &record), TR_E_WAL_DAMAGED);
        TR_CHECK_EQ(trail.offset, offset_of(4));
        TR_CHECK_ERR(tr_wal_next(NULL, cursor, &record), TR_E_WAL_DAMAGED); /* nor is it left out */
        tr_wal_cursor_free(cursor);
        TR_CHECK_OK(tr_wal_close(NULL, wal));
        tr_fault_damage(fault, first_file, places[i], 0x10);
    }
    tr_fault_free(fault);
}

/* Every bit of the durable part, one at a time: damage, and the offset of the record it is in. */
TR_TEST(every_bit_is_covered)
{
    enum { RECORDS = 6 };
    tr_fault_fs *fault = tr_fault_new(1);
    tr_bytes file = make_log(fault, RECORDS, 1);
    uint8_t *bytes = (uint8_t *)(uintptr_t)file.data;
    tr_wal_scan_report report;
    size_t last = offset_of(RECORDS);
    for (uint64_t i = 1; i < RECORDS; i++) {
        for (size_t bit = offset_of(i) * 8; bit < offset_of(i + 1) * 8; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            TR_CHECK_OK(tr_wal_scan(NULL, file, NULL, NULL, &report));
            TR_CHECK(report.damaged && !report.torn);
            TR_CHECK_EQ(report.good, offset_of(i));
            TR_CHECK_EQ(report.next, i);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    /* The last one has no witness: it is taken for torn, and that is said. */
    for (size_t bit = last * 8; bit < (last + room_of(RECORDS)) * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        TR_CHECK_OK(tr_wal_scan(NULL, file, NULL, NULL, &report));
        TR_CHECK(!report.damaged && report.torn && report.good == last);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t bit = 0; bit < 64 * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        TR_CHECK_ERR(tr_wal_scan(NULL, file, NULL, NULL, &report), TR_E_WAL_DAMAGED);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    tr_fault_free(fault);
}

/* Sectors of one group that come to disk in any order are no damage. */
TR_TEST(a_bad_record_in_the_last_group_is_torn)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal_report report;
    tr_wal *wal = wal_open(&options, NULL);
    wal_fill(wal, 10, 10);
    wal_fill(wal, 20, 20);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_damage(fault, first_file, offset_of(15) + 3, 0x80);
    options.read_only = true;
    wal = wal_open(&options, &report);
    TR_CHECK_EQ(report.next, 15);
    TR_CHECK_EQ(report.cut_offset, offset_of(15));
    /* The last byte that is not zero is the 0 of "record 30" or the padding behind it. */
    TR_CHECK_EQ(report.cut_bytes, offset_of(30) + 24 + wal_text(30).len - offset_of(15));
    TR_CHECK_STR(report.cut_file, "00000000000000000001.wal");
    wal_check_texts(wal, 1, 15);
    TR_CHECK_OK(tr_wal_close(NULL, wal));

    options.read_only = false;
    wal = wal_open(&options, &report);
    TR_CHECK_EQ(report.next, 15);
    wal_fill(wal, 1, 1); /* the same numbers again */
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_power_loss(fault);
    wal = wal_open(&options, &report); /* what was cut off does not come back behind it */
    TR_CHECK_EQ(report.next, 16);
    TR_CHECK_EQ(report.cut_bytes, 0);
    wal_check_texts(wal, 1, 16);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

/* The torn group is larger than what is filled with zeros ahead of the next record. */
TR_TEST(a_long_tail_never_comes_back)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal_report report;
    options.segment = 1 << 20;
    tr_wal *wal = wal_open(&options, &report);
    wal_fill(wal, 10, 10);
    wal_fill(wal, 9990, 9990);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_damage(fault, first_file, offset_of(15) + 3, 0x80);
    for (uint64_t i = 0; i < 3; i++) {
        wal = wal_open(&options, &report);
        TR_CHECK_EQ(report.next, 15 + i);
        TR_CHECK_EQ(report.cut_bytes == 0, i > 0);
        wal_fill(wal, 1, 1);
        TR_CHECK_OK(tr_wal_close(NULL, wal));
    }
    tr_fault_free(fault);
}

TR_TEST(damage_of_whole_files)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_fs *fs = tr_fault_fs_of(fault);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL);
    wal_fill(wal, 400, 1);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_names names;
    TR_CHECK_OK(tr_dir_list(NULL, fs, "/log", tr_test_arena(), &names));
    char second[64], third[64], text[200];
    snprintf(second, sizeof(second), "/log/%s", names.at[1]);
    snprintf(third, sizeof(third), "/log/%s", names.at[2]);
    tr_bytes content = wal_file(fault, second), beyond = wal_file(fault, third);

    TR_CHECK_OK(tr_file_remove(NULL, fs, second)); /* missing in the middle */
    tr_wal_scan_report report;
    TR_CHECK_OK(tr_wal_scan(NULL, wal_file(fault, first_file), NULL, NULL, &report));
    snprintf(text, sizeof(text), "00000000000000000001.wal: at offset %zu records are missing",
             report.good);
    check_damaged(fault, text);

    tr_fault_put(fault, second, tr_bytes_cut(content, 0, 0)); /* empty */
    snprintf(text, sizeof(text), "%s: at offset 0 there is no good header", names.at[1]);
    check_damaged(fault, text);
    tr_fault_put(fault, second, beyond); /* of another name */
    snprintf(text, sizeof(text), "%s: at offset 32 is another number than in the name of the file",
             names.at[1]);
    check_damaged(fault, text);
    tr_fault_put(fault, second, tr_bytes_cut(content, 0, 1000)); /* too short: torn, but not last */
    TR_CHECK_OK(tr_wal_scan(NULL, tr_bytes_cut(content, 0, 1000), NULL, NULL, &report));
    snprintf(text, sizeof(text), "%s: at offset %zu records are missing", names.at[1], report.good);
    check_damaged(fault, text);

    tr_fault_put(fault, second, content);
    wal = wal_open(&options, NULL);
    wal_check_texts(wal, 1, 401);
    TR_CHECK_OK(tr_wal_close(NULL, wal));

    tr_fault_put(fault, "/log/00000000000000000003.wal", content); /* two with the same records */
    check_damaged(
        fault, "00000000000000000001.wal: at offset 4080 are records that the next file has too");
    tr_fault_free(fault);
}

TR_TEST(segments_of_another_log)
{
    tr_fault_fs *one = tr_fault_new(1), *two = tr_fault_new(2);
    tr_wal_options options = wal_options(one);
    tr_wal *wal = wal_open(&options, NULL);
    wal_fill(wal, 400, 1);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    options = wal_options(two);
    wal = wal_open(&options, NULL);
    wal_fill(wal, 400, 1);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_put(one, first_file, wal_file(two, first_file));
    tr_names names;
    char text[100];
    TR_CHECK_OK(tr_dir_list(NULL, tr_fault_fs_of(one), "/log", tr_test_arena(), &names));
    snprintf(text, sizeof(text), "%s: at offset 16 is the name of another log", names.at[1]);
    check_damaged(one, text);
    tr_fault_free(one);
    tr_fault_free(two);
}

TR_TEST(a_newer_version_is_refused)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_bytes file = make_log(fault, 3, 1);
    uint8_t *bytes = (uint8_t *)(uintptr_t)file.data;
    bytes[8] = 2;
    tr_store32le(bytes + 60, tr_crc32c(0, tr_bytes_of(bytes, 60)));
    tr_fault_put(fault, first_file, file);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal;
    tr_trail trail;
    TR_CHECK_ERR(tr_wal_open(&trail, "/log", &options, &wal, NULL), TR_E_WAL_VERSION);
    TR_CHECK_STR(trail.text, "00000000000000000001.wal: it has version 2 of the format, and this "
                             "program knows version 1");
    tr_fault_free(fault);
}

/* Files that were to become segments are no part of the log. */
TR_TEST(leftovers_of_a_crash)
{
    tr_fault_fs *fault = tr_fault_new(1);
    (void)make_log(fault, 3, 1);
    tr_fault_put(fault, "/log/new", TR_LIT("TRSTLWAL"));
    tr_fault_put(fault, "/log/spare", TR_LIT(""));
    tr_fault_put(fault, "/log/notes.txt", TR_LIT("of somebody"));
    tr_fault_put(fault, "/log/1.wal", TR_LIT("of somebody"));
    tr_fault_put(fault, "/log/99999999999999999999.wal", TR_LIT("too large"));
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL);
    wal_check_texts(wal, 1, 4);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_names names;
    TR_CHECK_OK(tr_dir_list(NULL, tr_fault_fs_of(fault), "/log", tr_test_arena(), &names));
    TR_CHECK_EQ(names.count, 5);
    tr_fault_free(fault);
}

/* Records inside of records, and a body that is the bytes of the log itself. */
TR_TEST(bytes_of_a_log_inside_of_a_record)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL);
    uint64_t first;
    wal_fill(wal, 5, 1);
    tr_wal_record record = {.body = tr_bytes_cut(wal_file(fault, first_file), 512, 200)};
    TR_CHECK_OK(tr_wal_append(NULL, wal, 1, &record, &first));
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_damage(fault, first_file, offset_of(6), 1); /* only what is inside of it is whole */
    tr_wal_report report;
    wal = wal_open(&options, &report);
    TR_CHECK_EQ(report.next, 6);
    TR_CHECK_EQ(report.cut_offset, offset_of(6));
    wal_check_texts(wal, 1, 6);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

static bool stop_at_three(void *context, const tr_wal_record *record)
{
    uint64_t *seen = context;
    TR_CHECK_EQ(record->sequence, *seen + 1);
    TR_CHECK_BYTES(record->body, wal_text(record->sequence));
    *seen = record->sequence;
    return *seen < 3;
}

TR_TEST(a_scan_can_be_ended)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_bytes file = make_log(fault, 6, 1);
    tr_wal_scan_report report;
    uint64_t seen = 0;
    TR_CHECK_OK(tr_wal_scan(NULL, file, stop_at_three, &seen, &report));
    TR_CHECK(report.next == 4 && !report.torn && !report.damaged);
    TR_CHECK_EQ(report.good, offset_of(4));
    tr_fault_free(fault);
}

/* The file is cut anywhere: never damage, and the records before the cut are there. */
TR_TEST(every_prefix)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_bytes file = make_log(fault, 12, 4);
    tr_wal_scan_report report;
    for (size_t len = 0; len < offset_of(13) + 40; len++) {
        tr_bytes cut = {tr_arena_copy(tr_test_arena(), tr_bytes_cut(file, 0, len)).data, len};
        tr_err err = tr_wal_scan(NULL, cut, NULL, NULL, &report);
        TR_CHECK_ERR(err, len < 512 ? TR_E_WAL_DAMAGED : TR_OK);
        if (err != TR_OK) continue;
        TR_CHECK(!report.damaged && report.good <= len);
        TR_CHECK(offset_of(report.next) == report.good);
        TR_CHECK(report.next == 13 || offset_of(report.next + 1) > len);
        bool any = false; /* a part of a record that is all zeros is none */
        for (size_t i = report.good; i < len; i++) any = any || cut.data[i] != 0;
        TR_CHECK_EQ(report.torn, any);
    }
    tr_fault_free(fault);
}
