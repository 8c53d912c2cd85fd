/* Finds the ceremony's points: beside the program. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "curve/kzg_internal.h"
#include "os/file.h"

enum { SETUP_MOST = 1 << 20, LEVELS = 6 };

/* Up from the program's folder: in a tree of sources it is data/kzg, where Trestle is installed
 * share/trestle/kzg. */
bool tr_kzg_find(char *path, size_t size)
{
    static const char *const places[] = {"share/trestle/kzg", "data/kzg"};
    char folder[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
    if (len <= 0) return false;
    folder[len] = '\0';
    for (unsigned level = 0; level < LEVELS; level++) {
        char *slash = strrchr(folder, '/');
        if (slash == NULL) return false;
        *slash = '\0';
        for (size_t i = 0; i < TR_COUNTOF(places); i++) {
            int n = snprintf(path, size, "%s/%s/trusted_setup.txt", folder, places[i]);
            if (n > 0 && (size_t)n < size && access(path, R_OK) == 0) return true;
        }
    }
    return false;
}

tr_err tr_kzg_load(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, const char *path, tr_kzg **out)
{
    char found[PATH_MAX];
    tr_buf text;
    if (path == NULL && tr_kzg_find(found, sizeof(found))) path = found;
    if (path == NULL)
        return tr_fail(trail, TR_E_KZG_SETUP, "trusted_setup.txt is not beside the program");
    tr_buf_init(&text, alloc, SETUP_MOST);
    tr_err err = tr_file_read_all(trail, tr_fs_system(), path, SETUP_MOST, &text);
    if (err == TR_OK) err = tr_kzg_new(trail, alloc, exec, tr_buf_view(&text), out);
    tr_buf_free(&text);
    return err;
}
