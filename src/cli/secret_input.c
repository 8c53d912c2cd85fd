#include "cli/secret_input.h"

#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>

enum { PASSWORD_MAX = 1024 };

static volatile sig_atomic_t interrupted_by;

static void note_signal(int number)
{
    interrupted_by = number;
}

/* All bytes of a handle, or with line set those up to the first newline, which is left out. */
static tr_err read_handle(tr_trail *trail, int handle, bool line, size_t limit, tr_buf *out)
{
    for (;;) {
        uint8_t byte;
        ssize_t n = read(handle, &byte, 1);
        if (n < 0 && errno == EINTR && interrupted_by == 0) continue;
        if (n < 0) return tr_fail(trail, TR_E_IO, "reading failed: %s", strerror(errno));
        if (n == 0 || (line && byte == '\n')) return TR_OK;
        if (out->len == limit)
            return tr_fail(trail, TR_E_LIMIT, "it has more than %zu bytes", limit);
        tr_buf_put_u8(out, byte);
        if (tr_buf_err(out) != TR_OK)
            return tr_fail(trail, tr_buf_err(out), "%s", tr_err_text(tr_buf_err(out)));
    }
}

/* Asks at a terminal whose echo is off meanwhile; a signal turns it on again before it acts. */
static tr_err ask(tr_trail *trail, int terminal, const char *prompt, size_t limit, tr_buf *out)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction old[TR_COUNTOF(signals)], action = {.sa_handler = note_signal};
    struct termios before, silent;
    if (tcgetattr(terminal, &before) != 0)
        return tr_fail(trail, TR_E_IO, "the terminal cannot be asked: %s", strerror(errno));
    interrupted_by = 0;
    for (size_t i = 0; i < TR_COUNTOF(signals); i++) sigaction(signals[i], &action, &old[i]);
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    (void)tcsetattr(terminal, TCSAFLUSH, &silent);
    tr_err err = write(terminal, prompt, strlen(prompt)) < 0
                     ? tr_fail(trail, TR_E_IO, "the terminal cannot be written to")
                     : read_handle(trail, terminal, true, limit, out);
    (void)tcsetattr(terminal, TCSAFLUSH, &before);
    if (write(terminal, "\n", 1) < 0 && err == TR_OK)
        err = tr_fail(trail, TR_E_IO, "the terminal cannot be written to");
    for (size_t i = 0; i < TR_COUNTOF(signals); i++) sigaction(signals[i], &old[i], NULL);
    if (interrupted_by != 0) raise(interrupted_by);
    return err;
}

static tr_err read_file(tr_trail *trail, const char *path, size_t limit, tr_buf *out)
{
    tr_file file;
    tr_file_info info;
    TR_TRY(tr_file_open(trail, tr_fs_system(), path, TR_OPEN_READ, 0, &file));
    tr_err err = tr_file_get_info(trail, &file, &info);
    if (err == TR_OK && info.kind == TR_FILE_REGULAR && (info.mode & 077) != 0)
        err = tr_fail(trail, TR_E_PERMISSION,
                      "%s is open to others than its owner (mode %x%x%x); chmod 600 closes it",
                      path, info.mode >> 6 & 7, info.mode >> 3 & 7, info.mode & 7);
    if (err == TR_OK) err = read_handle(trail, file.handle, false, limit, out);
    (void)tr_file_close(NULL, &file);
    return err;
}

static tr_err keep(tr_err err, tr_buf *buf, tr_secret *out)
{
    if (err == TR_OK) err = tr_secret_copy(tr_locked_heap(), tr_buf_view(buf), out);
    tr_buf_free(buf);
    return err;
}

tr_err tr_cli_secret(tr_trail *trail, const char *from, const char *prompt, size_t limit,
                     tr_secret *out)
{
    tr_buf buf;
    tr_err err;
    *out = (tr_secret){NULL, 0, NULL};
    tr_buf_init(&buf, tr_locked_heap(), limit);
    if (from != NULL && strcmp(from, "-") != 0)
        err = read_file(trail, from, limit, &buf);
    else if (isatty(STDIN_FILENO))
        err = ask(trail, STDIN_FILENO, prompt, limit, &buf);
    else
        err = read_handle(trail, STDIN_FILENO, false, limit, &buf);
    return keep(err, &buf, out);
}

static tr_err ask_password(tr_trail *trail, const char *prompt, tr_secret *out)
{
    tr_buf buf;
    *out = (tr_secret){NULL, 0, NULL};
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return tr_fail(trail, TR_E_IO, "there is no terminal to ask for the password at");
    tr_buf_init(&buf, tr_locked_heap(), PASSWORD_MAX);
    tr_err err = ask(trail, terminal, prompt, PASSWORD_MAX, &buf);
    close(terminal);
    return keep(err, &buf, out);
}

static tr_err password_of_file(tr_trail *trail, const char *file, tr_secret *out)
{
    tr_buf buf;
    tr_buf_init(&buf, tr_locked_heap(), PASSWORD_MAX);
    tr_err err = read_file(trail, file, PASSWORD_MAX, &buf);
    for (size_t i = 0; i < buf.len; i++)
        if (buf.data[i] == '\n') buf.len = i;
    if (buf.len != 0 && buf.data[buf.len - 1] == '\r') buf.len--;
    return keep(err, &buf, out);
}

static bool same(const tr_secret *a, const tr_secret *b)
{
    return a->len == b->len && tr_bytes_eq_secret(a->data, b->data, a->len);
}

tr_err tr_cli_password(tr_trail *trail, const char *file, bool fresh, tr_secret *out)
{
    *out = (tr_secret){NULL, 0, NULL};
    tr_err err =
        file != NULL ? password_of_file(trail, file, out) : ask_password(trail, "Password: ", out);
    if (err == TR_OK && fresh && out->len == 0)
        err = tr_fail(trail, TR_E_ARGUMENT, "the password is empty");
    if (err == TR_OK && fresh && file == NULL) {
        tr_secret again;
        err = ask_password(trail, "Password again: ", &again);
        if (err == TR_OK && !same(out, &again))
            err = tr_fail(trail, TR_E_ARGUMENT, "the two passwords differ");
        tr_secret_free(&again);
    }
    return err;
}

tr_err tr_cli_write_private(tr_trail *trail, const char *path, tr_bytes bytes)
{
    tr_file file;
    TR_TRY(tr_file_open(trail, tr_fs_system(), path, TR_OPEN_WRITE | TR_OPEN_NEW, 0600, &file));
    tr_err err = tr_file_write_at(trail, &file, 0, bytes);
    if (err == TR_OK) err = tr_file_sync_all(trail, &file);
    tr_err closed = tr_file_close(err == TR_OK ? trail : NULL, &file);
    if (err == TR_OK) err = closed;
    if (err != TR_OK && tr_file_remove(NULL, tr_fs_system(), path) != TR_OK)
        tr_because(trail, err, "a part of %s was left behind", path);
    return err;
}
