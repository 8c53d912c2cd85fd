/* A directory for one test, with what stores leave in it. */
#ifndef TR_TESTS_STORE_DIR_H
#define TR_TESTS_STORE_DIR_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "os/file.h"

static char store_dir[64];

static inline const char *in_dir(const char *name)
{
    static char paths[8][192];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof(paths[0]), "%s/%s", store_dir, name);
    return path;
}

/* In memory where that can be had: a test of what a disk loses brings its own. */
static inline void make_dir(void)
{
    strcpy(store_dir, "/dev/shm/trestle-test-XXXXXX");
    if (mkdtemp(store_dir) != NULL) return;
    strcpy(store_dir, "/tmp/trestle-test-XXXXXX");
    TR_CHECK(mkdtemp(store_dir) != NULL);
}

static inline void remove_tree(const char *path)
{
    tr_names names;
    struct stat info;
    if (lstat(path, &info) != 0) return;
    if (S_ISDIR(info.st_mode)) {
        TR_CHECK_OK(tr_dir_list(NULL, tr_fs_system(), path, tr_test_arena(), &names));
        for (size_t i = 0; i < names.count; i++) {
            tr_buf below;
            tr_buf_init(&below, &tr_test_arena()->alloc, TR_PATH_LIMIT);
            tr_buf_printf(&below, "%s/%s", path, names.at[i]);
            TR_CHECK_OK(tr_buf_err(&below));
            remove_tree(tr_buf_text(&below));
        }
    }
    TR_CHECK_OK(tr_file_remove(NULL, tr_fs_system(), path));
}

static inline void remove_dir(void)
{
    remove_tree(store_dir);
}

#endif
