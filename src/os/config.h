/* Configuration from one table in code.
 *
 *   flags  over  environment (LAYER2_*)  over  a YAML file (root layer2:)  over  defaults
 *
 * The table (config_table.c) gives each key its type, default, range and sentence; parsing, the
 * names of flags and variables, the JSON schema, the sample file and the reference text all come
 * from it.  Values are typed by the table, never guessed from how they are written.
 *
 * Mistakes do not stop the reading: each becomes an error in the list, with its place, and
 * tr_config_finish fails if there are any.  Reading a file's bytes, an environment and arguments
 * does no I/O; only tr_config_load does. */
#ifndef TR_OS_CONFIG_H
#define TR_OS_CONFIG_H

#include "base/base.h"
#include "os/file.h"

/* The keys, in the order in which they are shown.  X(constant, name, group, type, default, least,
 * most, in use, sentence); numbers in the units of the type. */
#define TR_CONFIG_TABLE(X)                                                                         \
    X(ENABLED, enabled, NULL, BOOL, "true", "", "", false, "Whether layer 2 runs at all.")         \
    X(MAX_CONCURRENT, max_concurrent, NULL, COUNT, "100", "1", "1000000", false,                   \
      "How many requests are worked on at the same time.")                                         \
    X(TIMEOUT, timeout, NULL, DURATION, "30s", "1ms", "1d", false,                                 \
      "How long one request may take.")                                                            \
    X(MEMORY_LIMIT, memory_limit, NULL, SIZE, "1GB", "16MiB", "16TiB", false,                      \
      "How much memory caches and queues may take together.")                                      \
    X(BATCH_SIZE, batch_size, "performance", COUNT, "1000", "1", "100000", false,                  \
      "How many transactions travel together from stage to stage.")                                \
    X(WORKER_POOL_SIZE, worker_pool_size, "performance", COUNT, "10", "1", "256", false,           \
      "How many threads work on a batch.")                                                         \
    X(QUEUE_SIZE, queue_size, "performance", COUNT, "10000", "1", "16777216", false,               \
      "How many transactions may wait between two stages.")                                        \
    X(TARGET_TPS, target_tps, NULL, COUNT, "50000", "1", "100000000", false,                       \
      "Transactions a second that queues and warnings are laid out for.")                          \
    X(BATCH_TIMEOUT, batch_timeout, NULL, DURATION, "100ms", "1ms", "1h", false,                   \
      "How long a batch that is not full waits.")                                                  \
    X(MAX_PENDING_TRANSACTIONS, max_pending_transactions, NULL, COUNT, "100000", "1", "100000000", \
      false, "How many transactions the pool holds.")                                              \
    X(L1_SETTLEMENT_INTERVAL, l1_settlement_interval, NULL, DURATION, "10s", "100ms", "30d",       \
      false, "How often batches are sent to the base layer.")                                      \
    X(CHALLENGE_PERIOD, challenge_period, NULL, DURATION, "7d", "1s", "365d", false,               \
      "How long a claim about the state can be disputed.")                                         \
    X(FRAUD_PROOF_WINDOW, fraud_proof_window, NULL, DURATION, "24h", "1s", "365d", false,          \
      "How long a fraud proof may be opened after a claim.")                                       \
    X(FRAUD_PROOF_TIMEOUT, fraud_proof_timeout, NULL, DURATION, "7d", "1s", "365d", false,         \
      "How long an open fraud proof may take.")                                                    \
    X(ZK_PROOF_TIMEOUT, zk_proof_timeout, NULL, DURATION, "30s", "1ms", "30d", false,              \
      "How long the making of one validity proof may take.")                                       \
    X(MAX_CONCURRENT_BATCHES, max_concurrent_batches, NULL, COUNT, "20", "1", "1000", false,       \
      "How many batches are in flight.")                                                           \
    X(MAX_TRANSACTIONS_PER_BATCH, max_transactions_per_batch, NULL, COUNT, "1000", "1", "100000",  \
      false, "How many transactions close a batch.")                                               \
    X(STATE_COMMITMENT_INTERVAL, state_commitment_interval, NULL, DURATION, "300s", "100ms",       \
      "30d", false, "How often a claim about the state is sent to the base layer.")                \
    X(WITHDRAWAL_DELAY, withdrawal_delay, NULL, DURATION, "24h", "0s", "365d", false,              \
      "How long a proved withdrawal waits before it can be finished.")                             \
    X(ENABLE_STATE_CACHING, enable_state_caching, NULL, BOOL, "true", "", "", false,               \
      "Whether hot state is kept in memory.")                                                      \
    X(ENABLE_PARALLEL_EXECUTION, enable_parallel_execution, NULL, BOOL, "true", "", "", false,     \
      "Whether transactions that do not touch each other run at the same time.")                   \
    X(FUZZ_TESTING, fuzz_testing, "security", BOOL, "false", "", "", false,                        \
      "Whether the self-test feeds random input to every decoder.")                                \
    X(RACE_DETECTION, race_detection, "security", BOOL, "false", "", "", false,                    \
      "Whether the self-test looks for data races.")                                               \
    X(MEMORY_LEAK_DETECTION, memory_leak_detection, "security", BOOL, "false", "", "", false,      \
      "Whether the self-test looks for memory that is never given back.")

typedef enum tr_config_id {
#define TR_CONFIG_ID(constant, ...) TR_CONFIG_ID_##constant,
    TR_CONFIG_TABLE(TR_CONFIG_ID)
#undef TR_CONFIG_ID
        TR_CONFIG_IDS /* how many */
} tr_config_id;

typedef enum tr_config_type {
    TR_CONFIG_BOOL,        /* true or false */
    TR_CONFIG_COUNT,       /* a whole number */
    TR_CONFIG_SIZE,        /* bytes */
    TR_CONFIG_DURATION,    /* nanoseconds */
    TR_CONFIG_TEXT,        /* any text of one line */
    TR_CONFIG_SECRET_FILE, /* the path of a file with a secret: never shown */
} tr_config_type;

typedef struct tr_config_key {
    const char *name;         /* snake_case */
    const char *group;        /* under which it may stand in YAML as well, or NULL */
    const char *fallback;     /* the default, as text */
    const char *least, *most; /* the range, as text; "" for none */
    const char *what;         /* a sentence */
    tr_config_type type;
    bool in_use; /* else it is accepted and does nothing yet */
} tr_config_key;

typedef struct tr_config_schema {
    const tr_config_key *keys;
    size_t count;
} tr_config_schema;

/* The product's own table; others are for tests. */
extern const tr_config_schema tr_config_schema_main;

typedef enum tr_config_origin {
    TR_CONFIG_FROM_DEFAULT,
    TR_CONFIG_FROM_FILE,
    TR_CONFIG_FROM_ENVIRONMENT,
    TR_CONFIG_FROM_FLAG,
} tr_config_origin;

typedef struct tr_config_entry {
    union {
        bool truth;
        uint64_t count; /* also bytes */
        int64_t ns;
        tr_bytes text;
    } value;
    tr_config_origin origin;
    uint32_t line, column; /* in the file, from 1 */
} tr_config_entry;

typedef struct tr_config_error tr_config_error;
struct tr_config_error {
    tr_err code;
    tr_bytes
        text; /* one sentence, or three lines with the place in the file; no newline at its end */
    const tr_config_error *next;
};

enum {
    TR_CONFIG_MAX_KEYS = 128,
    TR_CONFIG_MAX_ERRORS = 50, /* later ones are counted, not kept */
    TR_CONFIG_MAX_FILE = 1 << 20,
    TR_CONFIG_MAX_DEPTH = 16,
    TR_CONFIG_FLAG_SIZE = 72,
    TR_CONFIG_MAX_ENTRIES = 256, /* of one mapping */
};

typedef struct tr_config {
    const tr_config_schema *schema;
    tr_arena *arena; /* of texts and errors; outlives the configuration */
    tr_bytes file;   /* the file's name, for messages */
    tr_config_entry entries[TR_CONFIG_MAX_KEYS];
    tr_bytes flags[TR_CONFIG_MAX_KEYS]; /* as they were given; data NULL if not */
    const tr_config_error *first_error;
    tr_config_error *last_error;
    size_t error_count;
} tr_config;

/* tr_config_init gives every key its default. */
void tr_config_init(tr_config *config, const tr_config_schema *schema, tr_arena *arena);

/* tr_config_add_yaml reads a file's bytes; name is for messages.  It fails only with TR_E_MEMORY;
 * what is wrong in the file goes to the list of errors. */
TR_NODISCARD tr_err tr_config_add_yaml(tr_config *config, tr_bytes yaml, const char *name);

/* tr_config_add_environment reads the variables "NAME=value" (NULL at the end) that begin with
 * LAYER2_.  TR_E_MEMORY. */
TR_NODISCARD tr_err tr_config_add_environment(tr_config *config, const char *const *variables);

/* tr_config_take_flags finds --batch-size 1000, --batch-size=1000, --enabled, --enabled=false and
 * --no-enabled in arguments, remembers their values (which must live as long as config), takes them
 * out, and leaves the rest in their order; *count is changed.  What follows "--" is left alone.
 * The last of the same flag holds.  TR_E_MEMORY. */
TR_NODISCARD tr_err tr_config_take_flags(tr_config *config, int *count, char **arguments);

/* tr_config_add_flags sets the keys whose flags were taken.  TR_E_MEMORY. */
TR_NODISCARD tr_err tr_config_add_flags(tr_config *config);

/* tr_config_finish is TR_OK, or TR_E_CONFIG if any error was found. */
TR_NODISCARD tr_err tr_config_finish(tr_trail *trail, const tr_config *config);

/* tr_config_load reads the file (path may be NULL for none), then the environment, then sets the
 * flags that were taken before.  TR_E_CONFIG with the errors in config; the errors of reading a
 * file; TR_E_MEMORY. */
TR_NODISCARD tr_err tr_config_load(tr_trail *trail, tr_config *config, tr_fs *fs, const char *path,
                                   const char *const *variables);

/* Values; the type must be the key's own. */
bool tr_config_bool(const tr_config *config, tr_config_id id);
uint64_t tr_config_count(const tr_config *config, tr_config_id id);
uint64_t tr_config_size(const tr_config *config, tr_config_id id);
int64_t tr_config_duration(const tr_config *config, tr_config_id id);

/* tr_config_secret adds the content of a secret's file to out, without the newline at its end.
 * TR_E_PERMISSION when anybody but its owner can read it, or the owner is neither user nor
 * root.  The caller wipes out. */
TR_NODISCARD tr_err tr_config_secret(tr_trail *trail, tr_fs *fs, const char *path, unsigned user,
                                     tr_buf *out);

/* Texts that come from the table.  They write to a buffer that grows; ask tr_buf_err. */
void tr_config_put_errors(tr_buf *out, const tr_config *config);
void tr_config_put_values(tr_buf *out, const tr_config *config);
void tr_config_put_values_json(tr_buf *out, const tr_config *config);
void tr_config_put_schema(tr_buf *out,
                          const tr_config_schema *schema); /* JSON Schema of the file */
void tr_config_put_sample(tr_buf *out, const tr_config_schema *schema); /* YAML */
void tr_config_put_docs(tr_buf *out, const tr_config_schema *schema);   /* Markdown */

/* tr_config_nearest_flag is the flag of the table that argument most resembles, in a buffer of the
 * caller: "--batch-size". */
const char *tr_config_nearest_flag(const tr_config_schema *schema, const char *argument,
                                   char out[TR_CONFIG_FLAG_SIZE]);

#endif
