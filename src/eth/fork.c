#include "eth/fork.h"

#include "eth/header.h"

/* A type of transaction as a bit of tx_types. */
#define TX(type) (1u << (type))

/* The one table.  A fork is its parent plus changes: where a field is set twice the later one
 * holds. */
#define FRONTIER                                                                                   \
    .tx_types = TX(0), .tx_gas = 21000, .tx_zero_byte_gas = 4, .tx_byte_gas = 68,                  \
    .header_fields = TR_HEADER_FRONTIER, .difficulty = TR_DIFFICULTY_FRONTIER,                     \
    .reward = 5000000000000000000

#define HOMESTEAD                                                                                  \
    FRONTIER, .low_s = true, .tx_create_gas = 32000, .difficulty = TR_DIFFICULTY_HOMESTEAD

#define TANGERINE HOMESTEAD

#define SPURIOUS TANGERINE, .chain_id_signed = true

#define BYZANTIUM                                                                                  \
    SPURIOUS, .status_receipts = true, .difficulty = TR_DIFFICULTY_BYZANTIUM,                      \
              .bomb_delay = 3000000, .reward = 3000000000000000000

#define CONSTANTINOPLE BYZANTIUM, .bomb_delay = 5000000, .reward = 2000000000000000000

#define PETERSBURG CONSTANTINOPLE

#define ISTANBUL PETERSBURG, .tx_byte_gas = 16

#define MUIR_GLACIER ISTANBUL, .bomb_delay = 9000000

#define BERLIN MUIR_GLACIER, .tx_types = TX(0) | TX(1), .tx_address_gas = 2400, .tx_slot_gas = 1900

#define LONDON                                                                                     \
    BERLIN, .tx_types = TX(0) | TX(1) | TX(2), .header_fields = TR_HEADER_LONDON,                  \
            .base_fee = true, .bomb_delay = 9700000

#define ARROW_GLACIER LONDON, .bomb_delay = 10700000

#define GRAY_GLACIER ARROW_GLACIER, .bomb_delay = 11400000

#define PARIS GRAY_GLACIER, .difficulty = TR_DIFFICULTY_NONE, .bomb_delay = 0, .reward = 0

#define SHANGHAI                                                                                   \
    PARIS, .header_fields = TR_HEADER_SHANGHAI, .withdrawals = true, .tx_initcode_word_gas = 2,    \
           .initcode_max = 49152

#define CANCUN                                                                                     \
    SHANGHAI, .tx_types = TX(0) | TX(1) | TX(2) | TX(3), .header_fields = TR_HEADER_CANCUN,        \
              .blobs = true

#define PRAGUE                                                                                     \
    CANCUN, .tx_types = TX(0) | TX(1) | TX(2) | TX(3) | TX(4), .header_fields = TR_HEADER_PRAGUE,  \
            .requests = true, .tx_authorization_gas = 25000, .tx_floor_token_gas = 10

#define OSAKA                                                                                      \
    PRAGUE, .tx_gas_max = 1 << 24, .tx_blobs_max = 6, .blob_base_cost = true,                      \
            .block_rlp_max = 8 << 20

#pragma GCC diagnostic push
#ifdef __clang__
#pragma GCC diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif

#define FORK(symbol, its_name, its_alias, key, timed)                                              \
    [TR_##symbol] = {.fork = TR_##symbol,                                                          \
                     .name = its_name,                                                             \
                     .alias = its_alias,                                                           \
                     .config_key = key,                                                            \
                     .by_time = timed,                                                             \
                     symbol}

static const tr_fork_rules table[TR_FORKS] = {
    FORK(FRONTIER, "Frontier", NULL, NULL, false),
    FORK(HOMESTEAD, "Homestead", NULL, "homesteadBlock", false),
    FORK(TANGERINE, "TangerineWhistle", "EIP150", "eip150Block", false),
    FORK(SPURIOUS, "SpuriousDragon", "EIP158", "eip158Block", false),
    FORK(BYZANTIUM, "Byzantium", NULL, "byzantiumBlock", false),
    FORK(CONSTANTINOPLE, "Constantinople", NULL, "constantinopleBlock", false),
    FORK(PETERSBURG, "Petersburg", "ConstantinopleFix", "petersburgBlock", false),
    FORK(ISTANBUL, "Istanbul", NULL, "istanbulBlock", false),
    FORK(MUIR_GLACIER, "MuirGlacier", "EIP2384", "muirGlacierBlock", false),
    FORK(BERLIN, "Berlin", NULL, "berlinBlock", false),
    FORK(LONDON, "London", NULL, "londonBlock", false),
    FORK(ARROW_GLACIER, "ArrowGlacier", NULL, "arrowGlacierBlock", false),
    FORK(GRAY_GLACIER, "GrayGlacier", NULL, "grayGlacierBlock", false),
    FORK(PARIS, "Paris", "Merge", "mergeNetsplitBlock", false),
    FORK(SHANGHAI, "Shanghai", NULL, "shanghaiTime", true),
    FORK(CANCUN, "Cancun", NULL, "cancunTime", true),
    FORK(PRAGUE, "Prague", NULL, "pragueTime", true),
    FORK(OSAKA, "Osaka", NULL, "osakaTime", true),
};

#pragma GCC diagnostic pop

const tr_fork_rules *tr_fork_rules_of(tr_fork fork)
{
    TR_ASSERT((unsigned)fork < TR_FORKS);
    return &table[fork];
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool same_name(const char *name, tr_bytes text)
{
    if (name == NULL) return false;
    tr_bytes want = tr_bytes_str(name);
    if (want.len != text.len) return false;
    for (size_t i = 0; i < want.len; i++)
        if (lower(want.data[i]) != lower(text.data[i])) return false;
    return true;
}

bool tr_fork_find(tr_bytes name, tr_fork *out)
{
    for (unsigned i = 0; i < TR_FORKS; i++) {
        if (same_name(table[i].name, name) || same_name(table[i].alias, name)) {
            *out = table[i].fork;
            return true;
        }
    }
    return false;
}

tr_fork tr_chain_fork(const tr_chain_config *config, uint64_t number, uint64_t time, bool merged)
{
    uint64_t paris = config->start[TR_PARIS];
    if (paris != TR_NEVER) merged = number >= paris;
    if (merged) {
        for (unsigned i = TR_OSAKA; i > TR_PARIS; i--)
            if (config->start[i] != TR_NEVER && time >= config->start[i]) return (tr_fork)i;
        return TR_PARIS;
    }
    for (unsigned i = TR_GRAY_GLACIER; i > TR_FRONTIER; i--)
        if (config->start[i] != TR_NEVER && number >= config->start[i]) return (tr_fork)i;
    return TR_FRONTIER;
}

const tr_blob_params *tr_chain_blobs(const tr_chain_config *config, uint64_t time)
{
    const tr_blob_params *found = NULL;
    for (size_t i = 0; i < config->blob_count && config->blobs[i].time <= time; i++)
        found = &config->blobs[i];
    return found;
}

#define DEPOSIT_CONTRACT                                                                           \
    {                                                                                              \
        {                                                                                          \
            0x00, 0x00, 0x00, 0x00, 0x21, 0x9a, 0xb5, 0x40, 0x35, 0x6c, 0xbb, 0x83, 0x9c, 0xbe,    \
                0x05, 0x30, 0x3d, 0x77, 0x05, 0xfa                                                 \
        }                                                                                          \
    }

const tr_chain_config tr_chain_config_mainnet = {
    .chain_id = 1,
    .start =
        {
            [TR_FRONTIER] = 0,
            [TR_HOMESTEAD] = 1150000,
            [TR_TANGERINE] = 2463000,
            [TR_SPURIOUS] = 2675000,
            [TR_BYZANTIUM] = 4370000,
            [TR_CONSTANTINOPLE] = 7280000,
            [TR_PETERSBURG] = 7280000,
            [TR_ISTANBUL] = 9069000,
            [TR_MUIR_GLACIER] = 9200000,
            [TR_BERLIN] = 12244000,
            [TR_LONDON] = 12965000,
            [TR_ARROW_GLACIER] = 13773000,
            [TR_GRAY_GLACIER] = 15050000,
            [TR_PARIS] = 15537394,
            [TR_SHANGHAI] = 1681338455,
            [TR_CANCUN] = 1710338135,
            [TR_PRAGUE] = 1746612311,
            [TR_OSAKA] = 1764798551,
        },
    .dao_block = 1920000,
    .dao_support = true,
    .has_ttd = true,
    .ttd = {{0xd808a128d7380000, 0xc70, 0, 0}}, /* 58,750,000,000,000,000,000,000 */
    .blobs =
        {
            {1710338135, 3, 6, 3338477},
            {1746612311, 6, 9, 5007716},
            {1765290071, 10, 15, 8346193},  /* BPO1 */
            {1767747671, 14, 21, 11684671}, /* BPO2 */
        },
    .blob_count = 4,
    .deposit_contract = DEPOSIT_CONTRACT,
};

tr_chain_config tr_chain_config_at(tr_fork fork, uint64_t chain_id)
{
    const tr_chain_config *mainnet = &tr_chain_config_mainnet;
    tr_chain_config config = {.chain_id = chain_id,
                              .dao_block = TR_NEVER,
                              .has_ttd = fork >= TR_PARIS,
                              .deposit_contract = mainnet->deposit_contract};
    for (unsigned i = 0; i < TR_FORKS; i++) config.start[i] = i <= fork ? 0 : TR_NEVER;
    if (table[fork].blobs) {
        config.blobs[0] = *tr_chain_blobs(mainnet, mainnet->start[fork]);
        config.blobs[0].time = 0;
        config.blob_count = 1;
    }
    return config;
}

/* A chain need not have delayed the bomb, and Paris may come by total difficulty. */
static bool may_be_left_out(unsigned fork)
{
    return fork == TR_MUIR_GLACIER || fork == TR_ARROW_GLACIER || fork == TR_GRAY_GLACIER ||
           fork == TR_PARIS;
}

/* Numbers and times are two orders: each rises for itself, and no fork starts without those before
 * it. */
static tr_err check_order(tr_trail *trail, const tr_chain_config *config)
{
    const char *missing = NULL;
    const tr_fork_rules *last = &table[TR_FRONTIER];
    if (config->start[TR_FRONTIER] != 0)
        return tr_fail(trail, TR_E_CHAIN_CONFIG, "Frontier starts with the first block.");
    for (unsigned i = TR_HOMESTEAD; i < TR_FORKS; i++) {
        const tr_fork_rules *rules = &table[i];
        if (config->start[i] == TR_NEVER) {
            if (!may_be_left_out(i) && missing == NULL) missing = rules->name;
            continue;
        }
        if (missing != NULL)
            return tr_fail(trail, TR_E_CHAIN_CONFIG, "%s starts, but %s before it does not.",
                           rules->name, missing);
        if (rules->by_time == last->by_time && config->start[i] < config->start[last->fork])
            return tr_fail(trail, TR_E_CHAIN_CONFIG, "%s starts before %s.", rules->name,
                           last->name);
        last = rules;
    }
    bool merges = config->has_ttd || config->start[TR_PARIS] != TR_NEVER;
    if (last->by_time && !merges)
        return tr_fail(trail, TR_E_CHAIN_CONFIG,
                       "%s starts by time, but nothing says when proof of work ends.", last->name);
    return TR_OK;
}

tr_err tr_chain_config_check(tr_trail *trail, const tr_chain_config *config)
{
    TR_TRY(check_order(trail, config));
    if (config->blob_count > TR_BLOB_SCHEDULE_MAX)
        return tr_fail(trail, TR_E_CHAIN_CONFIG, "The blob schedule has more than %d entries.",
                       TR_BLOB_SCHEDULE_MAX);
    for (size_t i = 0; i < config->blob_count; i++) {
        const tr_blob_params *blobs = &config->blobs[i];
        if (i != 0 && blobs->time <= blobs[-1].time)
            return tr_fail(trail, TR_E_CHAIN_CONFIG, "The times of the blob schedule do not rise.");
        if (blobs->update_fraction == 0)
            return tr_fail(trail, TR_E_CHAIN_CONFIG,
                           "The blob schedule from %llu on has an update fraction of 0.",
                           (unsigned long long)blobs->time);
        if (blobs->target > blobs->max)
            return tr_fail(trail, TR_E_CHAIN_CONFIG,
                           "The blob schedule from %llu on has a target of %u above its "
                           "maximum of %u.",
                           (unsigned long long)blobs->time, blobs->target, blobs->max);
    }
    /* An OP chain has blobs in its headers only. */
    uint64_t cancun = config->start[TR_CANCUN];
    if (cancun != TR_NEVER && !config->deposits && tr_chain_blobs(config, cancun) == NULL)
        return tr_fail(trail, TR_E_CHAIN_CONFIG, "Cancun starts without blob parameters.");
    return TR_OK;
}
