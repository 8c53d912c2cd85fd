/* The configuration's YAML, read event by event through libyaml.  libyaml knows more of YAML than
 * a configuration needs: what could surprise a reader (anchors, aliases, tags, several documents,
 * deep nesting) is an error here. */
#include <string.h>
#include <yaml.h>

#include "os/config.h"
#include "os/config_internal.h"
#include "os/escape.h"

/* Where in the tree of the table the present mapping lies. */
typedef enum place {
    IN_DOCUMENT, /* the only key is layer2 */
    IN_ROOT,
    IN_GROUP,
    IN_UNKNOWN, /* below a key that was reported already */
} place;

typedef struct seen_key seen_key;
struct seen_key {
    tr_bytes name;
    uint32_t line;
    const seen_key *next;
};

typedef struct reader {
    tr_config *config;
    tr_bytes yaml;
    yaml_parser_t parser;
    uint32_t key_lines[TR_CONFIG_MAX_KEYS]; /* where each key of the table was set, from 1 */
    unsigned depth;
    bool stopped; /* what follows cannot be understood, or is not wanted */
} reader;

enum { SHOWN = 100 }; /* characters of a line shown with an error */

/* Errors with their place. */
static tr_bytes line_of(const reader *r, size_t line)
{
    size_t at = 0;
    for (; line > 0 && at < r->yaml.len; line--) {
        const uint8_t *end = memchr(r->yaml.data + at, '\n', r->yaml.len - at);
        at = end == NULL ? r->yaml.len : (size_t)(end - r->yaml.data) + 1;
    }
    tr_bytes rest = tr_bytes_cut(r->yaml, at, r->yaml.len);
    const uint8_t *end = rest.len == 0 ? NULL : memchr(rest.data, '\n', rest.len);
    if (end != NULL) rest.len = (size_t)(end - rest.data);
    return rest;
}

/* The line, one column for each character whatever it is, from the column first on. */
static void put_line(tr_buf *out, tr_bytes line, size_t first)
{
    size_t column = 0;
    for (size_t i = 0; i < line.len && column < first + SHOWN; column++) {
        uint32_t c;
        size_t len = tr_utf8_at(line.data + i, line.len - i, &c);
        if (column >= first) {
            if (len == 0)
                tr_buf_put_u8(out, '?');
            else if (tr_utf8_is_hostile(c))
                tr_buf_put_u8(out, ' ');
            else
                tr_buf_put(out, tr_bytes_cut(line, i, len));
        }
        i += len == 0 ? 1 : len;
    }
}

static tr_err report_at(reader *r, tr_err code, yaml_mark_t mark, const char *format, ...)
    TR_PRINTF(4, 5);

static tr_err report_at(reader *r, tr_err code, yaml_mark_t mark, const char *format, ...)
{
    char memory[2048];
    tr_buf text;
    /* Only counted: finding the line again for each of very many errors would take long. */
    if (r->config->error_count >= TR_CONFIG_MAX_ERRORS)
        return tr_config_report(r->config, code, (tr_bytes){NULL, 0});
    tr_buf_init_fixed(&text, memory, sizeof(memory));
    (void)tr_escape_text(&text, TR_ESCAPE_HUMAN, tr_bytes_cut(r->config->file, 0, 200), 1000);
    tr_buf_printf(&text, ":%zu:%zu: ", mark.line + 1, mark.column + 1);
    va_list args;
    va_start(args, format);
    tr_buf_vprintf(&text, format, args);
    va_end(args);
    size_t first = mark.column < SHOWN * 3 / 4 ? 0 : mark.column - SHOWN / 2;
    tr_buf_printf(&text, "\n%5zu | ", mark.line + 1);
    put_line(&text, line_of(r, mark.line), first);
    tr_buf_printf(&text, "\n      | %*s^", (int)(mark.column - first), "");
    return tr_config_report(r->config, code, tr_buf_view(&text));
}

static tr_err stop_at(reader *r, tr_err code, yaml_mark_t mark, const char *sentence)
{
    r->stopped = true;
    return report_at(r, code, mark, "%s", sentence);
}

/* Names from the file in messages: escaped, cut. */
typedef struct shown_name {
    char text[100];
} shown_name;

static shown_name show_name(tr_bytes name)
{
    shown_name shown = {""};
    tr_buf text;
    tr_buf_init_fixed(&text, shown.text, sizeof(shown.text) - 1);
    if (!tr_escape_text(&text, TR_ESCAPE_HUMAN, name, 4)) tr_buf_put_str(&text, "...");
    return shown;
}

/* Events. */
static tr_err next_event(reader *r, yaml_event_t *event)
{
    if (yaml_parser_parse(&r->parser, event) == 1) return TR_OK;
    memset(event, 0, sizeof(*event));
    if (r->parser.error == YAML_MEMORY_ERROR) return TR_E_MEMORY;
    r->stopped = true;
    yaml_mark_t mark = r->parser.problem_mark;
    const char *problem = r->parser.problem == NULL ? "not YAML" : r->parser.problem;
    if (r->parser.error != YAML_READER_ERROR) return report_at(r, TR_E_SYNTAX, mark, "%s", problem);
    /* The bytes themselves are wrong: the place is known as an offset only. */
    size_t offset = TR_MIN(r->parser.problem_offset, r->yaml.len), start = 0;
    mark = (yaml_mark_t){0};
    for (size_t i = 0; i < offset; i++) {
        if (r->yaml.data[i] != '\n') continue;
        mark.line++;
        start = i + 1;
    }
    mark.column = offset - start;
    return report_at(r, TR_E_SYNTAX, mark, "%s", problem);
}

/* What no value may have. */
static tr_err check_properties(reader *r, yaml_mark_t mark, const yaml_char_t *anchor,
                               const yaml_char_t *tag)
{
    if (anchor != NULL) return stop_at(r, TR_E_UNSUPPORTED, mark, "anchors are not allowed");
    if (tag != NULL) return stop_at(r, TR_E_UNSUPPORTED, mark, "tags are not allowed");
    return TR_OK;
}

static tr_err check_event(reader *r, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return stop_at(r, TR_E_UNSUPPORTED, event->start_mark, "aliases are not allowed");
    case YAML_SCALAR_EVENT:
        return check_properties(r, event->start_mark, event->data.scalar.anchor,
                                event->data.scalar.tag);
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        if (++r->depth > TR_CONFIG_MAX_DEPTH)
            return stop_at(r, TR_E_DEPTH, event->start_mark, "more than 16 levels of nesting");
        if (event->type == YAML_MAPPING_START_EVENT)
            return check_properties(r, event->start_mark, event->data.mapping_start.anchor,
                                    event->data.mapping_start.tag);
        return check_properties(r, event->start_mark, event->data.sequence_start.anchor,
                                event->data.sequence_start.tag);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        r->depth--;
        return TR_OK;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_START_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return TR_OK;
    }
    return TR_OK;
}

/* The next event, checked.  When the reader has stopped it is no event. */
static tr_err take_event(reader *r, yaml_event_t *event)
{
    TR_TRY(next_event(r, event));
    tr_err err = r->stopped ? TR_OK : check_event(r, event);
    if (err != TR_OK || r->stopped) {
        yaml_event_delete(event);
        memset(event, 0, sizeof(*event));
    }
    return err;
}

static tr_bytes scalar_of(const yaml_event_t *event)
{
    return tr_bytes_of(event->data.scalar.value, event->data.scalar.length);
}

/* An empty value that was not written as "". */
static bool is_missing(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

/* Setting a key. */
static tr_err set_key(reader *r, const tr_config_key *key, const yaml_event_t *value)
{
    tr_trail trail;
    tr_config_entry entry = {.origin = TR_CONFIG_FROM_FILE,
                             .line = (uint32_t)value->start_mark.line + 1,
                             .column = (uint32_t)value->start_mark.column + 1};
    if (is_missing(value))
        return report_at(r, TR_E_SYNTAX, value->start_mark, "\"%s\" has no value", key->name);
    tr_bytes text = scalar_of(value);
    tr_err err = tr_config_parse(&trail, key, text, &entry);
    if (err != TR_OK)
        return report_at(r, err, value->start_mark, "\"%s\": %s", key->name, trail.text);
    if (key->type == TR_CONFIG_TEXT || key->type == TR_CONFIG_SECRET_FILE) {
        entry.value.text = tr_arena_copy(r->config->arena, text);
        if (entry.value.text.data == NULL) return TR_E_MEMORY;
    }
    r->config->entries[key - r->config->schema->keys] = entry;
    return TR_OK;
}

static tr_err unknown_key(reader *r, place where, tr_bytes group, const yaml_event_t *event)
{
    tr_bytes name = scalar_of(event);
    tr_nearest nearest = {.to = name, .distance = SIZE_MAX};
    const tr_config_schema *schema = r->config->schema;
    for (size_t i = 0; i < schema->count && where != IN_DOCUMENT; i++) {
        const char *own = schema->keys[i].group;
        bool mine = own != NULL && tr_bytes_eq(group, tr_bytes_str(own));
        if (where == IN_ROOT || mine) tr_nearest_offer(&nearest, schema->keys[i].name);
        if (where == IN_ROOT && own != NULL) tr_nearest_offer(&nearest, own);
    }
    if (where == IN_DOCUMENT) tr_nearest_offer(&nearest, TR_CONFIG_ROOT);
    shown_name shown = show_name(name);
    if (where == IN_DOCUMENT && tr_config_find(schema, name) != NULL)
        return report_at(r, TR_E_CONFIG_KEY, event->start_mark,
                         "\"%s\" belongs under \"" TR_CONFIG_ROOT "\"", shown.text);
    if (where == IN_GROUP && tr_config_find(schema, name) != NULL)
        return report_at(r, TR_E_CONFIG_KEY, event->start_mark,
                         "\"%s\" belongs directly under \"" TR_CONFIG_ROOT "\"", shown.text);
    return report_at(r, TR_E_CONFIG_KEY, event->start_mark,
                     "unknown key \"%s\": the nearest one is \"%s\"", shown.text, nearest.name);
}

static tr_err read_mapping(reader *r, place where, tr_bytes group);

/* Goes over a value of no interest: its parts are still checked. */
static tr_err skip_value(reader *r, const yaml_event_t *first)
{
    if (first->type == YAML_MAPPING_START_EVENT)
        return read_mapping(r, IN_UNKNOWN, (tr_bytes){NULL, 0});
    if (first->type != YAML_SEQUENCE_START_EVENT) return TR_OK;
    for (bool more = true; more && !r->stopped;) {
        yaml_event_t event;
        TR_TRY(take_event(r, &event));
        more = event.type != YAML_SEQUENCE_END_EVENT;
        tr_err err = more && !r->stopped ? skip_value(r, &event) : TR_OK;
        yaml_event_delete(&event);
        TR_TRY(err);
    }
    return TR_OK;
}

static tr_err wrong_kind(reader *r, const yaml_event_t *value, const char *name, const char *what)
{
    TR_TRY(report_at(r, TR_E_TYPE, value->start_mark, "\"%s\" takes %s", name, what));
    return skip_value(r, value);
}

/* The value of a key that the table has, flat or in its group. */
static tr_err known_value(reader *r, const tr_config_key *key, const yaml_event_t *name,
                          const yaml_event_t *value)
{
    uint32_t *line = &r->key_lines[key - r->config->schema->keys];
    if (*line != 0) {
        TR_TRY(report_at(r, TR_E_DUPLICATE, name->start_mark,
                         "\"%s\" is set twice: the first time on line %u", key->name, *line));
        return skip_value(r, value);
    }
    *line = (uint32_t)name->start_mark.line + 1;
    if (value->type != YAML_SCALAR_EVENT) return wrong_kind(r, value, key->name, "a single value");
    return set_key(r, key, value);
}

static tr_err mapping_value(reader *r, place where, tr_bytes name, const yaml_event_t *value)
{
    if (value->type == YAML_MAPPING_START_EVENT) return read_mapping(r, where, name);
    if (is_missing(value)) return TR_OK;
    return wrong_kind(r, value, show_name(name).text, "keys below it");
}

static tr_err one_value(reader *r, place where, tr_bytes group, const yaml_event_t *name_event,
                        const yaml_event_t *value)
{
    tr_bytes name = scalar_of(name_event);
    const tr_config_schema *schema = r->config->schema;
    if (where == IN_UNKNOWN) return skip_value(r, value);
    if (where == IN_DOCUMENT && tr_bytes_eq(name, TR_LIT(TR_CONFIG_ROOT)))
        return mapping_value(r, IN_ROOT, name, value);
    const tr_config_key *key = where == IN_DOCUMENT ? NULL : tr_config_find(schema, name);
    bool mine =
        key != NULL &&
        (where == IN_ROOT || (key->group != NULL && tr_bytes_eq(group, tr_bytes_str(key->group))));
    if (mine) return known_value(r, key, name_event, value);
    if (where == IN_ROOT && tr_config_has_group(schema, name))
        return mapping_value(r, IN_GROUP, name, value);
    TR_TRY(unknown_key(r, where, group, name_event));
    return skip_value(r, value);
}

/* Remembers a key of this mapping; *twice says on which line it was before, or 0. */
static tr_err remember(reader *r, const seen_key **seen, const yaml_event_t *event, uint32_t *twice)
{
    tr_bytes name = scalar_of(event);
    *twice = 0;
    for (const seen_key *k = *seen; k != NULL; k = k->next)
        if (tr_bytes_eq(k->name, name)) *twice = k->line;
    if (*twice != 0) return TR_OK;
    seen_key *fresh = TR_ARENA_NEW(r->config->arena, seen_key);
    tr_bytes copy = tr_arena_copy(r->config->arena, name);
    if (fresh == NULL || copy.data == NULL) return TR_E_MEMORY;
    *fresh = (seen_key){copy, (uint32_t)event->start_mark.line + 1, *seen};
    *seen = fresh;
    return TR_OK;
}

static tr_err one_entry(reader *r, place where, tr_bytes group, const seen_key **seen,
                        const yaml_event_t *name)
{
    uint32_t twice;
    yaml_event_t value;
    if (name->type != YAML_SCALAR_EVENT)
        return stop_at(r, TR_E_TYPE, name->start_mark, "a key must be a single word");
    TR_TRY(remember(r, seen, name, &twice));
    TR_TRY(take_event(r, &value));
    tr_err err = TR_OK;
    if (!r->stopped && twice != 0) {
        err = report_at(r, TR_E_DUPLICATE, name->start_mark,
                        "\"%s\" is set twice: the first time on line %u",
                        show_name(scalar_of(name)).text, twice);
        if (err == TR_OK) err = skip_value(r, &value);
    } else if (!r->stopped) {
        err = one_value(r, where, group, name, &value);
    }
    yaml_event_delete(&value);
    return err;
}

/* Reads the entries of a mapping whose start was taken. */
static tr_err read_mapping(reader *r, place where, tr_bytes group)
{
    const seen_key *seen = NULL;
    size_t entries = 0;
    for (bool more = true; more && !r->stopped;) {
        yaml_event_t name;
        TR_TRY(take_event(r, &name));
        more = name.type != YAML_MAPPING_END_EVENT && !r->stopped;
        tr_err err = TR_OK;
        if (more && ++entries > TR_CONFIG_MAX_ENTRIES)
            err = stop_at(r, TR_E_LIMIT, name.start_mark, "more than 256 keys in one place");
        else if (more)
            err = one_entry(r, where, group, &seen, &name);
        yaml_event_delete(&name);
        TR_TRY(err);
    }
    return TR_OK;
}

static tr_err document_start(reader *r, const yaml_event_t *event, size_t number)
{
    bool directives = event->data.document_start.version_directive != NULL ||
                      event->data.document_start.tag_directives.start !=
                          event->data.document_start.tag_directives.end;
    if (directives)
        return stop_at(r, TR_E_UNSUPPORTED, event->start_mark, "directives are not allowed");
    if (number > 1)
        return stop_at(r, TR_E_UNSUPPORTED, event->start_mark, "a second document is not allowed");
    return TR_OK;
}

static tr_err read_stream(reader *r)
{
    size_t documents = 0;
    for (bool more = true; more && !r->stopped;) {
        yaml_event_t event;
        tr_err err = TR_OK;
        TR_TRY(take_event(r, &event));
        switch (event.type) {
        case YAML_STREAM_END_EVENT:
            more = false;
            break;
        case YAML_DOCUMENT_START_EVENT:
            err = document_start(r, &event, ++documents);
            break;
        case YAML_MAPPING_START_EVENT:
            err = read_mapping(r, IN_DOCUMENT, (tr_bytes){NULL, 0});
            break;
        case YAML_SCALAR_EVENT:
            if (is_missing(&event)) break;
            err = stop_at(r, TR_E_TYPE, event.start_mark,
                          "the file must begin with \"" TR_CONFIG_ROOT ":\"");
            break;
        case YAML_SEQUENCE_START_EVENT:
            err = stop_at(r, TR_E_TYPE, event.start_mark,
                          "the file must begin with \"" TR_CONFIG_ROOT ":\"");
            break;
        case YAML_NO_EVENT:
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
        case YAML_ALIAS_EVENT:
        case YAML_SEQUENCE_END_EVENT:
        case YAML_MAPPING_END_EVENT:
            break;
        }
        yaml_event_delete(&event);
        TR_TRY(err);
    }
    return TR_OK;
}

tr_err tr_config_add_yaml(tr_config *config, tr_bytes yaml, const char *name)
{
    config->file = tr_arena_copy(config->arena, tr_bytes_str(name));
    if (config->file.data == NULL) return TR_E_MEMORY;
    reader r = {.config = config, .yaml = yaml};
    if (yaml.len > TR_CONFIG_MAX_FILE)
        return report_at(&r, TR_E_LIMIT, (yaml_mark_t){0}, "the file is longer than 1 MiB");
    if (yaml_parser_initialize(&r.parser) != 1) return TR_E_MEMORY;
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, yaml.data, yaml.len);
    tr_err err = read_stream(&r);
    yaml_parser_delete(&r.parser);
    return err;
}

tr_err tr_config_load(tr_trail *trail, tr_config *config, tr_fs *fs, const char *path,
                      const char *const *variables)
{
    tr_err err = TR_OK;
    if (path != NULL) {
        tr_buf text;
        tr_buf_init(&text, &config->arena->alloc, TR_CONFIG_MAX_FILE);
        TR_TRY(tr_file_read_all(trail, fs, path, TR_CONFIG_MAX_FILE, &text));
        err = tr_config_add_yaml(config, tr_buf_view(&text), path);
    }
    if (err == TR_OK) err = tr_config_add_environment(config, variables);
    if (err == TR_OK) err = tr_config_add_flags(config);
    if (err != TR_OK) return tr_fail(trail, err, "no memory for the configuration");
    return tr_config_finish(trail, config);
}
