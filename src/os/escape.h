/* Text from anybody, made safe for a terminal or a JSON string. */
#ifndef TR_OS_ESCAPE_H
#define TR_OS_ESCAPE_H

#include <stdbool.h>

#include "base/buf.h"

typedef enum tr_escape_style {
    TR_ESCAPE_HUMAN, /* a byte that is not UTF-8 becomes \xNN */
    TR_ESCAPE_JSON,  /* it becomes \ufffd */
} tr_escape_style;

/* tr_escape_text adds text, escaped and without quotes: control characters, quotes, backslashes,
 * what is not UTF-8, and characters that turn the direction of writing.  It stops before less than
 * spare bytes of the buffer would be left; false if it stopped early. */
bool tr_escape_text(tr_buf *out, tr_escape_style style, tr_bytes text, size_t spare);

/* tr_escape_is_plain is true for printable ASCII but quotes and backslash. */
static inline bool tr_escape_is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* tr_utf8_at gives the length of the character that text begins with, and its number; 0 if the
 * bytes there (len is not 0) are no character. */
size_t tr_utf8_at(const uint8_t *text, size_t len, uint32_t *out);

/* tr_utf8_is_hostile is true for control characters of all kinds, those that end a line, and those
 * that turn the direction of writing. */
bool tr_utf8_is_hostile(uint32_t c);

#endif
