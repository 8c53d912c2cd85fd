/* `trestle test-vectors PATH...`: someone else's cases.
 *
 * PATH is a file, a folder or an archive (.tar.zst).  Each file found is looked up by its path in
 * the list of what does not apply (not_applicable.def, with a reason each), and then in one table
 * (table.c), which names its runner.  A file that neither knows is run if what is in it is a kind
 * of test that says itself what it is, and is a failure else.  A runner reads the file and reports
 * each case with vec_pass or vec_fail.
 *
 * Files are run by all processors at once: a runner has no state of its own.  Results are printed
 * in the order of the files.
 *
 * Primitives are called through the operations of ops.h, so that the same cases can be put to the
 * guest closure running as rv64im (--guest PROGRAM, every N-th with --every N). */
#ifndef TR_CONFORMANCE_VECTORS_H
#define TR_CONFORMANCE_VECTORS_H

#include "base/base.h"
#include "codec/json.h"

typedef struct vec_run vec_run;

typedef struct vec_file {
    const char *path; /* with the archive's name before it */
    tr_bytes data;
    const tr_json *json; /* the document, for rows that say so; else NULL */
    tr_arena *arena;     /* lives as long as the file */
} vec_file;

typedef struct vec_row {
    const char *pattern; /* a glob on the end of the path: "RLPTests/[*].json"; * crosses no / */
    void (*run)(vec_run *run, const vec_file *file);
    bool json; /* parse the file first */
} vec_row;

/* The table of each subject is in its file, run_<subject>.c; table.c joins them. */
typedef struct vec_rows {
    const vec_row *rows;
    size_t count;
} vec_rows;

extern const vec_rows *const vec_tables[];
extern const size_t vec_table_count;

/* vec_pass and vec_fail count one case; vec_fail prints file, case and reason.  name may be any
 * view; it is printed with escapes. */
void vec_pass(vec_run *run);
void vec_fail(vec_run *run, tr_bytes name, const char *format, ...) TR_PRINTF(3, 4);

/* vec_check passes if ok, else fails with the reason. */
#define vec_check(run, ok, name, ...) ((ok) ? vec_pass(run) : vec_fail((run), (name), __VA_ARGS__))

/* vec_skip counts a case that does not apply; one that not_applicable.def does not have fails.  It
 * is said of every such case, before vec_wants. */
void vec_skip(vec_run *run, tr_bytes name);

/* vec_part is the runner of files that are read by the cases of another one (vec_sibling); one that
 * no case has read, when all were run, is a failure. */
void vec_part(vec_run *run, const vec_file *file);

/* vec_wants is true when the next case is one to be run (--every N); a runner asks once for each
 * case before working on it. */
bool vec_wants(vec_run *run);

/* vec_is_guest: operations go to the guest, and a case that asks for none need not be run. */
bool vec_is_guest(const vec_run *run);

/* vec_op performs an operation of ops.h, here or in the guest; the result's bytes live in the
 * file's arena. */
tr_err vec_op(vec_run *run, const vec_file *file, const char *op, tr_bytes in, tr_bytes *out);

/* vec_sibling is the content of another file of the same archive or folder, by the end of its path;
 * data NULL if there is none. */
tr_bytes vec_sibling(const vec_run *run, const vec_file *file, const char *path);

/* vec_hex decodes hex text with or without 0x into the file's arena; data NULL if it is none. */
tr_bytes vec_hex(const vec_file *file, tr_bytes text);

/* What does not apply. */
typedef struct vec_exempt {
    const char *pattern; /* as of a row */
    const char *name;    /* of cases, a glob; NULL: files */
    size_t count;        /* in all of ../shared/vectors */
    const char *why;
} vec_exempt;
extern const vec_exempt vec_exempts[];
extern const size_t vec_exempt_count;

/* The verb. */
int tr_cli_test_vectors(int argc, char **argv);

#endif
