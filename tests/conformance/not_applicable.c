/* The list of what does not apply, as a table. */
#include "vectors.h"

#define FILES(pattern, count, why)       {pattern, NULL, count, why},
#define CASES(pattern, name, count, why) {pattern, name, count, why},

const vec_exempt vec_exempts[] = {
#include "not_applicable.def"
};
const size_t vec_exempt_count = TR_COUNTOF(vec_exempts);
