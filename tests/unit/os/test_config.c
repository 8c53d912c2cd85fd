#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "os/clock.h"
#include "os/config.h"

static tr_config config;

static void begin(void)
{
    tr_config_init(&config, &tr_config_schema_main, tr_test_arena());
}

static const char *errors(void)
{
    static char memory[16384];
    tr_buf out;
    tr_buf_init_fixed(&out, memory, sizeof(memory) - 1);
    tr_config_put_errors(&out, &config);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_text(&out);
}

static void check_errors(const char *want)
{
    const char *got = errors();
    TR_CHECK_MSG(strcmp(got, want) == 0, "got:\n%s\nexpected:\n%s", got, want);
}

TR_TEST(defaults_are_those_of_the_issue)
{
    begin();
    const int64_t s = TR_NS_PER_S, day = 86400 * s;
    TR_CHECK(tr_config_bool(&config, TR_CONFIG_ID_ENABLED));
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_MAX_CONCURRENT), 100);
    TR_CHECK_EQ(tr_config_duration(&config, TR_CONFIG_ID_TIMEOUT), 30 * s);
    TR_CHECK_EQ(tr_config_size(&config, TR_CONFIG_ID_MEMORY_LIMIT), 1000000000);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_BATCH_SIZE), 1000);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_WORKER_POOL_SIZE), 10);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_QUEUE_SIZE), 10000);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_TARGET_TPS), 50000);
    TR_CHECK_EQ(tr_config_duration(&config, TR_CONFIG_ID_BATCH_TIMEOUT), s / 10);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_MAX_PENDING_TRANSACTIONS), 100000);
    TR_CHECK_EQ(tr_config_duration(&config, TR_CONFIG_ID_L1_SETTLEMENT_INTERVAL), 10 * s);
    TR_CHECK_EQ(tr_config_duration(&config, TR_CONFIG_ID_CHALLENGE_PERIOD), 7 * day);
    TR_CHECK_EQ(tr_config_duration(&config, TR_CONFIG_ID_FRAUD_PROOF_WINDOW), day);
    TR_CHECK_EQ(tr_config_duration(&config, TR_CONFIG_ID_FRAUD_PROOF_TIMEOUT), 7 * day);
    TR_CHECK_EQ(tr_config_duration(&config, TR_CONFIG_ID_ZK_PROOF_TIMEOUT), 30 * s);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_MAX_CONCURRENT_BATCHES), 20);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_MAX_TRANSACTIONS_PER_BATCH), 1000);
    TR_CHECK_EQ(tr_config_duration(&config, TR_CONFIG_ID_STATE_COMMITMENT_INTERVAL), 300 * s);
    TR_CHECK_EQ(tr_config_duration(&config, TR_CONFIG_ID_WITHDRAWAL_DELAY), day);
    TR_CHECK(tr_config_bool(&config, TR_CONFIG_ID_ENABLE_STATE_CACHING));
    TR_CHECK(tr_config_bool(&config, TR_CONFIG_ID_ENABLE_PARALLEL_EXECUTION));
    TR_CHECK(!tr_config_bool(&config, TR_CONFIG_ID_FUZZ_TESTING));
    TR_CHECK(!tr_config_bool(&config, TR_CONFIG_ID_RACE_DETECTION));
    TR_CHECK(!tr_config_bool(&config, TR_CONFIG_ID_MEMORY_LEAK_DETECTION));
    TR_CHECK_OK(tr_config_finish(NULL, &config));
}

TR_TEST(environment_goes_over_defaults)
{
    const char *variables[] = {"HOME=x",
                               "LAYER2_BATCH_SIZE=77",
                               "LAYER2_TIMEOUT=2m",
                               "LAYER2_MEMORY_LIMIT=2GiB",
                               "LAYER2_ENABLED=false",
                               "LAYER=1",
                               "NOLAYER2_X=1",
                               "LAYER2_NOTHING",
                               NULL};
    begin();
    TR_CHECK_OK(tr_config_add_environment(&config, variables));
    check_errors("");
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_BATCH_SIZE), 77);
    TR_CHECK_EQ(tr_config_duration(&config, TR_CONFIG_ID_TIMEOUT), 120 * TR_NS_PER_S);
    TR_CHECK_EQ(tr_config_size(&config, TR_CONFIG_ID_MEMORY_LIMIT), (uint64_t)2 << 30);
    TR_CHECK(!tr_config_bool(&config, TR_CONFIG_ID_ENABLED));
    TR_CHECK_EQ(config.entries[TR_CONFIG_ID_BATCH_SIZE].origin, TR_CONFIG_FROM_ENVIRONMENT);
    TR_CHECK_EQ(config.entries[TR_CONFIG_ID_QUEUE_SIZE].origin, TR_CONFIG_FROM_DEFAULT);
    TR_CHECK_OK(tr_config_add_environment(&config, NULL));
}

TR_TEST(all_errors_of_an_environment_at_once)
{
    const char *variables[] = {"LAYER2_BACH_SIZE=1", "LAYER2_PERFORMANCE_BATCH_SIZE=1",
                               "LAYER2_TIMEOUT=30",  "LAYER2_MEMORY_LIMIT=1gb",
                               "LAYER2_ENABLED=yes", "LAYER2_WORKER_POOL_SIZE=0",
                               "LAYER2_QUEUE_SIZE=", NULL};
    begin();
    TR_CHECK_OK(tr_config_add_environment(&config, variables));
    check_errors(
        "LAYER2_BACH_SIZE: unknown variable: the nearest one is LAYER2_BATCH_SIZE\n"
        "LAYER2_PERFORMANCE_BATCH_SIZE: unknown variable: the nearest one is LAYER2_BATCH_SIZE\n"
        "LAYER2_TIMEOUT: a unit is missing: the units are ns, us, ms, s, m, h and d\n"
        "LAYER2_MEMORY_LIMIT: unknown unit \"gb\": the units are B, kB, MB, GB, TB, KiB, MiB, GiB "
        "and TiB\n"
        "LAYER2_ENABLED: true or false is expected\n"
        "LAYER2_WORKER_POOL_SIZE: a value from 1 to 256 is expected\n"
        "LAYER2_QUEUE_SIZE: a whole number is expected, such as 1000\n");
    tr_trail trail;
    TR_CHECK_ERR(tr_config_finish(&trail, &config), TR_E_CONFIG);
    TR_CHECK_STR(trail.text, "the configuration has 7 errors");
    TR_CHECK_EQ(config.first_error->code, TR_E_CONFIG_KEY);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_WORKER_POOL_SIZE), 10);
}

static int take(char **arguments)
{
    int count = 0;
    while (arguments[count] != NULL) count++;
    TR_CHECK_OK(tr_config_take_flags(&config, &count, arguments));
    TR_CHECK_OK(tr_config_add_flags(&config));
    return count;
}

#define ARGUMENT(text) ((char *)(uintptr_t)(text))

TR_TEST(flags_go_over_the_environment)
{
    const char *variables[] = {"LAYER2_BATCH_SIZE=77", "LAYER2_QUEUE_SIZE=78", NULL};
    char *arguments[] = {ARGUMENT("show"),
                         ARGUMENT("--batch-size"),
                         ARGUMENT("12"),
                         ARGUMENT("--config"),
                         ARGUMENT("f"),
                         ARGUMENT("--memory-limit=64MiB"),
                         ARGUMENT("--enabled"),
                         ARGUMENT("--no-enable-state-caching"),
                         ARGUMENT("--no-timeout"),
                         ARGUMENT("--fuzz-testing=true"),
                         ARGUMENT("--batch-size"),
                         ARGUMENT("13"),
                         ARGUMENT("--"),
                         ARGUMENT("--batch-size=99"),
                         NULL};
    begin();
    TR_CHECK_OK(tr_config_add_environment(&config, variables));
    TR_CHECK_EQ(take(arguments), 6);
    static const char *const rest[] = {"show",         "--config", "f",
                                       "--no-timeout", "--",       "--batch-size=99"};
    for (size_t i = 0; i < TR_COUNTOF(rest); i++) TR_CHECK_STR(arguments[i], rest[i]);
    check_errors("");
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_BATCH_SIZE), 13);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_QUEUE_SIZE), 78);
    TR_CHECK_EQ(tr_config_size(&config, TR_CONFIG_ID_MEMORY_LIMIT), 64u << 20);
    TR_CHECK(tr_config_bool(&config, TR_CONFIG_ID_ENABLED));
    TR_CHECK(!tr_config_bool(&config, TR_CONFIG_ID_ENABLE_STATE_CACHING));
    TR_CHECK(tr_config_bool(&config, TR_CONFIG_ID_FUZZ_TESTING));
    TR_CHECK_EQ(config.entries[TR_CONFIG_ID_BATCH_SIZE].origin, TR_CONFIG_FROM_FLAG);
}

TR_TEST(errors_of_flags)
{
    char *arguments[] = {ARGUMENT("--batch-size=x"), ARGUMENT("--enabled="),
                         ARGUMENT("--withdrawal-delay=366d"), ARGUMENT("--timeout"), NULL};
    begin();
    TR_CHECK_EQ(take(arguments), 0);
    check_errors("--timeout: a value is missing\n"
                 "--enabled: true or false is expected\n"
                 "--batch-size: a whole number is expected, such as 1000\n"
                 "--withdrawal-delay: a value from 0s to 365d is expected\n");
    char flag[TR_CONFIG_FLAG_SIZE];
    const tr_config_schema *schema = &tr_config_schema_main;
    TR_CHECK_STR(tr_config_nearest_flag(schema, "--batchsize=1", flag), "--batch-size");
    TR_CHECK_STR(tr_config_nearest_flag(schema, "--zk-prof-timeout", flag), "--zk-proof-timeout");
    char longest[5000];
    memset(longest, 'x', sizeof(longest));
    longest[sizeof(longest) - 1] = '\0';
    TR_CHECK(tr_config_nearest_flag(schema, longest, flag)[0] == '-');
}

TR_TEST(names_in_messages_are_escaped)
{
    const char *variables[] = {"LAYER2_\x1b[1m\n=1", NULL};
    begin();
    TR_CHECK_OK(tr_config_add_environment(&config, variables));
    check_errors("LAYER2_\\u001b[1m\\n: unknown variable: the nearest one is LAYER2_ENABLED\n");
}

TR_TEST(errors_beyond_a_number_are_counted)
{
    const char *variables[71];
    for (size_t i = 0; i < 70; i++) variables[i] = "LAYER2_TIMEOUT=x";
    variables[70] = NULL;
    begin();
    TR_CHECK_OK(tr_config_add_environment(&config, variables));
    TR_CHECK_EQ(config.error_count, 70);
    TR_CHECK(strstr(errors(), "\nand 20 more\n") != NULL);
}

/* A table of the test's own, for the types that the product's has no key of yet. */
static const tr_config_key own_keys[] = {
    {"title", NULL, "", "", "", "A title.", TR_CONFIG_TEXT, true},
    {"password_file", NULL, "", "", "", "A secret.", TR_CONFIG_SECRET_FILE, true},
    {"share", "part", "3", "1", "9", "A \"share\".", TR_CONFIG_COUNT, true},
};
static const tr_config_schema own = {own_keys, TR_COUNTOF(own_keys)};

static const char *printed(void (*put)(tr_buf *out, const tr_config *config))
{
    static char memory[32768];
    tr_buf out;
    tr_buf_init_fixed(&out, memory, sizeof(memory) - 1);
    put(&out, &config);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_text(&out);
}

TR_TEST(values_are_shown_with_their_origin_and_secrets_are_not)
{
    const char *variables[] = {"LAYER2_TITLE=a \"b\" \x1b[1m", "LAYER2_PASSWORD_FILE=/secret/place",
                               NULL};
    char *arguments[] = {ARGUMENT("--share=4"), NULL};
    tr_config_init(&config, &own, tr_test_arena());
    TR_CHECK_OK(tr_config_add_environment(&config, variables));
    check_errors("LAYER2_TITLE: a text of one line is expected\n");
    variables[0] = "LAYER2_TITLE=a \"b\" \xe2\x80\xae";
    tr_config_init(&config, &own, tr_test_arena());
    TR_CHECK_OK(tr_config_add_environment(&config, variables));
    TR_CHECK_EQ(take(arguments), 0);
    check_errors("");
    TR_CHECK_STR(printed(tr_config_put_values), "title          a \\\"b\\\" \\u202e LAYER2_TITLE\n"
                                                "password_file  ***         LAYER2_PASSWORD_FILE\n"
                                                "share          4           --share\n");
    TR_CHECK_STR(printed(tr_config_put_values_json),
                 "{\"keys\":[\n"
                 "{\"name\":\"title\",\"value\":\"a \\\"b\\\" \\u202e\",\"origin\":\"environment\","
                 "\"from\":\"LAYER2_TITLE\",\"in_use\":true},\n"
                 "{\"name\":\"password_file\",\"value\":\"***\",\"origin\":\"environment\","
                 "\"from\":\"LAYER2_PASSWORD_FILE\",\"in_use\":true},\n"
                 "{\"name\":\"share\",\"value\":4,\"origin\":\"flag\",\"from\":\"--share\","
                 "\"in_use\":true}\n]}\n");
    TR_CHECK(strstr(printed(tr_config_put_values), "secret/place") == NULL);
}

static void put_docs(tr_buf *out, const tr_config *c)
{
    tr_config_put_docs(out, c->schema);
}

static void put_schema(tr_buf *out, const tr_config *c)
{
    tr_config_put_schema(out, c->schema);
}

static void put_sample(tr_buf *out, const tr_config *c)
{
    tr_config_put_sample(out, c->schema);
}

/* Whatever is printed from the table names every key, its default and its sentence. */
TR_TEST(docs_schema_and_sample_name_every_key)
{
    begin();
    void (*const puts[])(tr_buf *, const tr_config *) = {put_docs, put_schema, put_sample};
    for (size_t p = 0; p < TR_COUNTOF(puts); p++) {
        const char *text = printed(puts[p]);
        for (size_t i = 0; i < TR_CONFIG_IDS; i++) {
            const tr_config_key *key = &config.schema->keys[i];
            TR_CHECK_MSG(strstr(text, key->name) != NULL, "%s", key->name);
            TR_CHECK_MSG(strstr(text, key->what) != NULL, "%s", key->name);
            TR_CHECK_MSG(strstr(text, key->fallback) != NULL, "%s", key->name);
        }
        TR_CHECK(p == 1 || strstr(text, "not in use yet") != NULL);
    }
    TR_CHECK(strstr(printed(put_docs),
                    "| `layer2.batch_size`, `layer2.performance.batch_size` | "
                    "`--batch-size` | `LAYER2_BATCH_SIZE` | 1000 | 1 to 100000 |"));
    tr_config_init(&config, &own, tr_test_arena());
    TR_CHECK(strstr(printed(put_sample), "layer2:\n  # A title.\n  #title: \n") != NULL);
    TR_CHECK(strstr(printed(put_schema),
                    "\n\"part\":{\"type\":[\"object\",\"null\"],\"additionalProperties\":false,"
                    "\"properties\":{\n\"share\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":9,"
                    "\"description\":\"A \\\"share\\\". From 1 to 9.\",\"default\":3}}}") != NULL);
}

TR_TEST(the_table_is_in_order)
{
    for (size_t i = 0; i < TR_CONFIG_IDS; i++) {
        const tr_config_key *key = &tr_config_schema_main.keys[i];
        size_t len = strlen(key->what);
        TR_CHECK(len > 10 && key->what[len - 1] == '.' && key->what[0] >= 'A' &&
                 key->what[0] <= 'Z');
        TR_CHECK_EQ(strspn(key->name, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(key->name));
        TR_CHECK_EQ(key->least[0] == '\0', key->most[0] == '\0');
        for (size_t k = 0; k < i; k++)
            TR_CHECK(strcmp(key->name, tr_config_schema_main.keys[k].name) != 0);
    }
}

static tr_err read_secret(const char *path, unsigned user, tr_trail *trail, char text[64])
{
    tr_buf out;
    tr_buf_init_fixed(&out, text, 63);
    tr_err err = tr_config_secret(trail, tr_fs_system(), path, user, &out);
    text[out.len] = '\0';
    return err;
}

TR_TEST(secrets_must_be_private)
{
    char path[] = "/tmp/trestle-secret-XXXXXX", text[64];
    tr_trail trail;
    unsigned user = getuid();
    int fd = mkstemp(path);
    TR_CHECK(fd >= 0 && write(fd, "hush hush\n", 10) == 10);
    TR_CHECK(fchmod(fd, 0600) == 0);
    TR_CHECK_OK(read_secret(path, user, &trail, text));
    TR_CHECK_STR(text, "hush hush");
    TR_CHECK(fchmod(fd, 0400) == 0);
    TR_CHECK_OK(read_secret(path, user, &trail, text));
    static const mode_t bad[] = {0640, 0604, 0610, 0666};
    for (size_t i = 0; i < TR_COUNTOF(bad); i++) {
        TR_CHECK(fchmod(fd, bad[i]) == 0);
        TR_CHECK_ERR(read_secret(path, user, &trail, text), TR_E_PERMISSION);
        TR_CHECK(strstr(trail.text, "can be read by others (mode 6") != NULL);
        TR_CHECK_STR(text, "");
    }
    TR_CHECK(fchmod(fd, 0600) == 0);
    if (user != 0) TR_CHECK_ERR(read_secret(path, user + 1, &trail, text), TR_E_PERMISSION);
    TR_CHECK_ERR(read_secret("/dev/null", user, &trail, text), TR_E_PERMISSION);
    TR_CHECK_ERR(read_secret("/nowhere", user, &trail, text), TR_E_NOT_FOUND);
    TR_CHECK(ftruncate(fd, 100) == 0);
    TR_CHECK_ERR(read_secret(path, user, &trail, text), TR_E_LIMIT);
    TR_CHECK(ftruncate(fd, 10000) == 0);
    TR_CHECK_ERR(read_secret(path, user, &trail, text), TR_E_LIMIT);
    close(fd);
    unlink(path);
}

static tr_err read_all(tr_alloc *alloc, void *context)
{
    (void)context;
    const char *variables[] = {"LAYER2_TITLE=a title", "LAYER2_BAD=1", "LAYER2_SHARE=x", NULL};
    char *arguments[] = {ARGUMENT("--share=z"), ARGUMENT("--title"), ARGUMENT("other")};
    static tr_config c;
    int count = 3;
    tr_arena arena;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_config_init(&c, &own, &arena);
    tr_err err = tr_config_take_flags(&c, &count, arguments);
    if (err == TR_OK) err = tr_config_add_environment(&c, variables);
    if (err == TR_OK) err = tr_config_add_flags(&c);
    if (err == TR_OK && c.error_count != 3) err = TR_E_STATE;
    tr_arena_free(&arena);
    return err;
}

TR_TEST(a_configuration_without_memory_is_an_error)
{
    tr_test_out_of_memory(read_all, NULL);
}
