/* Texts that come from the table: values, schema, sample, reference. */
#include <string.h>

#include "os/config.h"
#include "os/config_internal.h"
#include "os/escape.h"

#define NOT_IN_USE "not in use yet"

void tr_config_put_errors(tr_buf *out, const tr_config *config)
{
    for (const tr_config_error *e = config->first_error; e != NULL; e = e->next) {
        tr_buf_put(out, e->text);
        tr_buf_put_u8(out, '\n');
    }
    if (config->error_count > TR_CONFIG_MAX_ERRORS)
        tr_buf_printf(out, "and %zu more\n", config->error_count - TR_CONFIG_MAX_ERRORS);
}

/* Where a value came from: "default", "trestle.yaml:4", "LAYER2_BATCH_SIZE", "--batch-size". */
static void put_origin(tr_buf *out, const tr_config *config, size_t i)
{
    char name[TR_CONFIG_NAME + 8];
    const tr_config_key *key = &config->schema->keys[i];
    const tr_config_entry *entry = &config->entries[i];
    switch (entry->origin) {
    case TR_CONFIG_FROM_DEFAULT:
        tr_buf_put_str(out, "default");
        break;
    case TR_CONFIG_FROM_FILE:
        (void)tr_escape_text(out, TR_ESCAPE_JSON, config->file, 0);
        tr_buf_printf(out, ":%u", entry->line);
        break;
    case TR_CONFIG_FROM_ENVIRONMENT:
        tr_buf_put_str(out, tr_config_variable(key, name));
        break;
    case TR_CONFIG_FROM_FLAG:
        tr_buf_put_str(out, tr_config_flag(key, name));
        break;
    }
}

static void put_escaped_value(tr_buf *out, const tr_config *config, size_t i)
{
    const tr_config_key *key = &config->schema->keys[i];
    if (key->type == TR_CONFIG_TEXT)
        (void)tr_escape_text(out, TR_ESCAPE_JSON, config->entries[i].value.text, 0);
    else
        tr_config_put_value(out, key, &config->entries[i]);
}

static void pad_to(tr_buf *out, size_t start, size_t width)
{
    do tr_buf_put_u8(out, ' ');
    while (tr_buf_err(out) == TR_OK && out->len - start < width);
}

void tr_config_put_values(tr_buf *out, const tr_config *config)
{
    size_t name_width = 0;
    for (size_t i = 0; i < config->schema->count; i++)
        name_width = TR_MAX(name_width, strlen(config->schema->keys[i].name));
    for (size_t i = 0; i < config->schema->count; i++) {
        const tr_config_key *key = &config->schema->keys[i];
        size_t start = out->len;
        tr_buf_put_str(out, key->name);
        pad_to(out, start, name_width + 2);
        put_escaped_value(out, config, i);
        pad_to(out, start, name_width + 2 + 12);
        put_origin(out, config, i);
        if (!key->in_use) {
            pad_to(out, start, name_width + 2 + 12 + 36);
            tr_buf_put_str(out, NOT_IN_USE);
        }
        tr_buf_put_u8(out, '\n');
    }
}

/* JSON has numbers for counts only; sizes and durations are in bytes and nanoseconds beside the
 * text, so that nobody has to read units. */
static void put_json_value(tr_buf *out, const tr_config *config, size_t i)
{
    const tr_config_key *key = &config->schema->keys[i];
    const tr_config_entry *entry = &config->entries[i];
    bool quoted = key->type != TR_CONFIG_BOOL && key->type != TR_CONFIG_COUNT;
    tr_buf_put_str(out, quoted ? "\"" : "");
    put_escaped_value(out, config, i);
    tr_buf_put_str(out, quoted ? "\"" : "");
    if (key->type == TR_CONFIG_SIZE)
        tr_buf_printf(out, ",\"bytes\":%llu", (unsigned long long)entry->value.count);
    if (key->type == TR_CONFIG_DURATION)
        tr_buf_printf(out, ",\"ns\":%lld", (long long)entry->value.ns);
}

void tr_config_put_values_json(tr_buf *out, const tr_config *config)
{
    static const char *const origins[] = {"default", "file", "environment", "flag"};
    tr_buf_put_str(out, "{\"keys\":[");
    for (size_t i = 0; i < config->schema->count; i++) {
        const tr_config_key *key = &config->schema->keys[i];
        tr_buf_printf(out, "%s\n{\"name\":\"%s\",\"value\":", i == 0 ? "" : ",", key->name);
        put_json_value(out, config, i);
        tr_buf_printf(out, ",\"origin\":\"%s\",\"from\":\"", origins[config->entries[i].origin]);
        put_origin(out, config, i);
        tr_buf_printf(out, "\",\"in_use\":%s}", key->in_use ? "true" : "false");
    }
    tr_buf_put_str(out, "\n]}\n");
}

/* The schema. */
static void put_schema_type(tr_buf *out, const tr_config_key *key)
{
    switch (key->type) {
    case TR_CONFIG_BOOL:
        tr_buf_put_str(out, "\"type\":\"boolean\"");
        break;
    case TR_CONFIG_COUNT:
        tr_buf_put_str(out, "\"type\":\"integer\"");
        if (key->least[0] != '\0')
            tr_buf_printf(out, ",\"minimum\":%s,\"maximum\":%s", key->least, key->most);
        break;
    case TR_CONFIG_SIZE:
        tr_buf_put_str(out, "\"type\":[\"string\",\"integer\"],\"pattern\":"
                            "\"^[0-9]+(\\\\.[0-9]+)?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$\"");
        break;
    case TR_CONFIG_DURATION:
        tr_buf_put_str(out, "\"type\":\"string\",\"pattern\":"
                            "\"^([0-9]+(\\\\.[0-9]+)?(ns|us|ms|s|m|h|d))+$\"");
        break;
    case TR_CONFIG_TEXT:
    case TR_CONFIG_SECRET_FILE:
        tr_buf_put_str(out, "\"type\":\"string\"");
        break;
    }
}

static void put_schema_key(tr_buf *out, const tr_config_key *key, const char *separator)
{
    tr_buf_printf(out, "%s\n\"%s\":{", separator, key->name);
    put_schema_type(out, key);
    tr_buf_put_str(out, ",\"description\":\"");
    (void)tr_escape_text(out, TR_ESCAPE_JSON, tr_bytes_str(key->what), 0);
    if (key->least[0] != '\0') tr_buf_printf(out, " From %s to %s.", key->least, key->most);
    tr_buf_put_str(out, "\"");
    bool bare = key->type == TR_CONFIG_BOOL || key->type == TR_CONFIG_COUNT;
    if (key->fallback[0] != '\0')
        tr_buf_printf(out, bare ? ",\"default\":%s" : ",\"default\":\"%s\"", key->fallback);
    tr_buf_put_str(out, "}");
}

/* The next key after i whose group is first met there, or the count: an iterator over groups. */
static size_t next_group(const tr_config_schema *schema, size_t i)
{
    for (; i < schema->count; i++) {
        const char *group = schema->keys[i].group;
        size_t first = 0;
        if (group == NULL) continue;
        while (schema->keys[first].group == NULL || strcmp(schema->keys[first].group, group) != 0)
            first++;
        if (first == i) return i;
    }
    return i;
}

static bool in_group(const tr_config_key *key, const char *group)
{
    return key->group != NULL && strcmp(key->group, group) == 0;
}

void tr_config_put_schema(tr_buf *out, const tr_config_schema *schema)
{
    tr_buf_put_str(out, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\","
                        "\"title\":\"Trestle configuration\",\"type\":\"object\","
                        "\"additionalProperties\":false,\"properties\":{\n\"" TR_CONFIG_ROOT
                        "\":{\"type\":[\"object\",\"null\"],\"additionalProperties\":false,"
                        "\"properties\":{");
    for (size_t i = 0; i < schema->count; i++)
        put_schema_key(out, &schema->keys[i], i == 0 ? "" : ",");
    for (size_t i = next_group(schema, 0); i < schema->count; i = next_group(schema, i + 1)) {
        const char *group = schema->keys[i].group, *separator = "";
        tr_buf_printf(out,
                      ",\n\"%s\":{\"type\":[\"object\",\"null\"],"
                      "\"additionalProperties\":false,\"properties\":{",
                      group);
        for (size_t k = i; k < schema->count; k++) {
            if (!in_group(&schema->keys[k], group)) continue;
            put_schema_key(out, &schema->keys[k], separator);
            separator = ",";
        }
        tr_buf_put_str(out, "}}");
    }
    tr_buf_put_str(out, "}}}}\n");
}

/* The sample: every key with its default, commented out where that says nothing. */
static void put_sample_key(tr_buf *out, const tr_config_key *key, const char *indent)
{
    tr_buf_printf(out, "%s# %s", indent, key->what);
    if (key->least[0] != '\0') tr_buf_printf(out, " From %s to %s.", key->least, key->most);
    tr_buf_printf(out, "%s\n", key->in_use ? "" : " (" NOT_IN_USE ")");
    const char *comment = key->fallback[0] == '\0' ? "#" : "";
    tr_buf_printf(out, "%s%s%s: %s\n", indent, comment, key->name, key->fallback);
}

void tr_config_put_sample(tr_buf *out, const tr_config_schema *schema)
{
    tr_buf_put_str(out, "# Trestle's configuration.  Environment variables (" TR_CONFIG_PREFIX
                        "...) and flags go over this file.\n" TR_CONFIG_ROOT ":\n");
    for (size_t i = 0; i < schema->count; i++)
        if (schema->keys[i].group == NULL) put_sample_key(out, &schema->keys[i], "  ");
    for (size_t i = next_group(schema, 0); i < schema->count; i = next_group(schema, i + 1)) {
        tr_buf_printf(out, "  %s:\n", schema->keys[i].group);
        for (size_t k = i; k < schema->count; k++)
            if (in_group(&schema->keys[k], schema->keys[i].group))
                put_sample_key(out, &schema->keys[k], "    ");
    }
}

/* The reference. */
void tr_config_put_docs(tr_buf *out, const tr_config_schema *schema)
{
    tr_buf_put_str(
        out,
        "# Configuration\n\n"
        "Flags go over environment variables, those over the YAML file, that over defaults.\n"
        "This page is written by `trestle config docs` from the table that the program reads.\n"
        "\n| key | flag | variable | default | range | |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < schema->count; i++) {
        const tr_config_key *key = &schema->keys[i];
        char name[TR_CONFIG_NAME + 8];
        tr_buf_printf(out, "| `" TR_CONFIG_ROOT ".%s`", key->name);
        if (key->group != NULL)
            tr_buf_printf(out, ", `" TR_CONFIG_ROOT ".%s.%s`", key->group, key->name);
        tr_buf_printf(out, " | `%s`", tr_config_flag(key, name));
        tr_buf_printf(out, " | `%s` | %s |", tr_config_variable(key, name), key->fallback);
        if (key->least[0] != '\0')
            tr_buf_printf(out, " %s to %s |", key->least, key->most);
        else
            tr_buf_put_str(out, key->type == TR_CONFIG_BOOL ? " true, false |" : " |");
        tr_buf_printf(out, " %s%s |\n", key->what, key->in_use ? "" : " (" NOT_IN_USE ")");
    }
    tr_buf_put_str(
        out,
        "\nDurations: `ns`, `us`, `ms`, `s`, `m`, `h`, `d`, also together from the largest\n"
        "down (`1h30m`).  Sizes: `B`, `kB`, `MB`, `GB`, `TB` in powers of 1000, `KiB`, `MiB`,\n"
        "`GiB`, `TiB` in powers of 1024.  Switches are also `--no-...` as flags.\n");
}
