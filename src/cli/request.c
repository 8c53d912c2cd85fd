#include "cli/request.h"

#include <stdio.h>
#include <string.h>

#include "cli/input.h"
#include "cli/secret_input.h"
#include "cli/verb.h"
#include "codec/hex.h"
#include "keys/key.h"
#include "os/file.h"
#include "os/heap.h"

enum { MOST_INPUT = 1 << 28, KEY_TEXT = 256, REFUSED = 7 };

/* Flags are known already (the table of verbs).  Words are put at the front of argv; "--" ends the
 * flags. */
static bool take_flags(tr_cli_request *r, int argc, char **argv, const char *const flags[])
{
    bool words_only = false;
    for (int i = 0; i < argc; i++) {
        size_t f = 0, len = strcspn(argv[i], "=");
        if (words_only || strncmp(argv[i], "--", 2) != 0) {
            r->words[r->count++] = argv[i];
            continue;
        }
        words_only = argv[i][2] == '\0';
        if (words_only) continue;
        while (flags[f] != NULL && (strlen(flags[f]) != len || memcmp(flags[f], argv[i], len) != 0))
            f++;
        if (flags[f] == NULL) return false;
        if (argv[i][len] == '=')
            r->flags[f] = argv[i] + len + 1;
        else if (++i < argc)
            r->flags[f] = argv[i];
        else
            return false;
    }
    return true;
}

static int run(tr_cli_request *r, const tr_cli_action *action)
{
    int code = 0;
    tr_arena_init(&r->arena, tr_heap(), SIZE_MAX);
    tr_buf_init(&r->out, tr_heap(), SIZE_MAX);
    tr_trail_clear(&r->trail);
    tr_err err = action->run(r);
    if (err == TR_OK) err = tr_buf_err(&r->out);
    if (err != TR_OK) {
        if (r->trail.code == TR_OK) (void)tr_fail(&r->trail, err, "%s", tr_err_text(err));
        code = tr_cli_failed(action->failed, &r->trail, action->attempt);
        if (r->refused) code = REFUSED;
    } else {
        (void)fwrite(r->out.data, 1, r->out.len, stdout);
    }
    tr_buf_free(&r->out);
    tr_arena_free(&r->arena);
    return code;
}

int tr_cli_act(int argc, char **argv, const char *const flags[], const tr_cli_action actions[],
               size_t count, const char *names)
{
    char what[64], attempt[64];
    const char *because = names;
    tr_cli_request r = {.words = argv + 1};
    bool good = take_flags(&r, argc - 1, argv + 1, flags) && r.count != 0;
    for (size_t i = 0; good && i < count; i++) {
        const tr_cli_action *a = &actions[i];
        if (strcmp(r.words[0], a->name) != 0) continue;
        because = "these are too few words for it, or too many";
        if (r.count - 1 < a->least || r.count - 1 > a->most) break;
        r.words++;
        r.count--;
        return run(&r, a);
    }
    snprintf(what, sizeof(what), "%s needs what to do and what with", argv[0]);
    snprintf(attempt, sizeof(attempt), "trestle %s --help", argv[0]);
    tr_cli_error(what, because, attempt);
    return 2;
}

tr_err tr_cli_refused(tr_cli_request *r, tr_err err)
{
    r->refused = err != TR_OK && err != TR_E_MEMORY;
    return err;
}

tr_err tr_cli_word_hex(tr_cli_request *r, const char *word, const char *what, uint8_t *out,
                       size_t size)
{
    tr_bytes bytes;
    tr_err err = tr_hex_decode_new(&r->trail, &r->arena, tr_bytes_str(word), &bytes);
    if (err != TR_OK) return tr_because(&r->trail, err, "%s", what);
    if (bytes.len != size)
        return tr_fail(&r->trail, TR_E_HEX_LENGTH, "%s has %zu bytes, not %zu", what, bytes.len,
                       size);
    memcpy(out, bytes.data, size);
    return TR_OK;
}

tr_err tr_cli_word_bytes(tr_cli_request *r, const char *word, tr_bytes *out)
{
    tr_buf text;
    if (strcmp(word, "-") == 0) return tr_cli_read(&r->trail, &r->arena, word, MOST_INPUT, out);
    if (word[0] != '@') return tr_hex_decode_new(&r->trail, &r->arena, tr_bytes_str(word), out);
    tr_buf_init(&text, &r->arena.alloc, MOST_INPUT);
    TR_TRY(tr_file_read_all(&r->trail, tr_fs_system(), word + 1, MOST_INPUT, &text));
    *out = tr_buf_view(&text);
    return TR_OK;
}

tr_err tr_cli_word_key(tr_cli_request *r, const char *file, const char *message, uint8_t key[32])
{
    tr_secret text;
    tr_seckey made;
    bool from_stdin = file == NULL || strcmp(file, "-") == 0;
    if (from_stdin && message != NULL && strcmp(message, "-") == 0)
        return tr_fail(&r->trail, TR_E_ARGUMENT,
                       "key and message cannot both come from standard input");
    tr_err err = tr_cli_secret(&r->trail, file, "Private key: ", KEY_TEXT, &text);
    if (err == TR_OK) err = tr_key_parse(&r->trail, tr_secret_view(&text), &made);
    tr_secret_free(&text);
    if (err != TR_OK) return err;
    memcpy(key, made.b, sizeof(made.b));
    tr_wipe(&made, sizeof(made));
    return TR_OK;
}

void tr_cli_put_hex(tr_cli_request *r, const char *name, const void *bytes, size_t len)
{
    if (name != NULL) tr_buf_printf(&r->out, "%-11s ", name);
    tr_hex_put(&r->out, tr_bytes_of(bytes, len));
    tr_buf_put_u8(&r->out, '\n');
}
