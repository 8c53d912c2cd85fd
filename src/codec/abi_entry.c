#include "codec/abi_internal.h"
#include "hash/keccak.h"

static tr_err fail(abi_parser *p, const char *what)
{
    return tr_fail_at(p->trail, TR_E_ABI_TYPE, (uint64_t)(p->at - p->start), "signature: %s", what);
}

/* What may follow the parameters: Solidity's modifiers, and for a function what it returns. */
static tr_err parse_rest(abi_parser *p, tr_abi_entry *entry)
{
    static const char *const words[] = {"external", "public",  "internal",   "private",
                                        "view",     "pure",    "nonpayable", "payable",
                                        "virtual",  "override"};
    for (;;) {
        abi_skip_space(p);
        if (abi_take_char(p, ';')) abi_skip_space(p);
        if (p->at == p->end) return TR_OK;
        const uint8_t *from = p->at;
        tr_bytes word = abi_take_word(p);
        bool known = false;
        if (entry->kind == TR_ABI_ENTRY_EVENT) {
            known = entry->anonymous = tr_bytes_eq(word, TR_LIT("anonymous"));
        } else if (entry->kind == TR_ABI_ENTRY_FUNCTION) {
            if (tr_bytes_eq(word, TR_LIT("returns")) && entry->outputs == NULL) {
                abi_skip_space(p);
                if (!abi_take_char(p, '(')) return fail(p, "a ( is missing");
                TR_TRY(abi_parse_members(p, ')', &entry->outputs));
                continue;
            }
            for (size_t i = 0; i < TR_COUNTOF(words); i++)
                known |= tr_bytes_eq(word, tr_bytes_str(words[i]));
        }
        if (!known) {
            p->at = from;
            return fail(p, "this cannot stand after the parameters");
        }
    }
}

tr_err tr_abi_parse_entry(tr_trail *trail, tr_arena *arena, tr_bytes text, tr_abi_entry *out)
{
    if (text.len > TR_ABI_MAX_TYPE_TEXT)
        return tr_fail_at(trail, TR_E_LIMIT, TR_ABI_MAX_TYPE_TEXT, "signature: %zu bytes",
                          text.len);
    abi_parser p = abi_parser_of(trail, arena, text);
    *out = (tr_abi_entry){.kind = TR_ABI_ENTRY_FUNCTION};
    abi_skip_space(&p);
    out->name = abi_take_word(&p);
    abi_skip_space(&p);
    if (p.at != p.end && *p.at != '(') {
        if (tr_bytes_eq(out->name, TR_LIT("event")))
            out->kind = TR_ABI_ENTRY_EVENT;
        else if (tr_bytes_eq(out->name, TR_LIT("error")))
            out->kind = TR_ABI_ENTRY_ERROR;
        else if (!tr_bytes_eq(out->name, TR_LIT("function")))
            return fail(&p, "a ( is missing");
        out->name = abi_take_word(&p);
        abi_skip_space(&p);
    }
    if (out->name.len == 0 || (out->name.data[0] >= '0' && out->name.data[0] <= '9'))
        return fail(&p, "a name is missing");
    if (!abi_take_char(&p, '(')) return fail(&p, "a ( is missing");
    TR_TRY(abi_parse_members(&p, ')', &out->inputs));
    TR_TRY(parse_rest(&p, out));
    tr_buf canonical;
    tr_buf_init(&canonical, &arena->alloc, SIZE_MAX);
    tr_buf_put(&canonical, out->name);
    tr_abi_print(&canonical, out->inputs);
    if (tr_buf_err(&canonical) != TR_OK) return tr_fail(trail, TR_E_MEMORY, "out of memory");
    out->hash = tr_keccak256(tr_buf_view(&canonical));
    memcpy(out->selector, out->hash.b, sizeof(out->selector));
    tr_buf_free(&canonical);
    return TR_OK;
}
