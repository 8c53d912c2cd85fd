/* Finds the ceremony's points: beside the program, or beside the library. */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "curve/kzg_internal.h"
#include "os/file.h"

enum { SETUP_MOST = 1 << 20, LEVELS = 6 };

/* Up from a file's folder: in a tree of sources it is data/kzg, where Trestle is installed
 * share/trestle/kzg.  file is cut short. */
static bool find_from(char *file, char *path, size_t size)
{
    static const char *const places[] = {"share/trestle/kzg", "data/kzg"};
    for (unsigned level = 0; level < LEVELS; level++) {
        char *slash = strrchr(file, '/');
        if (slash == NULL) return false;
        *slash = '\0';
        for (size_t i = 0; i < TR_COUNTOF(places); i++) {
            int n = snprintf(path, size, "%s/%s/trusted_setup.txt", file, places[i]);
            if (n > 0 && (size_t)n < size && access(path, R_OK) == 0) return true;
        }
    }
    return false;
}

bool tr_kzg_find(char *path, size_t size)
{
    static const char here;
    char file[PATH_MAX], standard[] = "/usr/local/lib/libtrestle.so";
    Dl_info library;
    ssize_t len = readlink("/proc/self/exe", file, sizeof(file) - 1);
    if (len > 0) {
        file[len] = '\0';
        if (find_from(file, path, size)) return true;
    }
    /* This code may be a shared library's, and the program have a place of its own. */
    if (dladdr(&here, &library) != 0 && library.dli_fname != NULL &&
        realpath(library.dli_fname, file) != NULL && find_from(file, path, size))
        return true;
    return find_from(standard, path, size);
}

tr_err tr_kzg_load(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, const char *path, tr_kzg **out)
{
    char found[PATH_MAX];
    tr_buf text;
    if (path == NULL && tr_kzg_find(found, sizeof(found))) path = found;
    if (path == NULL)
        return tr_fail(trail, TR_E_KZG_SETUP,
                       "trusted_setup.txt is not beside the program or the library");
    tr_buf_init(&text, alloc, SETUP_MOST);
    tr_err err = tr_file_read_all(trail, tr_fs_system(), path, SETUP_MOST, &text);
    if (err == TR_OK) err = tr_kzg_new(trail, alloc, exec, tr_buf_view(&text), out);
    tr_buf_free(&text);
    return err;
}
