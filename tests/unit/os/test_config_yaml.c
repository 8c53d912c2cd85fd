#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "harness.h"
#include "os/clock.h"
#include "os/config.h"

static tr_config config;

static void read_yaml(const char *yaml)
{
    tr_config_init(&config, &tr_config_schema_main, tr_test_arena());
    TR_CHECK_OK(tr_config_add_yaml(&config, tr_bytes_str(yaml), "t.yaml"));
}

/* Reads yaml and compares all errors with want. */
static void check(const char *yaml, const char *want)
{
    static char memory[65536];
    tr_buf out;
    read_yaml(yaml);
    tr_buf_init_fixed(&out, memory, sizeof(memory) - 1);
    tr_config_put_errors(&out, &config);
    const char *got = tr_buf_text(&out);
    TR_CHECK_MSG(strcmp(got, want) == 0, "for:\n%s\ngot:\n%s\nexpected:\n%s", yaml, got, want);
}

TR_TEST(keys_flat_and_nested)
{
    check("# a comment\n"
          "layer2:\n"
          "  enabled: false\n"
          "  timeout: \"1m\"\n"
          "  memory_limit: 2GiB\n"
          "  target_tps: '7'\n"
          "  fuzz_testing: true\n"
          "  performance:\n"
          "    batch_size: 12\n"
          "    queue_size: 13\n"
          "  security: {race_detection: true}\n",
          "");
    TR_CHECK(!tr_config_bool(&config, TR_CONFIG_ID_ENABLED));
    TR_CHECK_EQ(tr_config_duration(&config, TR_CONFIG_ID_TIMEOUT), 60 * TR_NS_PER_S);
    TR_CHECK_EQ(tr_config_size(&config, TR_CONFIG_ID_MEMORY_LIMIT), (uint64_t)2 << 30);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_TARGET_TPS), 7);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_BATCH_SIZE), 12);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_QUEUE_SIZE), 13);
    TR_CHECK(tr_config_bool(&config, TR_CONFIG_ID_FUZZ_TESTING));
    TR_CHECK(tr_config_bool(&config, TR_CONFIG_ID_RACE_DETECTION));
    TR_CHECK(!tr_config_bool(&config, TR_CONFIG_ID_MEMORY_LEAK_DETECTION));
    const tr_config_entry *e = &config.entries[TR_CONFIG_ID_BATCH_SIZE];
    TR_CHECK(e->origin == TR_CONFIG_FROM_FILE && e->line == 9 && e->column == 17);
}

TR_TEST(every_key_can_stand_flat)
{
    for (size_t i = 0; i < TR_CONFIG_IDS; i++) {
        const tr_config_key *key = &tr_config_schema_main.keys[i];
        char yaml[200];
        snprintf(yaml, sizeof(yaml), "layer2:\n  %s: %s\n", key->name, key->fallback);
        check(yaml, "");
        TR_CHECK_EQ(config.entries[i].origin, TR_CONFIG_FROM_FILE);
        if (key->group == NULL) continue;
        snprintf(yaml, sizeof(yaml), "layer2:\n  %s:\n    %s: %s\n", key->group, key->name,
                 key->fallback);
        check(yaml, "");
        TR_CHECK_EQ(config.entries[i].origin, TR_CONFIG_FROM_FILE);
    }
}

TR_TEST(empty_files_are_defaults)
{
    check("", "");
    check("# nothing\n", "");
    check("---\n", "");
    check("layer2:\n", "");
    check("layer2: {}\n", "");
    check("layer2:\n  performance:\n", "");
    check("\xef\xbb\xbflayer2:\n  batch_size: 5\n", "");
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_BATCH_SIZE), 5);
}

TR_TEST(unknown_keys_name_the_nearest)
{
    check("layer2:\n  bach_size: 100\n",
          "t.yaml:2:3: unknown key \"bach_size\": the nearest one is \"batch_size\"\n"
          "    2 |   bach_size: 100\n"
          "      |   ^\n");
    check("layer2:\n  preformance: {batch_size: 1}\n  performance: {bach: 1, timeout: 1s}\n",
          "t.yaml:2:3: unknown key \"preformance\": the nearest one is \"performance\"\n"
          "    2 |   preformance: {batch_size: 1}\n"
          "      |   ^\n"
          "t.yaml:3:17: unknown key \"bach\": the nearest one is \"batch_size\"\n"
          "    3 |   performance: {bach: 1, timeout: 1s}\n"
          "      |                 ^\n"
          "t.yaml:3:26: \"timeout\" belongs directly under \"layer2\"\n"
          "    3 |   performance: {bach: 1, timeout: 1s}\n"
          "      |                          ^\n");
    check("layer1: {x: [1, {y: 2}]}\nbatch_size: 5\n",
          "t.yaml:1:1: unknown key \"layer1\": the nearest one is \"layer2\"\n"
          "    1 | layer1: {x: [1, {y: 2}]}\n"
          "      | ^\n"
          "t.yaml:2:1: \"batch_size\" belongs under \"layer2\"\n"
          "    2 | batch_size: 5\n"
          "      | ^\n");
    check("layer2:\n  \"a\\e\\n\": 1\n",
          "t.yaml:2:3: unknown key \"a\\u001b\\n\": the nearest one is \"enabled\"\n"
          "    2 |   \"a\\e\\n\": 1\n"
          "      |   ^\n");
}

TR_TEST(values_of_the_wrong_kind)
{
    check("layer2:\n"
          "  batch_size: many\n"
          "  timeout: 30\n"
          "  memory_limit: 1gb\n"
          "  enabled: yes\n"
          "  queue_size: 0\n"
          "  target_tps:\n"
          "  batch_timeout: [1s]\n"
          "  withdrawal_delay: {a: 1}\n"
          "  security: true\n"
          "  performance: [1]\n"
          "  challenge_period: null\n",
          "t.yaml:2:15: \"batch_size\": a whole number is expected, such as 1000\n"
          "    2 |   batch_size: many\n"
          "      |               ^\n"
          "t.yaml:3:12: \"timeout\": a unit is missing: the units are ns, us, ms, s, m, h and d\n"
          "    3 |   timeout: 30\n"
          "      |            ^\n"
          "t.yaml:4:17: \"memory_limit\": unknown unit \"gb\": the units are B, kB, MB, GB, TB, "
          "KiB, MiB, GiB and TiB\n"
          "    4 |   memory_limit: 1gb\n"
          "      |                 ^\n"
          "t.yaml:5:12: \"enabled\": true or false is expected\n"
          "    5 |   enabled: yes\n"
          "      |            ^\n"
          "t.yaml:6:15: \"queue_size\": a value from 1 to 16777216 is expected\n"
          "    6 |   queue_size: 0\n"
          "      |               ^\n"
          "t.yaml:7:14: \"target_tps\" has no value\n"
          "    7 |   target_tps:\n"
          "      |              ^\n"
          "t.yaml:8:18: \"batch_timeout\" takes a single value\n"
          "    8 |   batch_timeout: [1s]\n"
          "      |                  ^\n"
          "t.yaml:9:21: \"withdrawal_delay\" takes a single value\n"
          "    9 |   withdrawal_delay: {a: 1}\n"
          "      |                     ^\n"
          "t.yaml:10:13: \"security\" takes keys below it\n"
          "   10 |   security: true\n"
          "      |             ^\n"
          "t.yaml:11:16: \"performance\" takes keys below it\n"
          "   11 |   performance: [1]\n"
          "      |                ^\n"
          "t.yaml:12:21: \"challenge_period\": a duration is expected, such as 30s, 100ms or 7d\n"
          "   12 |   challenge_period: null\n"
          "      |                     ^\n");
    tr_trail trail;
    TR_CHECK_ERR(tr_config_finish(&trail, &config), TR_E_CONFIG);
    TR_CHECK_STR(trail.text, "the configuration has 11 errors");
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_BATCH_SIZE), 1000);
}

TR_TEST(a_key_is_set_once)
{
    check("layer2:\n  batch_size: 1\n  timeout: 1s\n  batch_size: 2\n",
          "t.yaml:4:3: \"batch_size\" is set twice: the first time on line 2\n"
          "    4 |   batch_size: 2\n"
          "      |   ^\n");
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_BATCH_SIZE), 1);
    check("layer2:\n  batch_size: 1\n  performance:\n    batch_size: 2\n",
          "t.yaml:4:5: \"batch_size\" is set twice: the first time on line 2\n"
          "    4 |     batch_size: 2\n"
          "      |     ^\n");
    check("layer2:\n  security: {fuzz_testing: true}\n  fuzz_testing: true\n",
          "t.yaml:3:3: \"fuzz_testing\" is set twice: the first time on line 2\n"
          "    3 |   fuzz_testing: true\n"
          "      |   ^\n");
    check("layer2:\n  performance:\n  performance: {batch_size: 1}\n",
          "t.yaml:3:3: \"performance\" is set twice: the first time on line 2\n"
          "    3 |   performance: {batch_size: 1}\n"
          "      |   ^\n");
    check("layer2: {enabled: true}\nlayer2: {enabled: [false]}\n",
          "t.yaml:2:1: \"layer2\" is set twice: the first time on line 1\n"
          "    2 | layer2: {enabled: [false]}\n"
          "      | ^\n");
    check("layer2:\n  what: {a: 1, a: 2}\n",
          "t.yaml:2:3: unknown key \"what\": the nearest one is \"enabled\"\n"
          "    2 |   what: {a: 1, a: 2}\n"
          "      |   ^\n"
          "t.yaml:2:16: \"a\" is set twice: the first time on line 2\n"
          "    2 |   what: {a: 1, a: 2}\n"
          "      |                ^\n");
}

TR_TEST(what_yaml_has_and_a_configuration_does_not)
{
    check("layer2:\n  batch_size: &a 5\n", "t.yaml:2:15: anchors are not allowed\n"
                                           "    2 |   batch_size: &a 5\n"
                                           "      |               ^\n");
    check("layer2: &a {}\n", "t.yaml:1:9: anchors are not allowed\n"
                             "    1 | layer2: &a {}\n"
                             "      |         ^\n");
    check("layer2:\n  x: &a [1]\n", "t.yaml:2:6: anchors are not allowed\n"
                                    "    2 |   x: &a [1]\n"
                                    "      |      ^\n");
    check("layer2:\n  batch_size: *a\n", "t.yaml:2:15: aliases are not allowed\n"
                                         "    2 |   batch_size: *a\n"
                                         "      |               ^\n");
    check("layer2:\n  batch_size: !!int 5\n", "t.yaml:2:15: tags are not allowed\n"
                                              "    2 |   batch_size: !!int 5\n"
                                              "      |               ^\n");
    check("layer2: !x\n  batch_size: 5\n", "t.yaml:1:9: tags are not allowed\n"
                                           "    1 | layer2: !x\n"
                                           "      |         ^\n");
    check("layer2: {}\n---\nlayer2: {}\n", "t.yaml:2:1: a second document is not allowed\n"
                                           "    2 | ---\n"
                                           "      | ^\n");
    check("%YAML 1.1\n---\nlayer2: {}\n", "t.yaml:1:1: directives are not allowed\n"
                                          "    1 | %YAML 1.1\n"
                                          "      | ^\n");
    check("layer2:\n  ? [a]\n  : 1\n", "t.yaml:2:5: a key must be a single word\n"
                                       "    2 |   ? [a]\n"
                                       "      |     ^\n");
    check("- layer2\n", "t.yaml:1:1: the file must begin with \"layer2:\"\n"
                        "    1 | - layer2\n"
                        "      | ^\n");
    check("layer2\n", "t.yaml:1:1: the file must begin with \"layer2:\"\n"
                      "    1 | layer2\n"
                      "      | ^\n");
}

TR_TEST(what_is_no_yaml)
{
    check("layer2:\n  batch_size: 1\n bad: 2\n", "t.yaml:3:2: did not find expected key\n"
                                                 "    3 |  bad: 2\n"
                                                 "      |  ^\n");
    check("layer2:\n\tbatch_size: 1\n", "t.yaml:2:1: found character that cannot start any token\n"
                                        "    2 |  batch_size: 1\n"
                                        "      | ^\n");
    check("layer2:\n  batch_size: 1\n  timeout: \xff\n",
          "t.yaml:3:12: invalid leading UTF-8 octet\n"
          "    3 |   timeout: ?\n"
          "      |            ^\n");
}

TR_TEST(columns_are_characters)
{
    char yaml[1000], want[1000];
    check("layer2: {\"\xc3\xa9\xe2\x82\xac\": 1, batch_size: x}\n",
          "t.yaml:1:10: unknown key \"\xc3\xa9\xe2\x82\xac\": the nearest one is \"enabled\"\n"
          "    1 | layer2: {\"\xc3\xa9\xe2\x82\xac\": 1, batch_size: x}\n"
          "      |          ^\n"
          "t.yaml:1:31: \"batch_size\": a whole number is expected, such as 1000\n"
          "    1 | layer2: {\"\xc3\xa9\xe2\x82\xac\": 1, batch_size: x}\n"
          "      |                               ^\n");
    /* Of a long line, what is around the place. */
    char spaces[301];
    memset(spaces, ' ', 300);
    spaces[300] = '\0';
    snprintf(yaml, sizeof(yaml), "layer2: {%sbatch_size: x}\n", spaces);
    snprintf(want, sizeof(want),
             "t.yaml:1:322: \"batch_size\": a whole number is expected, such as 1000\n"
             "    1 | %.38sbatch_size: x}\n"
             "      | %.50s^\n",
             spaces, spaces);
    check(yaml, want);
}

TR_TEST(depth_entries_and_size_are_bounded)
{
    char yaml[8192] = "layer2:\n  x: ";
    for (int i = 0; i < 14; i++) strcat(yaml, "[");
    for (int i = 0; i < 14; i++) strcat(yaml, "]");
    read_yaml(yaml);
    TR_CHECK_EQ(config.error_count, 1);
    strcpy(yaml, "layer2:\n  x: ");
    for (int i = 0; i < 15; i++) strcat(yaml, "[");
    for (int i = 0; i < 15; i++) strcat(yaml, "]");
    read_yaml(yaml);
    TR_CHECK_EQ(config.error_count, 2);
    TR_CHECK_EQ(config.last_error->code, TR_E_DEPTH);
    strcpy(yaml, "layer2:\n");
    for (int i = 0; i < 300; i++) snprintf(yaml + strlen(yaml), 20, "  k%d: 1\n", i);
    read_yaml(yaml);
    TR_CHECK_EQ(config.last_error->code, TR_E_CONFIG_KEY);
    TR_CHECK_EQ(config.error_count, 257);
    size_t size = TR_CONFIG_MAX_FILE + 1;
    uint8_t *big = tr_arena_get(tr_test_arena(), size, 1);
    memset(big, '#', size);
    tr_config_init(&config, &tr_config_schema_main, tr_test_arena());
    TR_CHECK_OK(tr_config_add_yaml(&config, tr_bytes_of(big, size - 1), "t.yaml"));
    TR_CHECK_EQ(config.error_count, 0);
    TR_CHECK_OK(tr_config_add_yaml(&config, tr_bytes_of(big, size), "t.yaml"));
    TR_CHECK_EQ(config.error_count, 1);
    TR_CHECK_EQ(config.last_error->code, TR_E_LIMIT);
}

/* The sample that the program writes sets every key to its default, and without an error. */
TR_TEST(the_sample_is_valid_and_changes_nothing)
{
    static char memory[32768];
    tr_buf sample;
    tr_buf_init_fixed(&sample, memory, sizeof(memory));
    tr_config_put_sample(&sample, &tr_config_schema_main);
    TR_CHECK_OK(tr_buf_err(&sample));
    check(tr_buf_text(&sample), "");
    tr_config defaults;
    tr_config_init(&defaults, &tr_config_schema_main, tr_test_arena());
    for (size_t i = 0; i < TR_CONFIG_IDS; i++) {
        TR_CHECK_EQ(config.entries[i].origin, TR_CONFIG_FROM_FILE);
        TR_CHECK(memcmp(&config.entries[i].value.count, &defaults.entries[i].value.count, 8) == 0);
    }
}

/* Flags over environment over the file, read from disk. */
TR_TEST(each_source_goes_over_the_one_below)
{
    char path[] = "/tmp/trestle-config-XXXXXX";
    static const char yaml[] = "layer2:\n  batch_size: 1\n  queue_size: 1\n  target_tps: 1\n";
    int fd = mkstemp(path);
    TR_CHECK(fd >= 0 && write(fd, yaml, sizeof(yaml) - 1) == (ssize_t)sizeof(yaml) - 1);
    close(fd);
    const char *variables[] = {"LAYER2_QUEUE_SIZE=2", "LAYER2_TARGET_TPS=2", NULL};
    char flag[] = "--target-tps=3", *arguments[] = {flag};
    int count = 1;
    tr_trail trail;
    tr_config_init(&config, &tr_config_schema_main, tr_test_arena());
    TR_CHECK_OK(tr_config_take_flags(&config, &count, arguments));
    TR_CHECK_EQ(count, 0);
    TR_CHECK_OK(tr_config_load(&trail, &config, tr_fs_system(), path, variables));
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_BATCH_SIZE), 1);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_QUEUE_SIZE), 2);
    TR_CHECK_EQ(tr_config_count(&config, TR_CONFIG_ID_TARGET_TPS), 3);
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_config_put_values(&out, &config);
    char want[128];
    snprintf(want, sizeof(want), "batch_size                  1           %s:2", path);
    TR_CHECK(strstr(tr_buf_text(&out), want) != NULL);
    unlink(path);
    TR_CHECK_ERR(tr_config_load(&trail, &config, tr_fs_system(), path, variables), TR_E_NOT_FOUND);
    TR_CHECK_OK(tr_config_load(&trail, &config, tr_fs_system(), NULL, variables));
    variables[0] = "LAYER2_QUEUE=2";
    TR_CHECK_ERR(tr_config_load(&trail, &config, tr_fs_system(), NULL, variables), TR_E_CONFIG);
}

static tr_err read_it(tr_alloc *alloc, void *context)
{
    static tr_config c;
    tr_arena arena;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_config_init(&c, &tr_config_schema_main, &arena);
    tr_err err = tr_config_add_yaml(&c, tr_bytes_str(context), "t.yaml");
    tr_arena_free(&arena);
    return err;
}

TR_TEST(yaml_without_memory_is_an_error)
{
    char yaml[4000] = "layer2:\n";
    for (int i = 0; i < 200; i++) snprintf(yaml + strlen(yaml), 20, "  k%d: 1\n", i);
    tr_test_out_of_memory(read_it, yaml);
}

/* Whatever the bytes are, there is an answer, and a good file stays good. */
TR_PROP(any_change_of_a_file_is_read_or_refused)
{
    static const char yaml[] =
        "layer2:\n  enabled: true # x\n  performance: {batch_size: 5, queue_size: 7}\n"
        "  timeout: \"30s\"\n  security:\n    fuzz_testing: false\n";
    uint8_t bytes[sizeof(yaml)];
    memcpy(bytes, yaml, sizeof(yaml));
    for (uint64_t n = tr_gen_below(g, 6); n > 0; n--)
        bytes[tr_gen_below(g, sizeof(yaml))] =
            tr_gen_bool(g) ? (uint8_t) ":-#&*!{}[]\n \"'?|>%@`,x1\t"[tr_gen_below(g, 24)]
                           : (uint8_t)tr_gen_u64(g);
    static tr_config c;
    tr_config_init(&c, &tr_config_schema_main, tr_gen_arena(g));
    TR_CHECK_OK(tr_config_add_yaml(&c, tr_bytes_of(bytes, sizeof(yaml) - 1), "t.yaml"));
    TR_CHECK_EQ(c.error_count == 0, c.first_error == NULL);
    for (const tr_config_error *e = c.first_error; e != NULL; e = e->next)
        TR_CHECK(e->text.len > 10 && e->code != TR_OK);
}
