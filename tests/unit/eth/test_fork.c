/* The table of forks, and chains. */
#include "eth/fork.h"
#include "harness.h"

TR_TEST(names)
{
    static const struct {
        const char *name;
        tr_fork fork;
    } cases[] = {
        {"Frontier", TR_FRONTIER},
        {"Homestead", TR_HOMESTEAD},
        {"EIP150", TR_TANGERINE},
        {"TangerineWhistle", TR_TANGERINE},
        {"EIP158", TR_SPURIOUS},
        {"SpuriousDragon", TR_SPURIOUS},
        {"Byzantium", TR_BYZANTIUM},
        {"Constantinople", TR_CONSTANTINOPLE},
        {"ConstantinopleFix", TR_PETERSBURG},
        {"Petersburg", TR_PETERSBURG},
        {"Istanbul", TR_ISTANBUL},
        {"Berlin", TR_BERLIN},
        {"london", TR_LONDON},
        {"ArrowGlacier", TR_ARROW_GLACIER},
        {"GrayGlacier", TR_GRAY_GLACIER},
        {"Merge", TR_PARIS},
        {"PARIS", TR_PARIS},
        {"Shanghai", TR_SHANGHAI},
        {"Cancun", TR_CANCUN},
        {"Prague", TR_PRAGUE},
        {"Osaka", TR_OSAKA},
    };
    tr_fork fork;
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        TR_CHECK(tr_fork_find(tr_bytes_str(cases[i].name), &fork));
        TR_CHECK_EQ(fork, cases[i].fork);
    }
    TR_CHECK(!tr_fork_find(TR_LIT("Frontie"), &fork));
    TR_CHECK(!tr_fork_find(TR_LIT("Frontier2"), &fork));
    TR_CHECK(!tr_fork_find(TR_LIT(""), &fork));
}

/* A parent's numbers hold until a fork changes them. */
TR_TEST(each_fork_is_its_parent_and_changes)
{
    for (unsigned i = 0; i < TR_FORKS; i++) {
        const tr_fork_rules *rules = tr_fork_rules_of((tr_fork)i);
        TR_CHECK_EQ(rules->fork, i);
        TR_CHECK_EQ(rules->by_time, i >= TR_SHANGHAI);
        TR_CHECK_EQ(rules->tx_gas, 21000);
        TR_CHECK_EQ(rules->tx_create_gas, i >= TR_HOMESTEAD ? 32000 : 0);
        TR_CHECK_EQ(rules->tx_byte_gas, i >= TR_ISTANBUL ? 16 : 68);
        TR_CHECK_EQ(rules->tx_address_gas, i >= TR_BERLIN ? 2400 : 0);
        TR_CHECK_EQ(rules->chain_id_signed, i >= TR_SPURIOUS);
        TR_CHECK_EQ(rules->low_s, i >= TR_HOMESTEAD);
        TR_CHECK_EQ(rules->status_receipts, i >= TR_BYZANTIUM);
        TR_CHECK_EQ(rules->tx_types, i >= TR_PRAGUE   ? 0x1f
                                     : i >= TR_CANCUN ? 0x0f
                                     : i >= TR_LONDON ? 0x07
                                     : i >= TR_BERLIN ? 0x03
                                                      : 0x01);
        TR_CHECK_EQ(rules->header_fields, i >= TR_PRAGUE     ? 21
                                          : i >= TR_CANCUN   ? 20
                                          : i >= TR_SHANGHAI ? 17
                                          : i >= TR_LONDON   ? 16
                                                             : 15);
        TR_CHECK_EQ(rules->reward, i >= TR_PARIS            ? 0
                                   : i >= TR_CONSTANTINOPLE ? 2000000000000000000
                                   : i >= TR_BYZANTIUM      ? 3000000000000000000
                                                            : 5000000000000000000);
        TR_CHECK_EQ(rules->base_fee, i >= TR_LONDON);
        TR_CHECK_EQ(rules->withdrawals, i >= TR_SHANGHAI);
        TR_CHECK_EQ(rules->initcode_max, i >= TR_SHANGHAI ? 49152 : 0);
        TR_CHECK_EQ(rules->blobs, i >= TR_CANCUN);
        TR_CHECK_EQ(rules->requests, i >= TR_PRAGUE);
        TR_CHECK_EQ(rules->tx_floor_token_gas, i >= TR_PRAGUE ? 10 : 0);
        TR_CHECK_EQ(rules->tx_gas_max, i >= TR_OSAKA ? 16777216 : 0);
        TR_CHECK_EQ(rules->block_rlp_max, i >= TR_OSAKA ? 8388608 : 0);
    }
}

static tr_fork mainnet(uint64_t number, uint64_t time)
{
    return tr_chain_fork(&tr_chain_config_mainnet, number, time, false);
}

TR_TEST(mainnet_boundaries)
{
    const uint64_t *start = tr_chain_config_mainnet.start;
    for (unsigned i = TR_HOMESTEAD; i <= TR_PARIS; i++) {
        if (i == TR_CONSTANTINOPLE) continue; /* it never was alone */
        unsigned before = i == TR_PETERSBURG ? TR_BYZANTIUM : i - 1;
        TR_CHECK_EQ(mainnet(start[i] - 1, 0), before);
        TR_CHECK_EQ(mainnet(start[i], 0), i);
    }
    for (unsigned i = TR_SHANGHAI; i < TR_FORKS; i++) {
        TR_CHECK_EQ(mainnet(30000000, start[i] - 1), i - 1);
        TR_CHECK_EQ(mainnet(30000000, start[i]), i);
    }
    /* No time helps before proof of stake. */
    TR_CHECK_EQ(mainnet(15537393, UINT64_MAX), TR_GRAY_GLACIER);
    TR_CHECK_EQ(mainnet(12965000, 0), TR_LONDON);
    TR_CHECK_EQ(mainnet(0, 0), TR_FRONTIER);
    TR_CHECK_OK(tr_chain_config_check(NULL, &tr_chain_config_mainnet));
}

TR_TEST(mainnet_blobs)
{
    static const struct {
        uint64_t time;
        uint32_t target, max;
    } cases[] = {{1710338135, 3, 6},   {1746612310, 3, 6},   {1746612311, 6, 9},
                 {1764798551, 6, 9},   {1765290071, 10, 15}, {1767747670, 10, 15},
                 {1767747671, 14, 21}, {UINT64_MAX, 14, 21}};
    TR_CHECK(tr_chain_blobs(&tr_chain_config_mainnet, 1710338134) == NULL);
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        const tr_blob_params *blobs = tr_chain_blobs(&tr_chain_config_mainnet, cases[i].time);
        TR_CHECK(blobs != NULL);
        TR_CHECK_EQ(blobs->target, cases[i].target);
        TR_CHECK_EQ(blobs->max, cases[i].max);
    }
}

/* The chain's total difficulty decides where Paris has no number. */
TR_TEST(merged)
{
    tr_chain_config config = tr_chain_config_at(TR_OSAKA, 7);
    config.start[TR_PARIS] = TR_NEVER;
    TR_CHECK_EQ(tr_chain_fork(&config, 5, 5, false), TR_GRAY_GLACIER);
    TR_CHECK_EQ(tr_chain_fork(&config, 5, 5, true), TR_OSAKA);
    config.start[TR_SHANGHAI] = 6;
    config.start[TR_CANCUN] = config.start[TR_PRAGUE] = config.start[TR_OSAKA] = TR_NEVER;
    TR_CHECK_EQ(tr_chain_fork(&config, 5, 5, true), TR_PARIS);
    TR_CHECK_EQ(tr_chain_fork(&config, UINT64_MAX, UINT64_MAX, true), TR_SHANGHAI);
    TR_CHECK_EQ(tr_chain_fork(&config, UINT64_MAX, UINT64_MAX, false), TR_GRAY_GLACIER);
}

TR_TEST(chains_at_one_fork)
{
    for (unsigned i = 0; i < TR_FORKS; i++) {
        tr_chain_config config = tr_chain_config_at((tr_fork)i, 1337);
        TR_CHECK_OK(tr_chain_config_check(NULL, &config));
        TR_CHECK_EQ(config.chain_id, 1337);
        TR_CHECK_EQ(tr_chain_fork(&config, 0, 0, false), i);
        TR_CHECK_EQ(tr_chain_fork(&config, UINT64_MAX, UINT64_MAX, false), i);
        const tr_blob_params *blobs = tr_chain_blobs(&config, 0);
        TR_CHECK_EQ(blobs != NULL, i >= TR_CANCUN);
        if (blobs != NULL) TR_CHECK_EQ(blobs->max, i == TR_CANCUN ? 6 : 9);
    }
}

#define REFUSED(change)                                                                            \
    do {                                                                                           \
        tr_chain_config config = tr_chain_config_mainnet;                                          \
        change;                                                                                    \
        tr_trail trail;                                                                            \
        TR_CHECK_ERR(tr_chain_config_check(&trail, &config), TR_E_CHAIN_CONFIG);                   \
        TR_CHECK(trail.len != 0);                                                                  \
    } while (0)

#define ACCEPTED(change)                                                                           \
    do {                                                                                           \
        tr_chain_config config = tr_chain_config_mainnet;                                          \
        change;                                                                                    \
        TR_CHECK_OK(tr_chain_config_check(NULL, &config));                                         \
    } while (0)

TR_TEST(configurations_that_make_no_sense)
{
    REFUSED(config.start[TR_FRONTIER] = 1);
    REFUSED(config.start[TR_LONDON] = config.start[TR_BERLIN] - 1);
    REFUSED(config.start[TR_LONDON] = TR_NEVER);
    REFUSED(config.start[TR_PRAGUE] = config.start[TR_CANCUN] - 1);
    REFUSED(config.start[TR_CANCUN] = TR_NEVER);
    REFUSED(config.start[TR_PARIS] = TR_NEVER; config.has_ttd = false);
    REFUSED(config.blob_count = TR_BLOB_SCHEDULE_MAX + 1);
    REFUSED(config.blobs[1].time = config.blobs[0].time);
    REFUSED(config.blobs[2].update_fraction = 0);
    REFUSED(config.blobs[3].target = 22);
    REFUSED(config.blobs[0].time++);
    REFUSED(config.blob_count = 0);
    ACCEPTED(config.start[TR_PARIS] = TR_NEVER);
    ACCEPTED(config.start[TR_MUIR_GLACIER] = TR_NEVER);
    ACCEPTED(config.start[TR_ARROW_GLACIER] = config.start[TR_GRAY_GLACIER] = TR_NEVER);
    ACCEPTED(config.start[TR_OSAKA] = TR_NEVER);
    ACCEPTED(config.blobs[3].target = 21);
    ACCEPTED(config.blob_count = 0; config.deposits = true);
    /* Times are not compared with numbers. */
    ACCEPTED(config.start[TR_SHANGHAI] = 0);
}
