/* What the files of the configuration share. */
#ifndef TR_OS_CONFIG_INTERNAL_H
#define TR_OS_CONFIG_INTERNAL_H

#include "os/config.h"

#define TR_CONFIG_ROOT   "layer2"
#define TR_CONFIG_PREFIX "LAYER2_"

enum { TR_CONFIG_NAME = 64 }; /* no name in a table is as long */

/* tr_config_find is the key of that name, or NULL. */
const tr_config_key *tr_config_find(const tr_config_schema *schema, tr_bytes name);

/* tr_config_has_group is true if some key has this group. */
bool tr_config_has_group(const tr_config_schema *schema, tr_bytes group);

/* tr_config_parse reads text as the key's type and checks its range. */
TR_NODISCARD tr_err tr_config_parse(tr_trail *trail, const tr_config_key *key, tr_bytes text,
                                    tr_config_entry *out);

/* tr_config_put_value writes an entry's value as it is read. */
void tr_config_put_value(tr_buf *out, const tr_config_key *key, const tr_config_entry *entry);

/* tr_config_report adds an error to the list. */
TR_NODISCARD tr_err tr_config_report(tr_config *config, tr_err code, tr_bytes text);

/* Names as the environment and as flags have them, in upper case and with dashes. */
const char *tr_config_variable(const tr_config_key *key, char out[TR_CONFIG_NAME + 8]);
const char *tr_config_flag(const tr_config_key *key, char out[TR_CONFIG_NAME + 8]);

/* A search for the name that is least different: begin with distance SIZE_MAX and offer all. */
typedef struct tr_nearest {
    tr_bytes to;
    const char *name;
    size_t distance;
} tr_nearest;

void tr_nearest_offer(tr_nearest *nearest, const char *name);

#endif
