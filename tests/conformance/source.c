#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "codec/compress.h"
#include "codec/tar.h"
#include "os/heap.h"

/* Larger than anything in the vectors: a limit against a bomb, not a budget. */
static const size_t MAX_FILE = (size_t)2 << 30, MAX_ARCHIVE = (size_t)4 << 30;
/* What is kept at once, but for one file or archive more. */
static const size_t KEPT_BYTES = (size_t)128 << 20;
enum { MAX_PATH = 1024, MAX_DEPTH = 32, KEPT = 8192 };

typedef struct walk {
    tr_trail *trail;
    const source_visitor *visitor;
    tr_buf *kept; /* what has been visited and not settled */
    size_t kept_count, kept_bytes;
    tr_arena paths;
} walk;

static bool ends_with(const char *path, const char *end)
{
    size_t n = strlen(path), m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0;
}

static void settle(walk *w)
{
    w->visitor->settle(w->visitor->context);
    for (size_t i = 0; i < w->kept_count; i++) tr_buf_free(&w->kept[i]);
    w->kept_count = w->kept_bytes = 0;
    tr_arena_reset(&w->paths);
}

/* Keeps what a file or an archive held; the room has been made before. */
static void keep(walk *w, const tr_buf *data)
{
    w->kept[w->kept_count++] = *data;
    w->kept_bytes += data->len;
    if (w->kept_count == KEPT || w->kept_bytes > KEPT_BYTES) settle(w);
}

static tr_err visit(walk *w, const char *path, tr_bytes data)
{
    tr_bytes copy = tr_arena_copy(&w->paths, tr_bytes_of(path, strlen(path) + 1));
    if (copy.data == NULL) return tr_fail(w->trail, TR_E_MEMORY, "no memory for a path");
    w->visitor->visit(w->visitor->context, (const char *)copy.data, data);
    return TR_OK;
}

static tr_err visit_archive(walk *w, const char *path, tr_bytes archive)
{
    tr_tar tar = tr_tar_of(archive);
    tr_tar_member member;
    tr_err err;
    while ((err = tr_tar_next(w->trail, &tar, &member)) == TR_OK) {
        if (member.kind != TR_TAR_FILE) continue;
        char name[MAX_PATH];
        tr_bytes inner = member.name;
        if (inner.len >= 2 && inner.data[0] == '.' && inner.data[1] == '/')
            inner = tr_bytes_cut(inner, 2, SIZE_MAX);
        snprintf(name, sizeof(name), "%s/%.*s", path, (int)TR_MIN(inner.len, (size_t)MAX_PATH),
                 (const char *)inner.data);
        TR_TRY(visit(w, name, member.data));
    }
    return err == TR_E_NOT_FOUND ? TR_OK : err;
}

static tr_err visit_file(walk *w, const char *path, tr_buf *data)
{
    tr_err err;
    if (ends_with(path, ".tar")) {
        err = visit_archive(w, path, tr_buf_view(data));
    } else if (!ends_with(path, ".tar.zst")) {
        err = visit(w, path, tr_buf_view(data));
    } else {
        tr_buf archive;
        tr_buf_init(&archive, tr_heap(), MAX_ARCHIVE);
        err =
            tr_decompress(w->trail, tr_heap(), TR_COMPRESS_ZSTD, tr_buf_view(data), NULL, &archive);
        tr_buf_free(data);
        *data = archive;
        if (err == TR_OK) err = visit_archive(w, path, tr_buf_view(data));
    }
    keep(w, data);
    return err;
}

static tr_err read_file(walk *w, const char *path, size_t size, tr_buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return tr_fail(w->trail, TR_E_IO, "%s: %s", path, strerror(errno));
    tr_buf_init(out, tr_heap(), MAX_FILE);
    ssize_t n = 1;
    while (n > 0 && tr_buf_err(out) == TR_OK) {
        uint8_t *to = tr_buf_reserve(out, size > out->len ? size - out->len + 1 : 65536);
        if (to == NULL) break;
        n = read(fd, to, out->cap - out->len);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            out->len += (size_t)n;
    }
    close(fd);
    if (n < 0) return tr_fail(w->trail, TR_E_IO, "%s: %s", path, strerror(errno));
    if (tr_buf_err(out) != TR_OK)
        return tr_fail(w->trail, tr_buf_err(out), "%s: %s", path, tr_err_text(tr_buf_err(out)));
    return TR_OK;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static tr_err walk_path(walk *w, const char *path, unsigned depth);

static tr_err walk_folder(walk *w, const char *path, unsigned depth)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, by_name);
    if (count < 0) return tr_fail(w->trail, TR_E_IO, "%s: %s", path, strerror(errno));
    tr_err err = TR_OK;
    for (int i = 0; i < count; i++) {
        if (err == TR_OK && names[i]->d_name[0] != '.') {
            char inner[MAX_PATH];
            snprintf(inner, sizeof(inner), "%s/%s", path, names[i]->d_name);
            err = walk_path(w, inner, depth + 1);
        }
        free(names[i]);
    }
    free(names);
    return err;
}

static tr_err walk_path(walk *w, const char *path, unsigned depth)
{
    struct stat info;
    if (depth > MAX_DEPTH) return tr_fail(w->trail, TR_E_DEPTH, "%s: nested too deeply", path);
    if (stat(path, &info) != 0)
        return tr_fail(w->trail, TR_E_NOT_FOUND, "%s: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode)) return walk_folder(w, path, depth);
    if (!S_ISREG(info.st_mode)) return TR_OK;
    tr_buf data;
    tr_buf_init(&data, tr_heap(), MAX_FILE);
    tr_err err = read_file(w, path, (size_t)info.st_size, &data);
    if (err == TR_OK) return visit_file(w, path, &data);
    tr_buf_free(&data);
    return err;
}

tr_err source_walk(tr_trail *trail, const char *path, const source_visitor *visitor)
{
    walk w = {.trail = trail, .visitor = visitor};
    w.kept = tr_alloc_array(tr_heap(), KEPT, sizeof(*w.kept));
    if (w.kept == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for the files");
    tr_arena_init(&w.paths, tr_heap(), (size_t)1 << 30);
    tr_err err = walk_path(&w, path, 0);
    settle(&w);
    tr_arena_free(&w.paths);
    tr_alloc_put(tr_heap(), w.kept, KEPT * sizeof(*w.kept));
    return err;
}
