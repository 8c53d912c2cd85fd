/* What log.c and log_line.c share: the making of a line. */
#ifndef TR_OS_LOG_INTERNAL_H
#define TR_OS_LOG_INTERNAL_H

#include "base/buf.h"
#include "os/log.h"

/* tr_log_put_time adds what begins the line, tr_log_put_body the rest up to where the line's end
 * goes; *head is how much of the body there is up to and with msg. */
void tr_log_put_time(tr_buf *out, tr_log_format format, int64_t wall);
void tr_log_put_body(tr_buf *out, tr_log_format format, bool colour, tr_log_level level,
                     const char *module, const char *msg, const tr_log_field *fields, size_t count,
                     size_t *head);

/* tr_log_put_end closes the line; its room is always there. */
void tr_log_put_end(tr_buf *out, tr_log_format format);

/* tr_log_put_fields adds fields to an open body. */
void tr_log_put_fields(tr_buf *out, tr_log_format format, const tr_log_field *fields, size_t count);

#endif
