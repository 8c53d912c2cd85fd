#include "os/config.h"

#include <string.h>

#include "os/config_internal.h"
#include "os/config_units.h"
#include "os/escape.h"

/* Keys and their names. */
const tr_config_key *tr_config_find(const tr_config_schema *schema, tr_bytes name)
{
    for (size_t i = 0; i < schema->count; i++)
        if (tr_bytes_eq(name, tr_bytes_str(schema->keys[i].name))) return &schema->keys[i];
    return NULL;
}

bool tr_config_has_group(const tr_config_schema *schema, tr_bytes group)
{
    for (size_t i = 0; i < schema->count; i++) {
        const char *own = schema->keys[i].group;
        if (own != NULL && tr_bytes_eq(group, tr_bytes_str(own))) return true;
    }
    return false;
}

const char *tr_config_variable(const tr_config_key *key, char out[TR_CONFIG_NAME + 8])
{
    size_t at = sizeof(TR_CONFIG_PREFIX) - 1;
    memcpy(out, TR_CONFIG_PREFIX, at);
    for (const char *c = key->name; *c != '\0'; c++)
        out[at++] = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    out[at] = '\0';
    return out;
}

const char *tr_config_flag(const tr_config_key *key, char out[TR_CONFIG_NAME + 8])
{
    size_t at = 2;
    memcpy(out, "--", 2);
    for (const char *c = key->name; *c != '\0'; c++) out[at++] = *c == '_' ? '-' : *c;
    out[at] = '\0';
    return out;
}

/* How many letters must be changed, put in or left out to make b of a. */
static size_t edit_distance(tr_bytes a, tr_bytes b)
{
    size_t row[TR_CONFIG_NAME + 8];
    TR_ASSERT(b.len < TR_COUNTOF(row));
    for (size_t j = 0; j <= b.len; j++) row[j] = j;
    for (size_t i = 0; i < a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b.len; j++) {
            size_t change = diagonal + (a.data[i] != b.data[j]);
            diagonal = row[j + 1];
            row[j + 1] = TR_MIN(change, TR_MIN(row[j], diagonal) + 1);
        }
    }
    return row[b.len];
}

void tr_nearest_offer(tr_nearest *nearest, const char *name)
{
    /* What is longer than any name is compared by its beginning. */
    tr_bytes to = tr_bytes_cut(nearest->to, 0, TR_CONFIG_NAME * 2);
    size_t distance = edit_distance(to, tr_bytes_str(name));
    if (distance >= nearest->distance) return;
    nearest->name = name;
    nearest->distance = distance;
}

/* Values. */
static tr_err parse_bool(tr_trail *trail, tr_bytes text, bool *out)
{
    *out = tr_bytes_eq(text, TR_LIT("true"));
    if (*out || tr_bytes_eq(text, TR_LIT("false"))) return TR_OK;
    return tr_fail(trail, TR_E_TYPE, "true or false is expected");
}

static tr_err parse_text(tr_trail *trail, tr_bytes text, tr_bytes *out)
{
    if (text.len == 0) return tr_fail(trail, TR_E_SYNTAX, "a value is expected");
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < 0x20 || text.data[i] == 0x7f)
            return tr_fail(trail, TR_E_SYNTAX, "a text of one line is expected");
    *out = text;
    return TR_OK;
}

static tr_err parse_plain(tr_trail *trail, const tr_config_key *key, tr_bytes text,
                          tr_config_entry *out)
{
    switch (key->type) {
    case TR_CONFIG_BOOL:
        return parse_bool(trail, text, &out->value.truth);
    case TR_CONFIG_COUNT:
        return tr_units_count(trail, text, &out->value.count);
    case TR_CONFIG_SIZE:
        return tr_units_size(trail, text, &out->value.count);
    case TR_CONFIG_DURATION:
        return tr_units_duration(trail, text, &out->value.ns);
    case TR_CONFIG_TEXT:
    case TR_CONFIG_SECRET_FILE:
        return parse_text(trail, text, &out->value.text);
    }
    return TR_E_STATE;
}

/* Numbers of all types as one, for the range. */
static uint64_t number_of(const tr_config_key *key, const tr_config_entry *entry)
{
    return key->type == TR_CONFIG_DURATION ? (uint64_t)entry->value.ns : entry->value.count;
}

tr_err tr_config_parse(tr_trail *trail, const tr_config_key *key, tr_bytes text,
                       tr_config_entry *out)
{
    TR_TRY(parse_plain(trail, key, text, out));
    if (key->least[0] == '\0') return TR_OK;
    tr_config_entry least, most;
    TR_ASSERT(parse_plain(NULL, key, tr_bytes_str(key->least), &least) == TR_OK);
    TR_ASSERT(parse_plain(NULL, key, tr_bytes_str(key->most), &most) == TR_OK);
    uint64_t value = number_of(key, out);
    if (value >= number_of(key, &least) && value <= number_of(key, &most)) return TR_OK;
    return tr_fail(trail, TR_E_RANGE, "a value from %s to %s is expected", key->least, key->most);
}

void tr_config_put_value(tr_buf *out, const tr_config_key *key, const tr_config_entry *entry)
{
    switch (key->type) {
    case TR_CONFIG_BOOL:
        tr_buf_put_str(out, entry->value.truth ? "true" : "false");
        break;
    case TR_CONFIG_COUNT:
        tr_buf_printf(out, "%llu", (unsigned long long)entry->value.count);
        break;
    case TR_CONFIG_SIZE:
        tr_units_put_size(out, entry->value.count);
        break;
    case TR_CONFIG_DURATION:
        tr_units_put_duration(out, entry->value.ns);
        break;
    case TR_CONFIG_TEXT:
        tr_buf_put(out, entry->value.text);
        break;
    case TR_CONFIG_SECRET_FILE:
        tr_buf_put_str(out, "***");
        break;
    }
}

void tr_config_init(tr_config *config, const tr_config_schema *schema, tr_arena *arena)
{
    TR_ASSERT(schema->count <= TR_CONFIG_MAX_KEYS);
    memset(config, 0, sizeof(*config));
    config->schema = schema;
    config->arena = arena;
    for (size_t i = 0; i < schema->count; i++) {
        const tr_config_key *key = &schema->keys[i];
        TR_ASSERT(strlen(key->name) < TR_CONFIG_NAME);
        if (key->fallback[0] == '\0') continue; /* a text without a default is empty */
        TR_ASSERT(tr_config_parse(NULL, key, tr_bytes_str(key->fallback), &config->entries[i]) ==
                  TR_OK);
    }
}

static const tr_config_entry *entry_of(const tr_config *config, tr_config_id id,
                                       tr_config_type type)
{
    TR_ASSERT((size_t)id < config->schema->count && config->schema->keys[id].type == type);
    return &config->entries[id];
}

bool tr_config_bool(const tr_config *config, tr_config_id id)
{
    return entry_of(config, id, TR_CONFIG_BOOL)->value.truth;
}

uint64_t tr_config_count(const tr_config *config, tr_config_id id)
{
    return entry_of(config, id, TR_CONFIG_COUNT)->value.count;
}

uint64_t tr_config_size(const tr_config *config, tr_config_id id)
{
    return entry_of(config, id, TR_CONFIG_SIZE)->value.count;
}

int64_t tr_config_duration(const tr_config *config, tr_config_id id)
{
    return entry_of(config, id, TR_CONFIG_DURATION)->value.ns;
}

/* Errors. */
tr_err tr_config_report(tr_config *config, tr_err code, tr_bytes text)
{
    config->error_count++;
    if (config->error_count > TR_CONFIG_MAX_ERRORS) return TR_OK;
    tr_config_error *error = TR_ARENA_NEW(config->arena, tr_config_error);
    tr_bytes copy = tr_arena_copy(config->arena, text);
    if (error == NULL || copy.data == NULL) return TR_E_MEMORY;
    *error = (tr_config_error){.code = code, .text = copy};
    if (config->last_error == NULL)
        config->first_error = error;
    else
        config->last_error->next = error;
    config->last_error = error;
    return TR_OK;
}

tr_err tr_config_finish(tr_trail *trail, const tr_config *config)
{
    if (config->error_count == 0) return TR_OK;
    return tr_fail(trail, TR_E_CONFIG, "the configuration has %zu error%s", config->error_count,
                   config->error_count == 1 ? "" : "s");
}

/* Reports "<name>: <sentence>". */
static tr_err report_named(tr_config *config, tr_err code, const char *name, const char *sentence)
{
    char memory[TR_TRAIL_TEXT + 256];
    tr_buf text;
    tr_buf_init_fixed(&text, memory, sizeof(memory));
    tr_buf_printf(&text, "%.160s: %s", name, sentence);
    return tr_config_report(config, code, tr_buf_view(&text));
}

/* Sets a key from an environment or a flag. */
static tr_err set_named(tr_config *config, const tr_config_key *key, tr_bytes value,
                        tr_config_origin origin, const char *name)
{
    tr_trail trail;
    tr_config_entry entry = {.origin = origin};
    tr_err err = tr_config_parse(&trail, key, value, &entry);
    if (err != TR_OK) return report_named(config, err, name, trail.text);
    if (key->type == TR_CONFIG_TEXT || key->type == TR_CONFIG_SECRET_FILE) {
        entry.value.text = tr_arena_copy(config->arena, value);
        if (entry.value.text.data == NULL) return TR_E_MEMORY;
    }
    config->entries[key - config->schema->keys] = entry;
    return TR_OK;
}

/* The environment. */
static tr_err unknown_variable(tr_config *config, tr_bytes name)
{
    char own[TR_CONFIG_NAME + 8], best[TR_CONFIG_NAME + 8] = "", shown[96], sentence[128];
    tr_nearest nearest = {.to = name, .distance = SIZE_MAX};
    for (size_t i = 0; i < config->schema->count; i++) {
        size_t before = nearest.distance;
        tr_nearest_offer(&nearest, tr_config_variable(&config->schema->keys[i], own));
        if (nearest.distance < before) memcpy(best, own, sizeof(best));
    }
    tr_buf text;
    tr_buf_init_fixed(&text, shown, sizeof(shown) - 1);
    (void)tr_escape_text(&text, TR_ESCAPE_HUMAN, tr_bytes_cut(name, 0, 80), 0);
    shown[text.len] = '\0';
    tr_buf_init_fixed(&text, sentence, sizeof(sentence) - 1);
    tr_buf_printf(&text, "unknown variable: the nearest one is %s", best);
    sentence[text.len] = '\0';
    return report_named(config, TR_E_CONFIG_KEY, shown, sentence);
}

tr_err tr_config_add_environment(tr_config *config, const char *const *variables)
{
    for (; variables != NULL && *variables != NULL; variables++) {
        tr_bytes all = tr_bytes_str(*variables);
        tr_bytes prefix = tr_bytes_str(TR_CONFIG_PREFIX);
        if (!tr_bytes_eq(tr_bytes_cut(all, 0, prefix.len), prefix)) continue;
        const uint8_t *equals = memchr(all.data, '=', all.len);
        if (equals == NULL) continue;
        size_t len = (size_t)(equals - all.data);
        tr_bytes name = tr_bytes_cut(all, 0, len), value = tr_bytes_cut(all, len + 1, all.len);
        const tr_config_key *key = NULL;
        char own[TR_CONFIG_NAME + 8];
        for (size_t i = 0; i < config->schema->count && key == NULL; i++) {
            const char *variable = tr_config_variable(&config->schema->keys[i], own);
            if (tr_bytes_eq(name, tr_bytes_str(variable))) key = &config->schema->keys[i];
        }
        if (key == NULL)
            TR_TRY(unknown_variable(config, name));
        else
            TR_TRY(set_named(config, key, value, TR_CONFIG_FROM_ENVIRONMENT, own));
    }
    return TR_OK;
}

/* Flags. */
static const tr_config_key *find_flag(const tr_config_schema *schema, tr_bytes name)
{
    char own[TR_CONFIG_NAME + 8];
    for (size_t i = 0; i < schema->count; i++)
        if (tr_bytes_eq(name, tr_bytes_str(tr_config_flag(&schema->keys[i], own))))
            return &schema->keys[i];
    return NULL;
}

/* --no-enabled means --enabled=false. */
static const tr_config_key *find_negated(const tr_config_schema *schema, tr_bytes name)
{
    char positive[TR_CONFIG_NAME + 8] = "--";
    if (name.len < 5 || name.len >= sizeof(positive) || memcmp(name.data, "--no-", 5) != 0)
        return NULL;
    memcpy(positive + 2, name.data + 5, name.len - 5);
    const tr_config_key *key = find_flag(schema, tr_bytes_of(positive, name.len - 3));
    return key != NULL && key->type == TR_CONFIG_BOOL ? key : NULL;
}

const char *tr_config_nearest_flag(const tr_config_schema *schema, const char *argument,
                                   char out[TR_CONFIG_FLAG_SIZE])
{
    char own[TR_CONFIG_NAME + 8];
    tr_bytes name = tr_bytes_str(argument);
    const uint8_t *equals = memchr(name.data, '=', name.len);
    if (equals != NULL) name.len = (size_t)(equals - name.data);
    tr_nearest nearest = {.to = name, .distance = SIZE_MAX};
    for (size_t i = 0; i < schema->count; i++) {
        size_t before = nearest.distance;
        tr_nearest_offer(&nearest, tr_config_flag(&schema->keys[i], own));
        if (nearest.distance < before) memcpy(out, own, sizeof(own));
    }
    return out;
}

/* Remembers the flag at *i, if it is one of the table; *i moves over its value.  *taken says
 * whether it was one. */
static tr_err take_flag(tr_config *config, int count, char **arguments, int *i, bool *taken)
{
    tr_bytes all = tr_bytes_str(arguments[*i]), name = all, value = {NULL, 0};
    const uint8_t *equals = memchr(all.data, '=', all.len);
    if (equals != NULL) {
        name.len = (size_t)(equals - all.data);
        value = tr_bytes_cut(all, name.len + 1, all.len);
    }
    char own[TR_CONFIG_NAME + 8];
    const tr_config_key *negated = equals == NULL ? find_negated(config->schema, name) : NULL;
    const tr_config_key *key = negated != NULL ? negated : find_flag(config->schema, name);
    *taken = key != NULL;
    if (key == NULL) return TR_OK;
    if (negated != NULL) {
        value = TR_LIT("false");
    } else if (equals == NULL && key->type == TR_CONFIG_BOOL) {
        value = TR_LIT("true");
    } else if (equals == NULL) {
        if (*i + 1 >= count)
            return report_named(config, TR_E_SYNTAX, tr_config_flag(key, own),
                                "a value is missing");
        value = tr_bytes_str(arguments[++*i]);
    }
    config->flags[key - config->schema->keys] = value;
    return TR_OK;
}

tr_err tr_config_take_flags(tr_config *config, int *count, char **arguments)
{
    int kept = 0, i = 0;
    tr_err err = TR_OK;
    for (; i < *count && strcmp(arguments[i], "--") != 0 && err == TR_OK; i++) {
        bool taken;
        int at = i;
        err = take_flag(config, *count, arguments, &i, &taken);
        if (!taken) arguments[kept++] = arguments[at];
    }
    for (; i < *count; i++) arguments[kept++] = arguments[i];
    *count = kept;
    return err;
}

tr_err tr_config_add_flags(tr_config *config)
{
    char own[TR_CONFIG_NAME + 8];
    for (size_t i = 0; i < config->schema->count; i++) {
        const tr_config_key *key = &config->schema->keys[i];
        if (config->flags[i].data == NULL) continue;
        TR_TRY(set_named(config, key, config->flags[i], TR_CONFIG_FROM_FLAG,
                         tr_config_flag(key, own)));
    }
    return TR_OK;
}

/* Secrets. */
enum { MAX_SECRET = 4096 };

static tr_err check_private(tr_trail *trail, tr_file *file, unsigned user)
{
    tr_file_info info;
    TR_TRY(tr_file_get_info(trail, file, &info));
    if (info.kind != TR_FILE_REGULAR)
        return tr_fail(trail, TR_E_PERMISSION, "%s is not a plain file", file->name);
    if ((info.mode & 077) != 0)
        return tr_fail(trail, TR_E_PERMISSION,
                       "%s can be read by others (mode %u%u%u): it must have mode 600", file->name,
                       info.mode >> 6 & 7, info.mode >> 3 & 7, info.mode & 7);
    if (info.owner != user && info.owner != 0)
        return tr_fail(trail, TR_E_PERMISSION, "%s belongs to another user", file->name);
    return TR_OK;
}

tr_err tr_config_secret(tr_trail *trail, tr_fs *fs, const char *path, unsigned user, tr_buf *out)
{
    tr_file file;
    uint8_t text[MAX_SECRET];
    size_t got = 0;
    TR_TRY(tr_file_open(trail, fs, path, TR_OPEN_READ, 0, &file));
    tr_err err = check_private(trail, &file, user);
    if (err == TR_OK) err = tr_file_read_some(trail, &file, 0, text, sizeof(text), &got);
    (void)tr_file_close(NULL, &file);
    if (err == TR_OK && got == sizeof(text))
        err = tr_fail(trail, TR_E_LIMIT, "%s is too long for a secret", file.name);
    if (err == TR_OK) {
        if (got != 0 && text[got - 1] == '\n') got--;
        tr_buf_put(out, tr_bytes_of(text, got));
        err = tr_buf_err(out);
    }
    tr_wipe(text, sizeof(text));
    return err;
}
