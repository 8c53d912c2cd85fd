/* What file.h promises, over a disk that fails; and that the fault layer does what it says. */
#include "fault_fs.h"
#include "harness.h"

static tr_bytes content(tr_fs *fs, const char *path)
{
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    if (tr_file_read_all(NULL, fs, path, 1 << 20, &buf) != TR_OK) return tr_bytes_of(NULL, 0);
    return tr_buf_view(&buf);
}

static tr_bytes letters(char letter, size_t len)
{
    uint8_t *to = tr_arena_get(tr_test_arena(), len, 1);
    memset(to, letter, len);
    return tr_bytes_of(to, len);
}

TR_PROP(an_atomic_write_is_old_or_new)
{
    tr_fault_fs *fault = tr_fault_new(tr_gen_u64(g));
    tr_fs *fs = tr_fault_fs_of(fault);
    tr_bytes old = letters('o', 1 + tr_gen_below(g, 3000));
    tr_bytes new = letters('n', 1 + tr_gen_below(g, 3000));
    TR_CHECK_OK(tr_file_write_atomic(NULL, fs, "/file", old, 0600));
    tr_fault_plan plan = {.interrupted = 20, .shortened = 40, .writeback = 30};
    uint64_t at = 1 + tr_gen_below(g, 10), kind = tr_gen_below(g, 5);
    if (kind == 0) plan.crash = at;
    if (kind == 1) plan.fail_call = at;
    if (kind == 2) plan.fail_sync = 1 + at % 3;
    if (kind == 3) plan.room = at * 100;
    tr_fault_set(fault, &plan);
    tr_err err = tr_file_write_atomic(NULL, fs, "/file", new, 0600);
    bool crashed = tr_fault_crashed(fault);
    TR_CHECK_EQ(tr_fault_open_files(fault), 0);
    if (!crashed) { /* what a program sees meanwhile */
        plan = (tr_fault_plan){0};
        tr_fault_set(fault, &plan);
        tr_bytes seen = content(fs, "/file");
        TR_CHECK(tr_bytes_eq(seen, old) || tr_bytes_eq(seen, new));
    }
    if (tr_gen_bool(g))
        tr_fault_power_loss(fault);
    else
        tr_fault_kill(fault);
    tr_bytes left = content(fs, "/file");
    TR_CHECK(tr_bytes_eq(left, new) || (tr_bytes_eq(left, old) && err != TR_OK));
    TR_CHECK_OK(
        tr_file_write_atomic(NULL, fs, "/file", old, 0600)); /* what was left over is no harm */
    TR_CHECK_BYTES(content(fs, "/file"), old);
    tr_fault_free(fault);
}

/* The layer does lose what was not synced: else the tests over it would prove nothing. */
TR_TEST(power_loss_loses_what_was_not_synced)
{
    unsigned names = 0, whole = 0, torn = 0, none = 0, shorter = 0;
    for (uint64_t seed = 0; seed < 400; seed++) {
        tr_fault_fs *fault = tr_fault_new(seed);
        tr_fs *fs = tr_fault_fs_of(fault);
        tr_file file;
        TR_CHECK_OK(tr_dir_make(NULL, fs, "/d", 0700));
        TR_CHECK_OK(tr_dir_sync(NULL, fs, "/"));
        TR_CHECK_OK(tr_file_open(NULL, fs, "/d/f", TR_OPEN_WRITE | TR_OPEN_NEW, 0600, &file));
        TR_CHECK_OK(tr_file_write_at(NULL, &file, 0, letters('a', 2048)));
        TR_CHECK_OK(tr_file_sync(NULL, &file));
        TR_CHECK_OK(tr_file_write_at(NULL, &file, 0, letters('b', 4096)));
        if (seed % 2 == 0) TR_CHECK_OK(tr_dir_sync(NULL, fs, "/d"));
        tr_fault_power_loss(fault);
        tr_bytes left = content(fs, "/d/f");
        names += left.len == 0;
        TR_CHECK(left.len == 0 || left.len >= 2048);
        TR_CHECK(left.len != 0 || seed % 2 != 0); /* its name was synced */
        unsigned new = 0;
        for (size_t i = 0; i < TR_MIN(left.len, (size_t)2048); i++) {
            TR_CHECK(left.data[i] == 'a' || left.data[i] == 'b');
            TR_CHECK(i % 512 == 0 || left.data[i] == left.data[i - 1]);
            new += left.data[i] == 'b';
        }
        shorter += left.len != 0 && left.len < 4096;
        whole += new == 2048;
        none += left.len != 0 && new == 0;
        torn += new != 0 && new != 2048;
        tr_fault_free(fault);
    }
    TR_CHECK(names > 50 && whole > 5 && none > 5 && torn > 100 && shorter > 100);
}

/* A sync that failed is not made good by a second one. */
TR_TEST(a_failed_sync_loses_for_good)
{
    unsigned lost = 0;
    for (uint64_t seed = 0; seed < 100; seed++) {
        tr_fault_fs *fault = tr_fault_new(seed);
        tr_fs *fs = tr_fault_fs_of(fault);
        tr_file file;
        TR_CHECK_OK(tr_file_write_atomic(NULL, fs, "/f", letters('a', 1024), 0600));
        TR_CHECK_OK(tr_file_open(NULL, fs, "/f", TR_OPEN_WRITE, 0600, &file));
        TR_CHECK_OK(tr_file_write_at(NULL, &file, 0, letters('b', 1024)));
        tr_fault_plan plan = {.fail_sync = 1};
        tr_fault_set(fault, &plan);
        TR_CHECK_ERR(tr_file_sync(NULL, &file), TR_E_SYNC);
        TR_CHECK_OK(tr_file_sync(NULL, &file));
        TR_CHECK_BYTES(content(fs, "/f"), letters('b', 1024));
        tr_fault_power_loss(fault);
        lost += !tr_bytes_eq(content(fs, "/f"), letters('b', 1024));
        tr_fault_free(fault);
    }
    TR_CHECK(lost > 50);
}

TR_TEST(the_layer_behaves_like_files)
{
    tr_fault_fs *fault = tr_fault_new(9);
    tr_fs *fs = tr_fault_fs_of(fault);
    tr_file a, b;
    tr_file_info info;
    tr_names names;
    uint8_t bytes[4];
    TR_CHECK_ERR(tr_file_open(NULL, fs, "/no/f", TR_OPEN_WRITE | TR_OPEN_CREATE, 0600, &a),
                 TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_file_open(NULL, fs, "/f", TR_OPEN_READ, 0600, &a), TR_E_NOT_FOUND);
    TR_CHECK_OK(tr_dir_make(NULL, fs, "/d", 0700));
    TR_CHECK_ERR(tr_dir_make(NULL, fs, "/d/", 0700), TR_E_EXISTS);
    TR_CHECK_OK(
        tr_file_open(NULL, fs, "/d/./f", TR_OPEN_READ | TR_OPEN_WRITE | TR_OPEN_NEW, 0600, &a));
    TR_CHECK_ERR(tr_file_open(NULL, fs, "/d/../d/f", TR_OPEN_WRITE | TR_OPEN_NEW, 0600, &b),
                 TR_E_EXISTS);
    TR_CHECK_OK(tr_file_open(NULL, fs, "/d/f", TR_OPEN_APPEND, 0600, &b));
    TR_CHECK_OK(tr_file_lock(NULL, &a));
    TR_CHECK_ERR(tr_file_lock(NULL, &b), TR_E_LOCKED);
    TR_CHECK_OK(tr_file_append(NULL, &b, TR_LIT("abc")));
    TR_CHECK_OK(tr_file_append(NULL, &b, TR_LIT("def")));
    TR_CHECK_ERR(tr_file_read_at(NULL, &b, 0, bytes, 4), TR_E_IO);
    TR_CHECK_OK(tr_file_read_at(NULL, &a, 1, bytes, 4));
    TR_CHECK_BYTES(TR_VIEW(bytes), TR_LIT("bcde"));
    TR_CHECK_OK(tr_file_truncate(NULL, &a, 2));
    TR_CHECK_OK(tr_file_allocate(NULL, &a, 5));
    TR_CHECK_BYTES(content(fs, "/d/f"), TR_LIT("ab\0\0\0"));
    TR_CHECK_OK(tr_file_get_info(NULL, &a, &info));
    TR_CHECK(info.size == 5 && info.kind == TR_FILE_REGULAR);
    TR_CHECK_OK(tr_file_close(NULL, &a));
    TR_CHECK_OK(tr_file_lock(NULL, &b));
    TR_CHECK_OK(tr_file_close(NULL, &b));
    TR_CHECK_ERR(tr_file_remove(NULL, fs, "/d"), TR_E_EXISTS);
    TR_CHECK_OK(tr_file_rename(NULL, fs, "/d/f", "/d/g"));
    TR_CHECK_OK(tr_dir_list(NULL, fs, "/d", tr_test_arena(), &names));
    TR_CHECK(names.count == 1 && strcmp(names.at[0], "g") == 0);
    TR_CHECK_ERR(tr_dir_list(NULL, fs, "/d/g", tr_test_arena(), &names), TR_E_NOT_FOUND);
    TR_CHECK_OK(tr_file_remove(NULL, fs, "/d/g"));
    TR_CHECK_OK(tr_file_remove(NULL, fs, "/d"));
    tr_fault_plan full = {.room = 1 + 4};
    tr_fault_set(fault, &full);
    TR_CHECK_OK(tr_file_open(NULL, fs, "/f", TR_OPEN_WRITE | TR_OPEN_CREATE, 0600, &a));
    TR_CHECK_ERR(tr_file_write_at(NULL, &a, 0, TR_LIT("123456")), TR_E_FULL);
    TR_CHECK_ERR(tr_file_allocate(NULL, &a, 100), TR_E_FULL);
    TR_CHECK_OK(tr_file_close(NULL, &a));
    TR_CHECK_BYTES(content(fs, "/f"), TR_LIT("1234"));
    TR_CHECK_EQ(tr_fault_calls(fault), 4);
    tr_fault_free(fault);
}
