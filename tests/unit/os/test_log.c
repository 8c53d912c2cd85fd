#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness.h"
#include "os/log.h"
#include "os/thread.h"

/* A sink that keeps what it gets, and can lose lines. */
typedef struct kept {
    tr_log_sink sink;
    tr_buf text;
    size_t lines;
    bool lose;
} kept;

static bool keep(tr_log_sink *self, tr_log_level level, tr_bytes line)
{
    kept *k = (kept *)self;
    TR_CHECK(level >= TR_LOG_ERROR && level <= TR_LOG_TRACE);
    if (k->lose) return false;
    tr_buf_put(&k->text, line);
    k->lines++;
    return true;
}

static kept sink;
static tr_clock_sim sim;
static tr_log logger;

/* 2026-11-21 12:04:31.207113589 UTC */
#define NOW (1795262671 * TR_NS_PER_S + 207113589)

static tr_log *begin(tr_log_format format)
{
    sink = (kept){.sink = {keep}};
    tr_buf_init(&sink.text, &tr_test_arena()->alloc, SIZE_MAX);
    tr_clock_sim_init(&sim, 0, NOW);
    tr_log_options options = {.sink = &sink.sink, .clock = &sim.clock, .format = format};
    tr_log_init(&logger, &options);
    return &logger;
}

static void check_text(const char *want)
{
    TR_CHECK_OK(tr_buf_err(&sink.text));
    const char *got = tr_buf_text(&sink.text);
    TR_CHECK_MSG(strcmp(got, want) == 0, "got:\n%s\nexpected:\n%s", got, want);
    tr_buf_clear(&sink.text);
}

TR_TEST(lines_for_people)
{
    tr_log *log = begin(TR_LOG_HUMAN);
    TR_INFO(log, "sequencer", "block sealed", TR_F_U64("number", 812), TR_F_U64("txs", 1000),
            TR_F_COUNT("gas", 21000000), TR_F_NS("took", 38 * TR_NS_PER_MS));
    check_text(
        "12:04:31.207 INFO  sequencer  block sealed  number=812 txs=1000 gas=21.0M took=38ms\n");
    TR_ERROR(log, "store", "cannot go on");
    check_text("12:04:31.207 ERROR store  cannot go on\n");
    TR_WARN(log, "rpc", "x", TR_F_I64("a", INT64_MIN), TR_F_BOOL("b", true), TR_F_BOOL("c", false),
            TR_F_HEX("d", TR_LIT("\x00\xff\x10")), TR_F_STR("e", "plain"), TR_F_STR("f", ""),
            TR_F_STR("g", "two words"), TR_F_STR("h", "a=b"), TR_F_TRACE(TR_LIT("\x4b\xf9")));
    check_text(
        "12:04:31.207 WARN  rpc  x  a=-9223372036854775808 b=true c=false d=0x00ff10 e=plain "
        "f=\"\" g=\"two words\" h=\"a=b\" trace_id=4bf9\n");
    tr_log_free(log);
}

TR_TEST(numbers_for_people)
{
    tr_log *log = begin(TR_LOG_HUMAN);
    TR_INFO(log, "m", "n", TR_F_COUNT("a", 0), TR_F_COUNT("b", 9999), TR_F_COUNT("c", 10000),
            TR_F_COUNT("d", 999999), TR_F_COUNT("e", 1000000), TR_F_COUNT("f", 999999999),
            TR_F_COUNT("g", UINT64_MAX));
    check_text("12:04:31.207 INFO  m  n  a=0 b=9999 c=10.0k d=999k e=1.0M f=999M g=18446744073G\n");
    TR_INFO(log, "m", "n", TR_F_NS("a", 0), TR_F_NS("b", 999), TR_F_NS("c", 1500),
            TR_F_NS("d", 999999999), TR_F_NS("e", 2 * TR_NS_PER_S), TR_F_NS("f", -1500000000),
            TR_F_NS("g", INT64_MIN));
    check_text(
        "12:04:31.207 INFO  m  n  a=0ns b=999ns c=1.5us d=999ms e=2s f=-1.5s g=-9223372036s\n");
    tr_log_free(log);
}

TR_TEST(lines_as_json)
{
    tr_log *log = begin(TR_LOG_JSON);
    TR_INFO(log, "sequencer", "block sealed", TR_F_U64("number", UINT64_MAX),
            TR_F_COUNT("gas", 21000000), TR_F_NS("took", 38 * TR_NS_PER_MS),
            TR_F_BOOL("last", false), TR_F_HEX("hash", TR_LIT("\xab")), TR_F_STR("by", "a b"),
            TR_F_TRACE(TR_LIT("\x4b\xf9")));
    check_text(
        "{\"ts\":\"2026-11-21T12:04:31.207113589Z\",\"level\":\"info\",\"module\":\"sequencer\","
        "\"msg\":\"block sealed\",\"number\":18446744073709551615,\"gas\":21000000,"
        "\"took_ns\":38000000,\"last\":false,\"hash\":\"0xab\",\"by\":\"a b\","
        "\"trace_id\":\"4bf9\"}\n");
    TR_ERROR(log, "store", "cannot go on");
    check_text(
        "{\"ts\":\"2026-11-21T12:04:31.207113589Z\",\"level\":\"error\",\"module\":\"store\","
        "\"msg\":\"cannot go on\"}\n");
    tr_log_free(log);
}

#define HOSTILE                                                                                    \
    "a\n\r\t\"\\\x1b[2J\x7f\xc2\x85\xe2\x80\xae"                                                   \
    "\xff\xc0\x80\xed\xa0\x80 \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"

TR_TEST(hostile_text_is_escaped)
{
    tr_log *log = begin(TR_LOG_HUMAN);
    TR_INFO(log, "m", "x", TR_F_STR("t", HOSTILE));
    check_text("12:04:31.207 INFO  m  x  t=\"a\\n\\r\\t\\\"\\\\\\u001b[2J\\u007f\\u0085\\u202e"
               "\\xff\\xc0\\x80\\xed\\xa0\\x80 \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"\n");
    tr_log_free(log);
    log = begin(TR_LOG_JSON);
    TR_INFO(log, "m", "x", TR_F_TEXT("t", TR_LIT(HOSTILE "\0")));
    check_text("{\"ts\":\"2026-11-21T12:04:31.207113589Z\",\"level\":\"info\",\"module\":\"m\","
               "\"msg\":\"x\",\"t\":\"a\\n\\r\\t\\\"\\\\\\u001b[2J\\u007f\\u0085\\u202e"
               "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd "
               "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\\u0000\"}\n");
    tr_log_free(log);
}

TR_TEST(colour_is_of_the_level_only)
{
    tr_log *log = begin(TR_LOG_HUMAN);
    log->options.colour = true;
    TR_ERROR(log, "m", "x");
    check_text("12:04:31.207 \x1b[31mERROR\x1b[0m m  x\n");
    tr_log_free(log);
    int fds[2];
    TR_CHECK(pipe(fds) == 0);
    TR_CHECK(!tr_log_wants_colour(fds[1], NULL, "xterm"));
    close(fds[0]);
    close(fds[1]);
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0) TR_SKIP("no pseudo terminals here");
    TR_CHECK(tr_log_wants_colour(terminal, NULL, "xterm"));
    TR_CHECK(tr_log_wants_colour(terminal, "", "xterm"));
    TR_CHECK(!tr_log_wants_colour(terminal, "1", "xterm"));
    TR_CHECK(!tr_log_wants_colour(terminal, NULL, "dumb"));
    TR_CHECK(!tr_log_wants_colour(terminal, NULL, NULL));
    close(terminal);
}

TR_TEST(levels_of_modules)
{
    tr_log *log = begin(TR_LOG_HUMAN);
    TR_CHECK(tr_log_on(log, TR_LOG_INFO, "any") && !tr_log_on(log, TR_LOG_DEBUG, "any"));
    TR_CHECK(!tr_log_on(NULL, TR_LOG_ERROR, "any"));
    TR_CHECK_OK(tr_log_set_levels(NULL, log, "warn,rollup=debug,rollup.zk=off,rpc=error"));
    TR_CHECK(tr_log_on(log, TR_LOG_WARN, "any") && !tr_log_on(log, TR_LOG_INFO, "any"));
    TR_CHECK(tr_log_on(log, TR_LOG_DEBUG, "rollup") && !tr_log_on(log, TR_LOG_TRACE, "rollup"));
    TR_CHECK(tr_log_on(log, TR_LOG_DEBUG, "rollup.optimistic"));
    TR_CHECK(!tr_log_on(log, TR_LOG_ERROR, "rollup.zk"));
    TR_CHECK(!tr_log_on(log, TR_LOG_INFO, "rollups"));
    TR_CHECK(tr_log_on(log, TR_LOG_ERROR, "rpc") && !tr_log_on(log, TR_LOG_WARN, "rpc"));
    tr_trail trail;
    TR_CHECK_ERR(tr_log_set_levels(&trail, log, "trace,rpc=loud"), TR_E_ARGUMENT);
    TR_CHECK_STR(trail.text,
                 "\"loud\" is no log level; there are off, error, warn, info, debug and trace");
    TR_CHECK(!tr_log_on(log, TR_LOG_INFO, "any"));
    TR_CHECK_ERR(tr_log_set_levels(&trail, log, "=info"), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_log_set_levels(&trail, log, "a,"), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_log_set_levels(&trail, log, "a-name-that-is-longer-than-anyone-needs=info"),
                 TR_E_ARGUMENT);
    char many[TR_LOG_RULES * 8 + 16] = "";
    for (int i = 0; i <= TR_LOG_RULES; i++) strcat(many, "m=info,");
    TR_CHECK_ERR(tr_log_set_levels(&trail, log, many), TR_E_ARGUMENT);
    TR_CHECK_OK(tr_log_set_levels(&trail, log, ""));
    TR_CHECK(tr_log_on(log, TR_LOG_INFO, "rpc") && !tr_log_on(log, TR_LOG_DEBUG, "rollup"));
    TR_CHECK_OK(tr_log_set_levels(&trail, log, "off"));
    TR_ERROR(log, "m", "silence");
    TR_CHECK_EQ(sink.lines, 0);
    tr_log_free(log);
}

static int looked;

static uint64_t look(void)
{
    looked++;
    return 1;
}

TR_TEST(fields_of_silent_lines_are_not_computed)
{
    tr_log *log = begin(TR_LOG_HUMAN);
    looked = 0;
    TR_DEBUG(log, "m", "x", TR_F_U64("n", look()));
    TR_CHECK_EQ(looked, 0);
    TR_INFO(log, "m", "x", TR_F_U64("n", look()));
    TR_CHECK_EQ(looked, 1);
    tr_log_free(log);
}

TR_TEST(repeats_are_counted)
{
    tr_log *log = begin(TR_LOG_HUMAN);
    for (int i = 0; i < 313; i++) {
        tr_clock_sim_advance(&sim, TR_NS_PER_MS);
        TR_WARN(log, "rpc", "slow", TR_F_U64("n", 1));
    }
    TR_INFO(log, "rpc", "slow", TR_F_U64("n", 1));
    TR_INFO(log, "rpc", "slow", TR_F_U64("n", 2));
    TR_INFO(log, "rpc", "slow", TR_F_U64("n", 2));
    tr_log_flush(log);
    tr_log_flush(log);
    check_text("12:04:31.208 WARN  rpc  slow  n=1\n"
               "12:04:31.520 WARN  rpc  slow  \xe2\x80\xa6 312 times\n"
               "12:04:31.520 INFO  rpc  slow  n=1\n"
               "12:04:31.520 INFO  rpc  slow  n=2\n"
               "12:04:31.520 INFO  rpc  slow  \xe2\x80\xa6 1 times\n");
    tr_log_free(log);
    log = begin(TR_LOG_JSON);
    for (int i = 0; i < 3; i++) TR_INFO(log, "m", "x", TR_F_U64("n", 1));
    tr_buf_clear(&sink.text);
    tr_log_free(log);
    check_text("{\"ts\":\"2026-11-21T12:04:31.207113589Z\",\"level\":\"info\",\"module\":\"m\","
               "\"msg\":\"x\",\"repeated\":2}\n");
}

TR_TEST(a_steady_repeat_is_told_from_time_to_time)
{
    tr_log *log = begin(TR_LOG_HUMAN);
    for (int i = 0; i <= 15; i++) {
        TR_WARN(log, "rpc", "slow");
        tr_clock_sim_advance(&sim, TR_NS_PER_S);
    }
    check_text("12:04:31.207 WARN  rpc  slow\n"
               "12:04:37.207 WARN  rpc  slow  \xe2\x80\xa6 6 times\n"
               "12:04:43.207 WARN  rpc  slow  \xe2\x80\xa6 6 times\n");
    tr_log_free(log);
}

TR_TEST(lost_lines_are_counted)
{
    tr_log *log = begin(TR_LOG_HUMAN);
    sink.lose = true;
    for (uint64_t i = 0; i < 12; i++) TR_INFO(log, "m", "x", TR_F_U64("n", i));
    check_text("");
    sink.lose = false;
    TR_INFO(log, "m", "back");
    check_text("12:04:31.207 WARN  log  lines lost  count=12\n12:04:31.207 INFO  m  back\n");
    tr_log_free(log);
    check_text("");
}

/* A long line is cut at every length so that it is well formed. */
TR_PROP(long_lines_are_cut_and_closed)
{
    bool json = tr_gen_bool(g);
    tr_log *log = begin(json ? TR_LOG_JSON : TR_LOG_HUMAN);
    tr_log_field fields[12];
    size_t count = 1 + tr_gen_below(g, 12), total = 0;
    for (size_t i = 0; i < count; i++) {
        tr_bytes text = tr_gen_bytes(g, tr_gen_bool(g) ? 3000 : 200);
        fields[i] = tr_gen_bool(g) ? TR_F_HEX("k", text) : TR_F_TEXT("key", text);
        total += text.len;
    }
    tr_log_write(log, TR_LOG_INFO, "m", "x", fields, count);
    tr_bytes line = tr_buf_view(&sink.text);
    TR_CHECK_EQ(sink.lines, 1);
    TR_CHECK(line.len <= TR_LOG_LINE);
    TR_CHECK_EQ(line.data[line.len - 1], '\n');
    for (size_t i = 0; i + 1 < line.len; i++) TR_CHECK(line.data[i] >= 0x20);
    const char *text = tr_buf_text(&sink.text);
    bool cut =
        json ? strstr(text, ",\"cut\":true}\n") != NULL : strstr(text, "\xe2\x80\xa6\n") != NULL;
    if (total > TR_LOG_LINE) TR_CHECK(cut);
    if (total < TR_LOG_LINE / 8) TR_CHECK(!cut);
    if (!json) return;
    TR_CHECK(line.data[line.len - 2] == '}');
    size_t quotes = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] == '\\')
            i++;
        else
            quotes += line.data[i] == '"';
    }
    TR_CHECK_EQ(quotes % 2, 0);
    tr_log_free(log);
}

TR_TEST(long_names_leave_room_for_the_rest)
{
    tr_log *log = begin(TR_LOG_JSON);
    char name[5000];
    memset(name, 'n', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    TR_LOG_AT(log, TR_LOG_INFO, name, name, TR_F_U64("n", 1));
    const char *text = tr_buf_text(&sink.text);
    TR_CHECK(strstr(text, "n\",\"msg\":\"n") != NULL && strstr(text, "n\",\"n\":1}\n") != NULL);
    tr_log_free(log);
}

/* File descriptors. */
static size_t drain(int fd, char *to, size_t room)
{
    size_t len = 0;
    for (;;) {
        ssize_t n = read(fd, to + len, room - len);
        if (n <= 0) return len;
        len += (size_t)n;
    }
}

static void fill_until_lost(bool nonblocking)
{
    static char text[1 << 18];
    int fds[2];
    TR_CHECK(pipe(fds) == 0);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    if (nonblocking) fcntl(fds[1], F_SETFL, O_NONBLOCK);
    tr_log_fd out;
    tr_log_fd_init(&out, fds[1]);
    char big[1500];
    memset(big, 'x', sizeof(big) - 1);
    big[sizeof(big) - 1] = '\n';
    tr_bytes line = tr_bytes_of(big, sizeof(big));
    size_t written = 0;
    while (out.sink.write(&out.sink, TR_LOG_INFO, line)) written++;
    TR_CHECK(written > 20);
    int64_t before = tr_clock_monotonic(tr_clock_system());
    for (int i = 0; i < 50; i++) TR_CHECK(!out.sink.write(&out.sink, TR_LOG_INFO, line));
    int64_t took = tr_clock_monotonic(tr_clock_system()) - before;
    TR_CHECK_MSG(took < 500 * TR_NS_PER_MS, "50 lost lines took %lld ns", (long long)took);
    size_t len = drain(fds[0], text, sizeof(text));
    TR_CHECK(out.sink.write(&out.sink, TR_LOG_INFO, TR_LIT("last\n")));
    len += drain(fds[0], text + len, sizeof(text) - len);
    size_t lines = 0;
    for (size_t i = 0; i < len; i++) lines += text[i] == '\n';
    TR_CHECK(lines >= written + 1);
    TR_CHECK(len > 6 && memcmp(text + len - 6, "\nlast\n", 6) == 0);
    close(fds[0]);
    close(fds[1]);
}

TR_TEST(a_reader_that_does_not_read_is_not_waited_for)
{
    fill_until_lost(false);
    fill_until_lost(true);
}

TR_TEST(a_reader_that_went_away_raises_no_signal)
{
    int fds[2][2];
    TR_CHECK(pipe(fds[0]) == 0);
    TR_CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds[1]) == 0);
    for (int i = 0; i < 2; i++) {
        tr_log_fd out;
        tr_log_fd_init(&out, fds[i][1]);
        close(fds[i][0]);
        TR_CHECK(!out.sink.write(&out.sink, TR_LOG_INFO, TR_LIT("into the void\n")));
        close(fds[i][1]);
        TR_CHECK(!out.sink.write(&out.sink, TR_LOG_INFO, TR_LIT("into nothing\n")));
        sigset_t pending;
        sigpending(&pending);
        TR_CHECK(sigismember(&pending, SIGPIPE) == 0);
    }
}

TR_TEST(a_line_that_broke_is_ended_first)
{
    int fds[2];
    char text[64];
    TR_CHECK(pipe(fds) == 0);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    tr_log_fd out;
    tr_log_fd_init(&out, fds[1]);
    out.broken = true;
    TR_CHECK(out.sink.write(&out.sink, TR_LOG_INFO, TR_LIT("next\n")));
    size_t len = drain(fds[0], text, sizeof(text));
    TR_CHECK_BYTES(tr_bytes_of(text, len), TR_LIT("\nnext\n"));
    close(fds[0]);
    close(fds[1]);
}

enum { THREADS = 4, LINES = 500 };

static void log_much(void *context)
{
    for (uint64_t i = 0; i < LINES; i++)
        TR_INFO(context, "threads", "a line of some length to be kept whole", TR_F_U64("n", i));
}

static void set_levels_often(void *context)
{
    for (int i = 0; i < 300; i++)
        if (tr_log_set_levels(NULL, context, i % 2 == 0 ? "info,x=debug,threads=info" : "info") !=
            0)
            abort();
}

TR_TEST(lines_of_many_threads_stay_whole)
{
    char path[] = "/tmp/trestle-log-XXXXXX";
    int fd = mkstemp(path);
    TR_CHECK(fd >= 0);
    tr_log_fd out;
    tr_log_fd_init(&out, fd);
    tr_log log;
    tr_log_init(&log, &(tr_log_options){.sink = &out.sink, .clock = tr_clock_system()});
    tr_thread threads[THREADS + 1];
    for (size_t i = 0; i <= THREADS; i++)
        TR_CHECK_OK(tr_thread_start(NULL, &threads[i], &(tr_thread_options){.name = "log"},
                                    i == THREADS ? set_levels_often : log_much, &log));
    for (size_t i = 0; i <= THREADS; i++) tr_thread_join(&threads[i]);
    tr_log_free(&log);
    FILE *in = fdopen(fd, "r");
    TR_CHECK(in != NULL);
    rewind(in);
    char line[256];
    unsigned long long lines = 0;
    while (fgets(line, sizeof(line), in) != NULL) {
        unsigned long long n;
        const char *at = strstr(line, " INFO  threads  a line of some length to be kept whole  ");
        TR_CHECK_MSG(at == line + 12, "broken: %s", line);
        at += strlen(" INFO  threads  a line of some length to be kept whole  ");
        if (sscanf(at, "\xe2\x80\xa6 %llu times\n", &n) == 1)
            lines += n;
        else if (sscanf(at, "n=%llu\n", &n) == 1 && n < LINES)
            lines++;
        else
            TR_CHECK_MSG(false, "broken: %s", line);
    }
    TR_CHECK_EQ(lines, THREADS * LINES);
    fclose(in);
    unlink(path);
}
