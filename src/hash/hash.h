/* The door of hash/: hash functions for one message and for many at once, Merkle trees over them,
 * and a checksum.  Each function has a portable form and, where it pays, faster ones for x86 that
 * are chosen when the program starts and give the same bits. */
#ifndef TR_HASH_HASH_H
#define TR_HASH_HASH_H

#include "hash/blake2.h"
#include "hash/crc32c.h"
#include "hash/keccak.h"
#include "hash/merkle.h"
#include "hash/ripemd.h"
#include "hash/sha2.h"

#endif
