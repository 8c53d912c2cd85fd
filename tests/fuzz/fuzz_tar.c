/* Tar: every view lies in the archive (or is the name put together in the reader), members come in
 * order, and the walk ends. */
#include "codec/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool lies_in(tr_bytes part, tr_bytes whole)
{
    return part.data == NULL || (part.data >= whole.data && part.len <= whole.len &&
                                 part.data - whole.data <= (ptrdiff_t)(whole.len - part.len));
}

/* The sum of a header is set right, or hardly any input would come past it. */
static void seal(uint8_t *header)
{
    uint32_t sum = 0;
    memset(header + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++) sum += header[i];
    for (size_t i = 0; i < 6; i++) header[148 + i] = (uint8_t)('0' + (sum >> (15 - 3 * i) & 7));
}

static uint64_t walk(tr_bytes archive)
{
    tr_tar tar = tr_tar_of(archive);
    tr_tar_member member;
    tr_trail trail;
    uint64_t seen = 0;
    size_t last = 0;
    for (bool first = true;; first = false) {
        tr_err err = tr_tar_next(&trail, &tar, &member);
        TR_ASSERT(err == TR_OK || err == TR_E_NOT_FOUND || trail.offset <= archive.len);
        if (err != TR_OK) return seen;
        TR_ASSERT(first || member.offset > last);
        last = member.offset;
        bool joined = member.name.data == tar.joined && member.name.len <= sizeof(tar.joined);
        TR_ASSERT(member.name.len != 0 && (joined || lies_in(member.name, archive)));
        TR_ASSERT(lies_in(member.link, archive) && lies_in(member.data, archive));
        for (size_t i = 0; i < member.data.len; i++) seen = seen * 31 + member.data.data[i];
        for (size_t i = 0; i < member.name.len; i++) seen = seen * 31 + member.name.data[i];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t copy[1 << 16];
    tr_bytes in = {data, len};
    TR_ASSERT(walk(in) == walk(in));
    if (len > sizeof(copy)) return 0;
    if (len != 0) memcpy(copy, data, len);
    for (size_t at = 0; at + 512 <= len; at += 512) seal(copy + at);
    (void)walk(tr_bytes_of(copy, len));
    return 0;
}
