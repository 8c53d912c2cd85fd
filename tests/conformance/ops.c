#include "ops.h"

const tr_op *tr_op_find(tr_bytes name)
{
    for (size_t t = 0; t < tr_op_table_count; t++)
        for (size_t i = 0; i < tr_op_tables[t]->count; i++)
            if (tr_bytes_eq(tr_bytes_str(tr_op_tables[t]->ops[i].name), name))
                return &tr_op_tables[t]->ops[i];
    return NULL;
}
