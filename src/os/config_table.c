/* The table of keys as data. */
#include "os/config.h"

static const tr_config_key keys[] = {
#define KEY(constant, key, under, kind, fallback_text, least_text, most_text, used, sentence)      \
    [TR_CONFIG_ID_##constant] = {                                                                  \
        .name = #key,                                                                              \
        .group = under,                                                                            \
        .type = TR_CONFIG_##kind,                                                                  \
        .fallback = fallback_text,                                                                 \
        .least = least_text,                                                                       \
        .most = most_text,                                                                         \
        .in_use = used,                                                                            \
        .what = sentence,                                                                          \
    },
    TR_CONFIG_TABLE(KEY)
#undef KEY
};

const tr_config_schema tr_config_schema_main = {keys, TR_COUNTOF(keys)};

_Static_assert(TR_COUNTOF(keys) <= TR_CONFIG_MAX_KEYS, "every key has its entry");
