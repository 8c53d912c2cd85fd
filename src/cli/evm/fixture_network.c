/* Networks as fixtures name them. */
#include "cli/evm/fixture.h"

typedef struct stage {
    tr_fork fork;
    unsigned bpo; /* forks of the blob schedule alone; 0: none */
    bool dao;
} stage;

/* Where a word is in a name, or the length. */
static size_t find(tr_bytes text, const char *word)
{
    tr_bytes want = tr_bytes_str(word);
    for (size_t i = 0; i + want.len <= text.len; i++)
        if (memcmp(text.data + i, want.data, want.len) == 0) return i;
    return text.len;
}

static bool read_stage(tr_bytes name, stage *out)
{
    *out = (stage){.fork = TR_OSAKA};
    if (name.len == 4 && memcmp(name.data, "BPO", 3) == 0 && name.data[3] >= '1' &&
        name.data[3] <= '9') {
        out->bpo = (unsigned)(name.data[3] - '0');
        return true;
    }
    out->dao = tr_bytes_eq(name, TR_LIT("Dao"));
    if (out->dao) {
        out->fork = TR_HOMESTEAD;
        return true;
    }
    return tr_fork_find(name, &out->fork);
}

/* "15k", "5". */
static uint64_t number_in(tr_bytes text)
{
    uint64_t value = 0;
    size_t i = 0;
    for (; i < text.len && text.data[i] >= '0' && text.data[i] <= '9' && value < UINT32_MAX; i++)
        value = 10 * value + (uint64_t)(text.data[i] - '0');
    return i < text.len && text.data[i] == 'k' ? 1000 * value : value;
}

/* What mainnet has, and after it what only fixtures have. */
static tr_blob_params default_blobs(const stage *s)
{
    static const tr_blob_params bpo[] = {
        {0, 10, 15, 8346193}, {0, 14, 21, 11684671}, {0, 21, 32, 20609697}, {0, 14, 21, 13739630}};
    if (s->bpo != 0) return bpo[TR_MIN(s->bpo, TR_COUNTOF(bpo)) - 1];
    tr_chain_config config = tr_chain_config_at(s->fork, 1);
    return config.blobs[0];
}

static tr_err read_blobs(tr_trail *trail, const tr_json *schedule, const stage *s, uint64_t time,
                         tr_blob_params *out)
{
    char bpo[] = {'B', 'P', 'O', (char)('0' + s->bpo), '\0'};
    const tr_json *entry =
        tr_json_get(schedule, s->bpo != 0 ? bpo : tr_fork_rules_of(s->fork)->name);
    uint64_t target, max, fraction;
    *out = default_blobs(s);
    out->time = time;
    if (entry == NULL) return TR_OK;
    if (!fixture_u64(tr_json_get(entry, "target"), &target) || target > UINT32_MAX ||
        !fixture_u64(tr_json_get(entry, "max"), &max) || max > UINT32_MAX ||
        !fixture_u64(tr_json_get(entry, "baseFeeUpdateFraction"), &fraction))
        return tr_fail_at(trail, TR_E_JSON_FIELD, entry->offset, "no entry of a blob schedule");
    *out = (tr_blob_params){time, (uint32_t)target, (uint32_t)max, fraction};
    return TR_OK;
}

/* The second stage begins at a block, a time or a total difficulty. */
static bool begin_at(tr_chain_config *config, const stage *from, const stage *to, tr_bytes when,
                     uint64_t *time)
{
    uint64_t start = 0;
    if (find(when, "Time") == 0) {
        start = *time = number_in(tr_bytes_cut(when, 4, SIZE_MAX));
    } else if (find(when, "Diff") == 0) {
        tr_bytes ttd = tr_bytes_cut(when, 4, SIZE_MAX);
        config->has_ttd = tr_u256_from_hex(NULL, ttd, &config->ttd) == TR_OK;
        if (!config->has_ttd) return false;
        start = TR_NEVER;
    } else {
        start = number_in(when);
    }
    for (unsigned i = from->fork + 1; i <= to->fork; i++) config->start[i] = start;
    if (to->dao) {
        config->dao_block = start;
        config->dao_support = true;
    }
    return true;
}

tr_err fixture_network(tr_trail *trail, tr_bytes name, const tr_json *blob_schedule,
                       uint64_t chain_id, tr_chain_config *out)
{
    stage from, to;
    uint64_t time = 0;
    size_t word = find(name, "To"), at = find(name, "At");
    bool two = at < name.len && word < at;
    if (!read_stage(two ? tr_bytes_cut(name, 0, word) : name, &from) ||
        (two && !read_stage(tr_bytes_cut(name, word + 2, at - word - 2), &to)))
        return tr_fail(trail, TR_E_CHAIN_CONFIG, "no network %.*s is known",
                       (int)TR_MIN(name.len, (size_t)80), (const char *)name.data);
    *out = tr_chain_config_at(from.fork, chain_id);
    out->blob_count = 0;
    if (tr_fork_rules_of(from.fork)->blobs) {
        TR_TRY(read_blobs(trail, blob_schedule, &from, 0, &out->blobs[0]));
        out->blob_count = 1;
    }
    if (!two) return tr_chain_config_check(trail, out);
    if (!begin_at(out, &from, &to, tr_bytes_cut(name, at + 2, SIZE_MAX), &time))
        return tr_fail(trail, TR_E_CHAIN_CONFIG, "the network's change is at no known place");
    if (tr_fork_rules_of(to.fork)->blobs)
        TR_TRY(read_blobs(trail, blob_schedule, &to, time, &out->blobs[out->blob_count++]));
    return tr_chain_config_check(trail, out);
}
