/* A file system in memory with the faults of real ones, all from one seed: short reads and writes,
 * EINTR, a disk that fills up, syncs that fail, a crash at the n-th operation, and power loss.
 *
 * It keeps two pictures.  One is what a program sees.  The other is the disk: what was synced, plus
 * any of the rest that the system wrote of itself.  tr_fault_power_loss makes the first from the
 * second:
 *
 *   - of the sectors (512 bytes) written since the last sync any may be there, in any order, with
 *     the content of any of the writes; a file may be as long as it was, as it became, or between;
 *   - names that were made, changed or removed since the last sync of their directory are so or
 * not, each of its own; a renaming is there wholly or not at all.
 *
 * A sync that fails leaves each sector on disk or not, and the program goes on seeing it: only a
 * new write brings it to disk.  Any number of threads may use it. */
#ifndef TR_TESTS_FAULT_FS_H
#define TR_TESTS_FAULT_FS_H

#include "os/file.h"

typedef struct tr_fault_fs tr_fault_fs;

/* What goes wrong from now on; all zeros: nothing. */
typedef struct tr_fault_plan {
    unsigned interrupted; /* of 100 calls, how many give EINTR first */
    unsigned shortened;   /* of 100 reads and writes, how many do less than asked */
    unsigned writeback;   /* of 100 writes, after how many some sectors go to disk of themselves */
    uint64_t fail_sync;   /* the n-th sync from now on fails with EIO; 0: none */
    uint64_t fail_call;   /* the n-th call that changes something fails with EIO; 0: none */
    uint64_t crash;       /* that call is only begun, and all after it give EIO; 0: none */
    uint64_t room;        /* bytes by which files may grow; 0: no limit */
} tr_fault_plan;

/* tr_fault_new makes an empty file system, whose root is "/". */
tr_fault_fs *tr_fault_new(uint64_t seed);
void tr_fault_free(tr_fault_fs *fault);

/* tr_fault_fs_of is the file system as what uses it knows it. */
tr_fs *tr_fault_fs_of(tr_fault_fs *fault);

void tr_fault_set(tr_fault_fs *fault, const tr_fault_plan *plan);
bool tr_fault_crashed(tr_fault_fs *fault);
uint64_t tr_fault_calls(tr_fault_fs *fault); /* that changed something, since the plan was set */

/* Both end all use of open files and forget the plan.  tr_fault_kill ends the program only. */
void tr_fault_kill(tr_fault_fs *fault);
void tr_fault_power_loss(tr_fault_fs *fault);

/* tr_fault_damage flips bits of a byte of a file, on disk and as it is seen. */
void tr_fault_damage(tr_fault_fs *fault, const char *path, uint64_t offset, uint8_t flip);

/* tr_fault_put makes a file with this content, on disk; directories before it must be there. */
void tr_fault_put(tr_fault_fs *fault, const char *path, tr_bytes content);

/* tr_fault_open_files is how many are open. */
unsigned tr_fault_open_files(tr_fault_fs *fault);

#endif
