/* Structured logging: one line for each event, for people or as JSON.
 *
 *   12:04:31.207 INFO  sequencer  block sealed  number=812 txs=1000 gas=21.0M took=38ms
 *   {"ts":"2026-11-21T12:04:31.207113589Z","level":"info","module":"sequencer",
 *    "msg":"block sealed","number":812,"txs":1000,"gas":21000000,"took_ns":38000000}   (one line)
 *
 * msg is a constant; what varies is a field.  Text in fields may come from anybody: it is escaped,
 * so that it can neither end a line nor move a cursor.  A line that equals the last one but for its
 * time is counted instead of written, and the count follows: "… 312 times".
 *
 * A logger is an object that is handed in; NULL logs nothing.  Any thread may use it.  A line is
 * made in a buffer on the caller's stack, no memory is taken, and a reader that does not read costs
 * its callers at most TR_LOG_PATIENCE once: after that lines are dropped and counted. */
#ifndef TR_OS_LOG_H
#define TR_OS_LOG_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/result.h"
#include "os/clock.h"

typedef enum tr_log_level {
    TR_LOG_OFF, /* only as a limit */
    TR_LOG_ERROR,
    TR_LOG_WARN,
    TR_LOG_INFO,
    TR_LOG_DEBUG,
    TR_LOG_TRACE,
} tr_log_level;

typedef enum tr_log_format {
    TR_LOG_HUMAN, /* times in UTC */
    TR_LOG_JSON,
} tr_log_format;

enum {
    TR_LOG_LINE = 2048, /* a longer line is cut, marked by "…" and in JSON by "cut":true */
    TR_LOG_RULES = 32,  /* modules with a level of their own */
    TR_LOG_MODULE = 32, /* a module's name with its zero byte */
};
#define TR_LOG_PATIENCE  (20 * TR_NS_PER_MS) /* how long a line waits for a slow reader */
#define TR_LOG_COLLAPSED (5 * TR_NS_PER_S)   /* how long repeats are counted before it is said */

/* Where lines go.  write is called by one thread at a time with one whole line, its newline
 * included; false says that the line is lost.  It must not wait for long, nor log. */
typedef struct tr_log_sink tr_log_sink;
struct tr_log_sink {
    bool (*write)(tr_log_sink *self, tr_log_level level, tr_bytes line);
};

/* Lines into a file descriptor, which stays the caller's: no SIGPIPE, no lasting wait. */
typedef struct tr_log_fd {
    tr_log_sink sink;
    int fd;
    bool pipe;    /* writing to it can raise SIGPIPE */
    bool stalled; /* the last line was lost: the next does not wait */
    bool broken;  /* a line ended in its middle: the next begins with a newline */
} tr_log_fd;

void tr_log_fd_init(tr_log_fd *sink, int fd);

/* tr_log_wants_colour is true when fd is a terminal, no_color (the environment's NO_COLOR) is NULL
 * or empty, and term (TERM) is not "dumb". */
bool tr_log_wants_colour(int fd, const char *no_color, const char *term);

/* A field of a line: made by the macros below. */
typedef enum tr_log_kind {
    TR_LOG_KIND_U64,
    TR_LOG_KIND_I64,
    TR_LOG_KIND_BOOL,
    TR_LOG_KIND_TEXT,
    TR_LOG_KIND_HEX,
    TR_LOG_KIND_COUNT,
    TR_LOG_KIND_NS,
    TR_LOG_KIND_TRACE,
} tr_log_kind;

typedef struct tr_log_field {
    const char *key; /* a constant: lower case letters, digits, _ */
    tr_log_kind kind;
    union {
        uint64_t u64;
        int64_t i64;
        bool truth;
        tr_bytes bytes;
    } value;
} tr_log_field;

#define TR_F_U64(k, v)   ((tr_log_field){(k), TR_LOG_KIND_U64, {.u64 = (v)}})
#define TR_F_I64(k, v)   ((tr_log_field){(k), TR_LOG_KIND_I64, {.i64 = (v)}})
#define TR_F_BOOL(k, v)  ((tr_log_field){(k), TR_LOG_KIND_BOOL, {.truth = (v)}})
#define TR_F_TEXT(k, v)  ((tr_log_field){(k), TR_LOG_KIND_TEXT, {.bytes = (v)}}) /* a view */
#define TR_F_STR(k, v)   TR_F_TEXT(k, tr_bytes_str(v))
#define TR_F_HEX(k, v)   ((tr_log_field){(k), TR_LOG_KIND_HEX, {.bytes = (v)}}) /* 0x... */
#define TR_F_COUNT(k, v) ((tr_log_field){(k), TR_LOG_KIND_COUNT, {.u64 = (v)}}) /* 21.0M */
#define TR_F_NS(k, v)    ((tr_log_field){(k), TR_LOG_KIND_NS, {.i64 = (v)}})    /* 38ms */
#define TR_F_TRACE(v)    ((tr_log_field){"trace_id", TR_LOG_KIND_TRACE, {.bytes = (v)}})

typedef struct tr_log_options {
    tr_log_sink *sink; /* outlives the logger */
    tr_clock *clock;
    tr_log_format format;
    bool colour; /* of the level, in human lines */
} tr_log_options;

typedef struct tr_log_rule {
    char module[TR_LOG_MODULE];
    tr_log_level level;
} tr_log_rule;

typedef struct tr_log {
    tr_log_options options;
    _Atomic int most;        /* the most talkative level of any module */
    _Atomic bool have_rules; /* else most is the level of all */
    pthread_mutex_t rules_lock;
    tr_log_level level; /* of modules without a rule */
    tr_log_rule rules[TR_LOG_RULES];
    size_t rule_count;
    pthread_mutex_t lock; /* of all below */
    uint64_t lost;
    uint64_t repeats; /* of the last line, not yet told */
    int64_t repeats_since;
    tr_log_level last_level;
    size_t last_head; /* of last_body up to and with msg */
    size_t last_len;
    uint8_t last_body[TR_LOG_LINE]; /* the last line without its time */
} tr_log;

/* tr_log_init makes a logger at level info. */
void tr_log_init(tr_log *log, const tr_log_options *options);

/* tr_log_free writes what is still counted. */
void tr_log_free(tr_log *log);

/* tr_log_set_levels sets all levels anew from a list like "info,sequencer=debug,rpc=warn".  A
 * module's rule holds for module.part too, unless that has its own.  TR_E_ARGUMENT; the levels are
 * then as they were. */
TR_NODISCARD tr_err tr_log_set_levels(tr_trail *trail, tr_log *log, const char *list);

/* tr_log_on is true when lines of this level and module are written. */
bool tr_log_on(tr_log *log, tr_log_level level, const char *module);

/* tr_log_write writes a line whether its level is on or not; use the macros. */
void tr_log_write(tr_log *log, tr_log_level level, const char *module, const char *msg,
                  const tr_log_field *fields, size_t count);

/* tr_log_flush writes the count of repeats that is still open. */
void tr_log_flush(tr_log *log);

const char *tr_log_level_name(tr_log_level level);

/* TR_LOG_AT(log, TR_LOG_INFO, "sequencer", "block sealed", TR_F_U64("number", n), ...): the fields
 * are not looked at when the level is off. */
#define TR_LOG_AT(log, level, module, msg, ...)                                                    \
    do {                                                                                           \
        if (tr_log_on((log), (level), (module))) {                                                 \
            const tr_log_field tr_log_fields_[] = {{.key = NULL}, ##__VA_ARGS__};                  \
            tr_log_write((log), (level), (module), (msg), tr_log_fields_ + 1,                      \
                         TR_COUNTOF(tr_log_fields_) - 1);                                          \
        }                                                                                          \
    } while (0)
#define TR_ERROR(log, module, msg, ...) TR_LOG_AT(log, TR_LOG_ERROR, module, msg, ##__VA_ARGS__)
#define TR_WARN(log, module, msg, ...)  TR_LOG_AT(log, TR_LOG_WARN, module, msg, ##__VA_ARGS__)
#define TR_INFO(log, module, msg, ...)  TR_LOG_AT(log, TR_LOG_INFO, module, msg, ##__VA_ARGS__)
#define TR_DEBUG(log, module, msg, ...) TR_LOG_AT(log, TR_LOG_DEBUG, module, msg, ##__VA_ARGS__)
#define TR_TRACE(log, module, msg, ...) TR_LOG_AT(log, TR_LOG_TRACE, module, msg, ##__VA_ARGS__)

#endif
