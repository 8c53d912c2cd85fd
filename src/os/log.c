#include "os/log.h"

#include <string.h>

#include "os/log_internal.h"

const char *tr_log_level_name(tr_log_level level)
{
    static const char *const names[] = {"off", "error", "warn", "info", "debug", "trace"};
    return names[level];
}

void tr_log_init(tr_log *log, const tr_log_options *options)
{
    memset(log, 0, sizeof(*log));
    log->options = *options;
    log->level = TR_LOG_INFO;
    atomic_init(&log->most, TR_LOG_INFO);
    pthread_mutex_init(&log->rules_lock, NULL);
    pthread_mutex_init(&log->lock, NULL);
}

void tr_log_free(tr_log *log)
{
    tr_log_flush(log);
    pthread_mutex_destroy(&log->rules_lock);
    pthread_mutex_destroy(&log->lock);
}

/* Levels. */
static tr_err parse_level(tr_trail *trail, tr_bytes name, tr_log_level *out)
{
    for (tr_log_level level = TR_LOG_OFF; level <= TR_LOG_TRACE; level++) {
        if (!tr_bytes_eq(name, tr_bytes_str(tr_log_level_name(level)))) continue;
        *out = level;
        return TR_OK;
    }
    return tr_fail(trail, TR_E_ARGUMENT,
                   "\"%.*s\" is no log level; there are off, error, warn, info, debug and trace",
                   (int)TR_MIN(name.len, (size_t)40), (const char *)name.data);
}

static tr_err parse_rule(tr_trail *trail, tr_bytes part, tr_log *into)
{
    const uint8_t *equals = part.len == 0 ? NULL : memchr(part.data, '=', part.len);
    if (equals == NULL) return parse_level(trail, part, &into->level);
    size_t len = (size_t)(equals - part.data);
    if (len == 0 || len >= TR_LOG_MODULE)
        return tr_fail(trail, TR_E_ARGUMENT, "a module's name has 1 to %d characters",
                       TR_LOG_MODULE - 1);
    if (into->rule_count == TR_LOG_RULES)
        return tr_fail(trail, TR_E_ARGUMENT, "more than %d modules with a level of their own",
                       TR_LOG_RULES);
    tr_log_rule *rule = &into->rules[into->rule_count];
    TR_TRY(parse_level(trail, tr_bytes_cut(part, len + 1, part.len), &rule->level));
    memcpy(rule->module, part.data, len);
    rule->module[len] = '\0';
    into->rule_count++;
    return TR_OK;
}

tr_err tr_log_set_levels(tr_trail *trail, tr_log *log, const char *list)
{
    tr_log parsed = {.level = TR_LOG_INFO};
    tr_bytes rest = tr_bytes_str(list);
    for (size_t at = 0; at < rest.len;) {
        const uint8_t *comma = memchr(rest.data + at, ',', rest.len - at);
        size_t end = comma == NULL ? rest.len : (size_t)(comma - rest.data);
        TR_TRY(parse_rule(trail, tr_bytes_cut(rest, at, end - at), &parsed));
        at = end + 1;
    }
    int most = (int)parsed.level;
    for (size_t i = 0; i < parsed.rule_count; i++) most = TR_MAX(most, (int)parsed.rules[i].level);
    pthread_mutex_lock(&log->rules_lock);
    log->level = parsed.level;
    log->rule_count = parsed.rule_count;
    memcpy(log->rules, parsed.rules, sizeof(log->rules));
    atomic_store(&log->have_rules, parsed.rule_count != 0);
    atomic_store(&log->most, most);
    pthread_mutex_unlock(&log->rules_lock);
    return TR_OK;
}

/* The level of a module: that of the longest rule which names it or what it is a part of. */
static tr_log_level level_of(tr_log *log, const char *module)
{
    size_t best = 0;
    pthread_mutex_lock(&log->rules_lock);
    tr_log_level level = log->level;
    for (size_t i = 0; i < log->rule_count; i++) {
        size_t len = strlen(log->rules[i].module);
        if (len < best || strncmp(module, log->rules[i].module, len) != 0) continue;
        if (module[len] != '\0' && module[len] != '.') continue;
        best = len;
        level = log->rules[i].level;
    }
    pthread_mutex_unlock(&log->rules_lock);
    return level;
}

bool tr_log_on(tr_log *log, tr_log_level level, const char *module)
{
    if (log == NULL || (int)level > atomic_load_explicit(&log->most, memory_order_relaxed))
        return false;
    return !atomic_load_explicit(&log->have_rules, memory_order_relaxed) ||
           level <= level_of(log, module);
}

/* Lines.  What follows runs under the lock. */
static void hand_over(tr_log *log, tr_log_level level, tr_bytes line)
{
    if (!log->options.sink->write(log->options.sink, level, line)) log->lost++;
}

/* Says how many lines were lost, once one can be written again. */
static void tell_lost(tr_log *log, int64_t wall)
{
    if (log->lost == 0) return;
    uint8_t memory[256];
    size_t head;
    tr_buf line;
    tr_buf_init_fixed(&line, memory, sizeof(memory));
    tr_log_field count = TR_F_U64("count", log->lost);
    tr_log_put_time(&line, log->options.format, wall);
    tr_log_put_body(&line, log->options.format, log->options.colour, TR_LOG_WARN, "log",
                    "lines lost", &count, 1, &head);
    tr_log_put_end(&line, log->options.format);
    if (log->options.sink->write(log->options.sink, TR_LOG_WARN, tr_buf_view(&line))) log->lost = 0;
}

static void tell_repeats(tr_log *log, int64_t wall)
{
    if (log->repeats == 0) return;
    uint8_t memory[TR_LOG_LINE + 64];
    tr_buf line;
    tr_buf_init_fixed(&line, memory, sizeof(memory));
    tr_log_put_time(&line, log->options.format, wall);
    tr_buf_put(&line, tr_bytes_of(log->last_body, log->last_head));
    if (log->options.format == TR_LOG_JSON)
        tr_buf_printf(&line, ",\"repeated\":%llu", (unsigned long long)log->repeats);
    else
        tr_buf_printf(&line, "  \xe2\x80\xa6 %llu times", (unsigned long long)log->repeats);
    tr_log_put_end(&line, log->options.format);
    hand_over(log, log->last_level, tr_buf_view(&line));
    log->repeats = 0;
}

/* True if the line equals the last one and was counted. */
static bool count_repeat(tr_log *log, int64_t wall, tr_log_level level, tr_bytes body)
{
    bool same = level == log->last_level && body.len == log->last_len &&
                memcmp(body.data, log->last_body, body.len) == 0;
    if (!same) return false;
    if (log->repeats == 0) log->repeats_since = wall;
    log->repeats++;
    if (wall - log->repeats_since >= TR_LOG_COLLAPSED) tell_repeats(log, wall);
    return true;
}

void tr_log_write(tr_log *log, tr_log_level level, const char *module, const char *msg,
                  const tr_log_field *fields, size_t count)
{
    if (log == NULL) return;
    uint8_t memory[TR_LOG_LINE];
    size_t head;
    tr_buf line;
    tr_buf_init_fixed(&line, memory, sizeof(memory));
    int64_t wall = tr_clock_wall(log->options.clock);
    tr_log_put_time(&line, log->options.format, wall);
    size_t time_len = line.len;
    tr_log_put_body(&line, log->options.format, log->options.colour, level, module, msg, fields,
                    count, &head);
    tr_bytes body = tr_bytes_of(memory + time_len, line.len - time_len);
    pthread_mutex_lock(&log->lock);
    if (!count_repeat(log, wall, level, body)) {
        tell_repeats(log, wall);
        tell_lost(log, wall);
        memcpy(log->last_body, body.data, body.len);
        log->last_len = body.len;
        log->last_head = head;
        log->last_level = level;
        tr_log_put_end(&line, log->options.format);
        hand_over(log, level, tr_buf_view(&line));
    }
    pthread_mutex_unlock(&log->lock);
}

void tr_log_flush(tr_log *log)
{
    if (log == NULL) return;
    int64_t wall = tr_clock_wall(log->options.clock);
    pthread_mutex_lock(&log->lock);
    tell_repeats(log, wall);
    tell_lost(log, wall);
    pthread_mutex_unlock(&log->lock);
}
