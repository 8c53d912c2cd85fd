/* The tar reader on archives put together here field by field; GNU tar's own archives are read in
 * the conformance run. */
#include "codec/tar.h"

#include "harness.h"

typedef struct maker {
    uint8_t bytes[20480];
    size_t len;
} maker;

static void octal(uint8_t *field, size_t len, uint64_t value)
{
    field[len - 1] = 0;
    for (size_t i = len - 1; i-- > 0; value >>= 3) field[i] = (uint8_t)('0' + (value & 7));
}

static void seal(uint8_t *header)
{
    memset(header + 148, ' ', 8);
    uint64_t sum = 0;
    for (size_t i = 0; i < 512; i++) sum += header[i];
    octal(header + 148, 7, sum);
}

static uint8_t *add(maker *m, char type, const char *name, tr_bytes data)
{
    uint8_t *header = m->bytes + m->len;
    memset(header, 0, 512);
    memcpy(header, name, strlen(name));
    octal(header + 124, 12, data.len);
    header[156] = (uint8_t)type;
    memcpy(header + 257,
           "ustar\0"
           "00",
           8);
    seal(header);
    size_t padded = (data.len + 511) / 512 * 512;
    memset(header + 512, 0, padded);
    if (data.len != 0) memcpy(header + 512, data.data, data.len);
    m->len += 512 + padded;
    TR_CHECK(m->len <= sizeof(m->bytes));
    return header;
}

static tr_tar finish(maker *m)
{
    memset(m->bytes + m->len, 0, 1024);
    m->len += 1024;
    return tr_tar_of(tr_bytes_of(m->bytes, m->len));
}

TR_TEST(members_of_each_kind)
{
    maker m = {.len = 0};
    add(&m, '0', "a.txt", TR_LIT("hello"));
    add(&m, '5', "folder/", TR_LIT(""));
    uint8_t *link = add(&m, '2', "link", TR_LIT(""));
    memcpy(link + 157, "a.txt", 5);
    seal(link);
    add(&m, 0, "old", TR_LIT("x"));
    add(&m, '3', "device", TR_LIT(""));
    tr_tar tar = finish(&m);
    tr_tar_member member;
    TR_CHECK_OK(tr_tar_next(NULL, &tar, &member));
    TR_CHECK_BYTES(member.name, TR_LIT("a.txt"));
    TR_CHECK_BYTES(member.data, TR_LIT("hello"));
    TR_CHECK_EQ(member.kind, TR_TAR_FILE);
    TR_CHECK_OK(tr_tar_next(NULL, &tar, &member));
    TR_CHECK_EQ(member.kind, TR_TAR_FOLDER);
    TR_CHECK_EQ(member.offset, 1024);
    TR_CHECK_OK(tr_tar_next(NULL, &tar, &member));
    TR_CHECK_EQ(member.kind, TR_TAR_SYMLINK);
    TR_CHECK_BYTES(member.link, TR_LIT("a.txt"));
    TR_CHECK_OK(tr_tar_next(NULL, &tar, &member));
    TR_CHECK_EQ(member.kind, TR_TAR_FILE);
    TR_CHECK_OK(tr_tar_next(NULL, &tar, &member));
    TR_CHECK_EQ(member.kind, TR_TAR_OTHER);
    TR_CHECK_ERR(tr_tar_next(NULL, &tar, &member), TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_tar_next(NULL, &tar, &member), TR_E_NOT_FOUND);
}

TR_TEST(long_names)
{
    char name[300];
    memset(name, 'n', sizeof(name));
    name[299] = 0;
    maker m = {.len = 0};
    add(&m, 'L', "././@LongLink", tr_bytes_of(name, 300)); /* GNU: with a zero byte */
    add(&m, '0', "nnn", TR_LIT("1"));
    add(&m, 'x', "PaxHeaders/x", TR_LIT("19 comment=ignored\n21 path=caf\xc3\xa9/b.json\n"));
    add(&m, '0', "short", TR_LIT("2"));
    uint8_t *split = add(&m, '0', "file", TR_LIT("3"));
    memset(split + 345, 'p', 155);
    seal(split);
    add(&m, '0', "after", TR_LIT("4"));
    tr_tar tar = finish(&m);
    tr_tar_member member;
    TR_CHECK_OK(tr_tar_next(NULL, &tar, &member));
    TR_CHECK_BYTES(member.name, tr_bytes_of(name, 299));
    TR_CHECK_OK(tr_tar_next(NULL, &tar, &member));
    TR_CHECK_BYTES(member.name, TR_LIT("caf\xc3\xa9/b.json"));
    TR_CHECK_BYTES(member.data, TR_LIT("2"));
    TR_CHECK_OK(tr_tar_next(NULL, &tar, &member));
    TR_CHECK_EQ(member.name.len, 160);
    TR_CHECK_BYTES(tr_bytes_cut(member.name, 154, 6), TR_LIT("p/file"));
    TR_CHECK_OK(tr_tar_next(NULL, &tar, &member));
    TR_CHECK_BYTES(member.name, TR_LIT("after"));
}

TR_TEST(a_pax_size_goes_before_the_headers)
{
    maker m = {.len = 0};
    add(&m, 'x', "x", TR_LIT("9 size=3\n"));
    uint8_t *header = add(&m, '0', "f", TR_LIT("abc"));
    octal(header + 124, 12, 0);
    seal(header);
    tr_tar tar = finish(&m);
    tr_tar_member member;
    TR_CHECK_OK(tr_tar_next(NULL, &tar, &member));
    TR_CHECK_BYTES(member.data, TR_LIT("abc"));
    TR_CHECK_ERR(tr_tar_next(NULL, &tar, &member), TR_E_NOT_FOUND);
}

TR_TEST(damaged_archives)
{
    static const struct {
        const char *pax;
        tr_err err;
    } records[] = {
        {"8 path=", TR_E_ARCHIVE},
        {"9 path=x\n", TR_OK},
        {"99 path=x\n", TR_E_ARCHIVE},
        {"path=x\n", TR_E_ARCHIVE},
        {"0 path=x\n", TR_E_ARCHIVE},
        {"3 \n", TR_E_ARCHIVE},
        {"9 size=z\n", TR_E_ARCHIVE},
        {"9 pathxx\n", TR_E_ARCHIVE},
        {"29 size=99999999999999999999\n", TR_E_ARCHIVE},
        {"28 size=9999999999999999999\n", TR_E_SHORT},
    };
    for (size_t i = 0; i < TR_COUNTOF(records); i++) {
        maker m = {.len = 0};
        add(&m, 'x', "x", tr_bytes_str(records[i].pax));
        add(&m, '0', "f", TR_LIT(""));
        tr_tar tar = finish(&m);
        tr_tar_member member;
        tr_trail trail;
        tr_err err = tr_tar_next(&trail, &tar, &member);
        TR_CHECK_MSG(err == records[i].err, "record %zu: %s", i, tr_err_name(err));
    }
}

TR_TEST(numbers_of_a_header)
{
    static const struct {
        const char field[13];
        tr_err err;
    } sizes[] = {
        {"00000000003\0", TR_OK},
        {"         3  ", TR_OK},
        {"\x80\0\0\0\0\0\0\0\0\0\0\3", TR_OK},
        {"0000000000x\0", TR_E_ARCHIVE},
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", TR_E_ARCHIVE},
        {"\x80\0\0\1\0\0\0\0\0\0\0\3", TR_E_ARCHIVE},
        {"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", TR_E_SHORT},
        {"77777777777\0", TR_E_SHORT},
    };
    for (size_t i = 0; i < TR_COUNTOF(sizes); i++) {
        maker m = {.len = 0};
        uint8_t *header = add(&m, '0', "f", TR_LIT("abc"));
        memcpy(header + 124, sizes[i].field, 12);
        seal(header);
        tr_tar tar = finish(&m);
        tr_tar_member member;
        tr_err err = tr_tar_next(NULL, &tar, &member);
        TR_CHECK_MSG(err == sizes[i].err, "size %zu: %s", i, tr_err_name(err));
        if (err == TR_OK) TR_CHECK_BYTES(member.data, TR_LIT("abc"));
    }
}

TR_TEST(a_changed_header_is_noticed)
{
    maker m = {.len = 0};
    add(&m, '0', "name", TR_LIT("abc"));
    tr_tar whole = finish(&m);
    tr_tar_member member;
    tr_trail trail;
    for (size_t i = 0; i < 148; i++) {
        m.bytes[i] ^= 1;
        tr_tar tar = whole;
        TR_CHECK_ERR(tr_tar_next(&trail, &tar, &member), TR_E_CHECKSUM);
        TR_CHECK_EQ(trail.offset, 0);
        m.bytes[i] ^= 1;
    }
}

TR_TEST(truncated_at_each_length)
{
    maker m = {.len = 0};
    add(&m, 'x', "x", TR_LIT("9 path=y\n"));
    add(&m, '0', "name", TR_LIT("abc"));
    finish(&m);
    for (size_t len = 0; len < 2048; len++) {
        tr_tar tar = tr_tar_of(tr_bytes_of(m.bytes, len));
        tr_tar_member member;
        tr_err err = tr_tar_next(NULL, &tar, &member);
        /* The contents are there from 1539 on, though their padding is not. */
        TR_CHECK_EQ(err, len < 1539 ? TR_E_SHORT : TR_OK);
        if (err == TR_OK) TR_CHECK_ERR(tr_tar_next(NULL, &tar, &member), TR_E_SHORT);
    }
}

TR_TEST(a_member_without_a_name_is_damaged)
{
    maker m = {.len = 0};
    add(&m, '0', "", TR_LIT("abc"));
    tr_tar tar = finish(&m);
    tr_tar_member member;
    TR_CHECK_ERR(tr_tar_next(NULL, &tar, &member), TR_E_ARCHIVE);
}
