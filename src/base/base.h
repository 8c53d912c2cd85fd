/* The door of base/: what every other room stands on.  Bytes and views, buffers, arenas, results,
 * bits, and the two interfaces (allocator, executor) through which a pure room meets the host. */
#ifndef TR_BASE_BASE_H
#define TR_BASE_BASE_H

#include "base/alloc.h"
#include "base/arena.h"
#include "base/bits.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/cursor.h"
#include "base/exec.h"
#include "base/memory.h"
#include "base/result.h"

#endif
