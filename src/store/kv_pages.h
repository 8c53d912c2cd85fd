/* The store's file as pages, read with bounds: what LMDB maps and trusts is looked at here first.
 *
 * LMDB's form, version 1 of its data: pages of one size; pages 0 and 1 are the meta pages, written
 * in turn, each with the roots of two trees: of the free pages, and of the tables by name.  A page
 * is a branch, a leaf, or a run that holds one long value. */
#ifndef TR_STORE_KV_PAGES_H
#define TR_STORE_KV_PAGES_H

#include "base/base.h"

/* The bytes, wherever they are. */
typedef struct tr_kv_pages tr_kv_pages;
struct tr_kv_pages {
    tr_err (*read)(tr_kv_pages *self, tr_trail *trail, uint64_t offset, void *to, size_t len);
    uint64_t size;
};

/* The table in which tr_kv keeps what it knows of the store itself. */
#define TR_KV_SELF_TABLE ".trestle"

typedef struct tr_kv_pages_report {
    uint32_t page_size;
    uint64_t transaction; /* of the meta page that counts */
    uint64_t last_page;
    uint64_t used, free; /* pages; free ones by the list of free pages */
    uint64_t tables, entries;
    bool cut;     /* the file ends before last_page: right only if all of those are free */
    bool is_ours; /* has the table TR_KV_SELF_TABLE */
} tr_kv_pages_report;

/* tr_kv_pages_check looks at both meta pages, the list of free pages, the names of the tables and
 * the root page of each; deep: at every page.  transaction names the meta page that counts; 0: the
 * newest.  TR_E_KV_FORMAT: no LMDB file, or none that tr_kv wrote.  TR_E_KV_DAMAGED, with the
 * offset of the page.  TR_E_KV_VERSION: LMDB's form has changed.  Takes memory for a bit for each
 * page and one page for each level, and gives it back. */
TR_NODISCARD tr_err tr_kv_pages_check(tr_trail *trail, tr_alloc *alloc, tr_kv_pages *pages,
                                      uint64_t transaction, bool deep, tr_kv_pages_report *out);

#endif
