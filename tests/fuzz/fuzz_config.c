/* Configuration: a file, then after a zero byte lines of an environment, then after another words
 * of a command line.  Whatever they are there is an answer in bounded memory; values lie in their
 * ranges; and what was read without an error reads back the same when it is written out. */
#include <stdlib.h>
#include <string.h>

#include "os/config.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { WORDS = 64 };

/* The part of text up to the next zero byte, which *text then goes past. */
static tr_bytes next_part(tr_bytes *text)
{
    const uint8_t *zero = text->len == 0 ? NULL : memchr(text->data, 0, text->len);
    size_t len = zero == NULL ? text->len : (size_t)(zero - text->data);
    tr_bytes part = tr_bytes_cut(*text, 0, len);
    *text = tr_bytes_cut(*text, len + (zero != NULL), text->len);
    return part;
}

/* The lines of a part as strings in arena. */
static int lines_of(tr_arena *arena, tr_bytes part, char *out[WORDS + 1])
{
    int count = 0;
    while (part.len != 0 && count < WORDS) {
        const uint8_t *end = memchr(part.data, '\n', part.len);
        size_t len = end == NULL ? part.len : (size_t)(end - part.data);
        char *line = tr_arena_get(arena, len + 1, 1);
        TR_ASSERT(line != NULL);
        memcpy(line, part.data, len);
        line[len] = '\0';
        out[count++] = line;
        part = tr_bytes_cut(part, len + (end != NULL), part.len);
    }
    out[count] = NULL;
    return count;
}

/* A file that says what config says. */
static void write_out(tr_buf *out, const tr_config *config)
{
    tr_buf_put_str(out, "layer2:\n");
    for (size_t i = 0; i < config->schema->count; i++) {
        const tr_config_key *key = &config->schema->keys[i];
        const tr_config_entry *e = &config->entries[i];
        switch (key->type) {
        case TR_CONFIG_BOOL:
            tr_buf_printf(out, "  %s: %s\n", key->name, e->value.truth ? "true" : "false");
            break;
        case TR_CONFIG_COUNT:
        case TR_CONFIG_SIZE:
            tr_buf_printf(out, "  %s: %llu\n", key->name, (unsigned long long)e->value.count);
            break;
        case TR_CONFIG_DURATION:
            tr_buf_printf(out, "  %s: %lldns\n", key->name, (long long)e->value.ns);
            break;
        case TR_CONFIG_TEXT:
        case TR_CONFIG_SECRET_FILE:
            break;
        }
    }
}

static void check_round_trip(const tr_config *config, tr_arena *arena)
{
    static tr_config again;
    tr_buf text;
    tr_buf_init(&text, &arena->alloc, 1 << 20);
    write_out(&text, config);
    tr_config_init(&again, config->schema, arena);
    TR_ASSERT(tr_config_add_yaml(&again, tr_buf_view(&text), "again.yaml") == TR_OK);
    TR_ASSERT(tr_config_finish(NULL, &again) == TR_OK);
    for (size_t i = 0; i < config->schema->count; i++)
        TR_ASSERT(again.entries[i].value.count == config->entries[i].value.count ||
                  (config->schema->keys[i].type == TR_CONFIG_BOOL &&
                   again.entries[i].value.truth == config->entries[i].value.truth));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static tr_config config;
    tr_arena arena;
    tr_bytes rest = tr_bytes_of(data, len);
    char *variables[WORDS + 1], *words[WORDS + 1];
    /* A key of one byte and its colon cost 64 bytes of bookkeeping at most; errors are few. */
    tr_arena_init(&arena, tr_heap(), 64 * len + ((size_t)4 << 20));
    tr_config_init(&config, &tr_config_schema_main, &arena);
    TR_ASSERT(tr_config_add_yaml(&config, next_part(&rest), "fuzz.yaml") == TR_OK);
    (void)lines_of(&arena, next_part(&rest), variables);
    int count = lines_of(&arena, rest, words);
    TR_ASSERT(tr_config_take_flags(&config, &count, words) == TR_OK);
    TR_ASSERT(count >= 0 && count <= WORDS);
    TR_ASSERT(tr_config_add_environment(&config, (const char *const *)variables) == TR_OK);
    TR_ASSERT(tr_config_add_flags(&config) == TR_OK);
    tr_err err = tr_config_finish(NULL, &config);
    TR_ASSERT((err == TR_OK) == (config.first_error == NULL));
    tr_buf out;
    tr_buf_init(&out, &arena.alloc, SIZE_MAX);
    tr_config_put_errors(&out, &config);
    tr_config_put_values(&out, &config);
    tr_config_put_values_json(&out, &config);
    TR_ASSERT(tr_buf_err(&out) == TR_OK);
    for (size_t i = 0; i < out.len; i++) TR_ASSERT(out.data[i] >= 0x20 || out.data[i] == '\n');
    check_round_trip(&config, &arena);
    tr_arena_free(&arena);
    return 0;
}
