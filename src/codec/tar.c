#include "codec/tar.h"

enum {
    BLOCK = 512,
    /* Where the fields of a header are, and how long. */
    NAME = 0,
    NAME_LEN = 100,
    SIZE = 124,
    SIZE_LEN = 12,
    SUM = 148,
    SUM_LEN = 8,
    TYPE = 156,
    LINK = 157,
    LINK_LEN = 100,
    MAGIC = 257,
    PREFIX = 345,
    PREFIX_LEN = 155,
};

/* What earlier extension headers say about the member to come. */
typedef struct extension {
    tr_bytes name, link; /* data NULL: nothing said */
    bool has_size;
    uint64_t size;
} extension;

static tr_bytes text_field(const uint8_t *field, size_t len)
{
    size_t n = 0;
    while (n < len && field[n] != 0) n++;
    return tr_bytes_of(field, n);
}

/* A number in octal digits with spaces or zero bytes around it, or, when the first bit is set, in
 * base 256. */
static bool number_field(const uint8_t *field, size_t len, uint64_t *out)
{
    uint64_t value = 0;
    if (field[0] & 0x80) {
        if (field[0] != 0x80) return false; /* negative, or far too large */
        for (size_t i = 1; i < len; i++) {
            if (value >> 56 != 0) return false;
            value = value << 8 | field[i];
        }
        *out = value;
        return true;
    }
    size_t i = 0;
    while (i < len && field[i] == ' ') i++;
    for (; i < len && field[i] >= '0' && field[i] <= '7'; i++) {
        if (value >> 61 != 0) return false;
        value = value << 3 | (uint64_t)(field[i] - '0');
    }
    for (; i < len; i++)
        if (field[i] != ' ' && field[i] != 0) return false;
    *out = value;
    return true;
}

static bool all_zero(const uint8_t *block)
{
    for (size_t i = 0; i < BLOCK; i++)
        if (block[i] != 0) return false;
    return true;
}

/* The sum of all bytes, those of the sum's own field counted as spaces. */
static bool sum_holds(const uint8_t *header)
{
    uint64_t said, sum = 0;
    if (!number_field(header + SUM, SUM_LEN, &said)) return false;
    for (size_t i = 0; i < BLOCK; i++) sum += i >= SUM && i < SUM + SUM_LEN ? ' ' : header[i];
    return sum == said;
}

static bool decimal(tr_bytes text, uint64_t *out)
{
    uint64_t value = 0;
    if (text.len == 0) return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t digit = (uint8_t)(text.data[i] - '0');
        if (digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, digit, &value))
            return false;
    }
    *out = value;
    return true;
}

static size_t find(tr_bytes text, uint8_t byte)
{
    size_t i = 0;
    while (i < text.len && text.data[i] != byte) i++;
    return i;
}

/* The records of a pax header: "LENGTH KEY=VALUE\n", where the length counts the whole record. */
static bool read_pax(tr_bytes records, extension *ext)
{
    while (records.len != 0) {
        size_t space = find(records, ' ');
        uint64_t len;
        if (space == records.len || !decimal(tr_bytes_cut(records, 0, space), &len)) return false;
        if (len > records.len || len < space + 3 || records.data[len - 1] != '\n') return false;
        tr_bytes record = tr_bytes_cut(records, space + 1, (size_t)len - space - 2);
        size_t equals = find(record, '=');
        if (equals == record.len) return false;
        tr_bytes key = tr_bytes_cut(record, 0, equals);
        tr_bytes value = tr_bytes_cut(record, equals + 1, record.len);
        if (tr_bytes_eq(key, TR_LIT("path"))) {
            if (find(value, 0) != value.len) return false;
            ext->name = value;
        } else if (tr_bytes_eq(key, TR_LIT("linkpath"))) {
            ext->link = value;
        } else if (tr_bytes_eq(key, TR_LIT("size"))) {
            if (!decimal(value, &ext->size)) return false;
            ext->has_size = true;
        }
        records = tr_bytes_cut(records, (size_t)len, records.len);
    }
    return true;
}

static tr_bytes header_name(tr_tar *tar, const uint8_t *header)
{
    tr_bytes name = text_field(header + NAME, NAME_LEN);
    if (memcmp(header + MAGIC, "ustar\0", 6) != 0) return name;
    tr_bytes prefix = text_field(header + PREFIX, PREFIX_LEN);
    if (prefix.len == 0) return name;
    memcpy(tar->joined, prefix.data, prefix.len);
    tar->joined[prefix.len] = '/';
    memcpy(tar->joined + prefix.len + 1, name.data, name.len);
    return tr_bytes_of(tar->joined, prefix.len + 1 + name.len);
}

static tr_tar_kind kind_of(uint8_t type, tr_bytes name)
{
    switch (type) {
    case '0':
    case '7':
        return TR_TAR_FILE;
    case 0: /* before ustar a folder was known by its name alone */
        return name.data[name.len - 1] == '/' ? TR_TAR_FOLDER : TR_TAR_FILE;
    case '1':
        return TR_TAR_HARDLINK;
    case '2':
        return TR_TAR_SYMLINK;
    case '5':
        return TR_TAR_FOLDER;
    default:
        return TR_TAR_OTHER;
    }
}

/* One header and its contents. */
typedef struct piece {
    const uint8_t *header;
    tr_bytes data;
    size_t next; /* where the next header is */
} piece;

static tr_err read_piece(tr_trail *trail, const tr_tar *tar, size_t at, const extension *ext,
                         piece *out)
{
    size_t left = tar->archive.len - at;
    if (left < BLOCK || tar->archive.data == NULL)
        return tr_fail_at(trail, TR_E_SHORT, tar->archive.len, "archive: there is no end mark");
    TR_ASSERT(tar->archive.data != NULL);
    const uint8_t *header = tar->archive.data + at;
    if (all_zero(header)) return TR_E_NOT_FOUND;
    if (!sum_holds(header))
        return tr_fail_at(trail, TR_E_CHECKSUM, at, "archive: the sum of a header does not match");
    uint64_t size;
    if (!number_field(header + SIZE, SIZE_LEN, &size))
        return tr_fail_at(trail, TR_E_ARCHIVE, at, "archive: the size of a member is no number");
    uint8_t type = header[TYPE];
    bool extends = type == 'x' || type == 'g' || type == 'L' || type == 'K';
    if (ext->has_size && !extends) size = ext->size;
    if (type >= '1' && type <= '6') size = 0; /* links, devices, folders have no contents */
    left -= BLOCK;
    if (size > left)
        return tr_fail_at(trail, TR_E_SHORT, at, "archive: it ends within a member of %llu bytes",
                          (unsigned long long)size);
    size_t padded = ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
    out->header = header;
    out->data = tr_bytes_of(header + BLOCK, (size_t)size);
    out->next = at + BLOCK + TR_MIN(padded, left);
    return TR_OK;
}

tr_tar tr_tar_of(tr_bytes archive)
{
    return (tr_tar){.archive = archive};
}

tr_err tr_tar_next(tr_trail *trail, tr_tar *tar, tr_tar_member *out)
{
    extension ext = {0};
    piece p = {0};
    for (size_t at = tar->at;; at = p.next) {
        TR_TRY(read_piece(trail, tar, at, &ext, &p));
        uint8_t type = p.header[TYPE];
        if (type == 'x') {
            if (!read_pax(p.data, &ext))
                return tr_fail_at(trail, TR_E_ARCHIVE, at, "archive: a pax record is damaged");
        } else if (type == 'L') {
            ext.name = text_field(p.data.data, p.data.len);
        } else if (type == 'K') {
            ext.link = text_field(p.data.data, p.data.len);
        } else if (type != 'g') { /* global records say nothing about names or sizes */
            tr_bytes name = ext.name.data != NULL ? ext.name : header_name(tar, p.header);
            if (name.len == 0)
                return tr_fail_at(trail, TR_E_ARCHIVE, at, "archive: a member has no name");
            tr_tar_kind kind = kind_of(type, name);
            tr_bytes link = {NULL, 0};
            if (kind == TR_TAR_SYMLINK || kind == TR_TAR_HARDLINK)
                link = ext.link.data != NULL ? ext.link : text_field(p.header + LINK, LINK_LEN);
            *out = (tr_tar_member){name, link, p.data, kind, at};
            tar->at = p.next;
            return TR_OK;
        }
    }
}
