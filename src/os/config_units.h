/* Numbers with units, as people write them in a configuration: 30s, 1h30m, 1GB, 1.5GiB. */
#ifndef TR_OS_CONFIG_UNITS_H
#define TR_OS_CONFIG_UNITS_H

#include "base/buf.h"

/* tr_units_count reads a whole number in decimal digits.  For all three: TR_E_SYNTAX, TR_E_RANGE
 * (more than 64 bits, or 63 of a duration), TR_E_CONFIG_UNIT; the trail says what was expected. */
TR_NODISCARD tr_err tr_units_count(tr_trail *trail, tr_bytes text, uint64_t *out);

/* tr_units_size reads a number of bytes: B, kB, KB, MB, GB, TB (powers of 1000), KiB, MiB, GiB,
 * TiB (powers of 1024), or no unit for bytes; a fraction if it gives whole bytes. */
TR_NODISCARD tr_err tr_units_size(tr_trail *trail, tr_bytes text, uint64_t *out);

/* tr_units_duration reads nanoseconds: ns, us, ms, s, m, h, d, also several from the largest down
 * (1h30m); a unit is needed but for 0; a fraction if it gives whole nanoseconds. */
TR_NODISCARD tr_err tr_units_duration(tr_trail *trail, tr_bytes text, int64_t *out);

/* The same values as the shortest text that reads back equal without a fraction. */
void tr_units_put_size(tr_buf *out, uint64_t bytes);
void tr_units_put_duration(tr_buf *out, int64_t ns); /* not below 0 */

#endif
