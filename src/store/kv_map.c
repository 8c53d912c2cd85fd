/* Address space for the store.  LMDB maps its file at one place, and moving the map needs a moment
 * without readers; so far more is reserved than is used, which costs nothing but addresses. */
#include <errno.h>
#include <sys/mman.h>

#include "store/kv_internal.h"

static const size_t MAP_LEAST = (size_t)16 << 20, MAP_MOST = (size_t)1 << 40;

_Static_assert(sizeof(size_t) == 8, "the store needs addresses of 64 bits");

/* A limit on addresses (RLIMIT_AS, a memory checker) shows here. */
static bool can_reserve(size_t size)
{
    void *at = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED) return false;
    (void)munmap(at, size);
    return true;
}

static int open_with(tr_kv *kv, const char *path, unsigned flags, size_t size)
{
    int rc = mdb_env_create(&kv->env);
    if (rc != 0) return rc;
    rc = mdb_env_set_maxdbs(kv->env, TR_KV_TABLES_MAX + 1);
    if (rc == 0) rc = mdb_env_set_maxreaders(kv->env, TR_KV_SNAPSHOTS_MAX + TR_KV_IDLE_MAX);
    if (rc == 0) rc = mdb_env_set_mapsize(kv->env, size);
    if (rc == 0) rc = mdb_env_open(kv->env, path, flags | MDB_NOTLS, 0600);
    if (rc == 0) return 0;
    mdb_env_close(kv->env);
    kv->env = NULL;
    return rc;
}

tr_err tr_kv_map_open(tr_trail *trail, tr_kv *kv, const char *path, unsigned flags, uint64_t needed)
{
    size_t size, least = TR_MAX(MAP_LEAST, (size_t)needed);
    int rc = ENOMEM;
    if (kv->limit != 0) {
        size = TR_MAX(kv->limit, (size_t)1 << 16) & ~(size_t)4095;
        rc = open_with(kv, path, flags, size);
    } else {
        for (size = TR_MAX(MAP_MOST, 2 * least); rc == ENOMEM && size >= least; size /= 2)
            if (can_reserve(size)) rc = open_with(kv, path, flags, size);
    }
    return rc == 0 ? TR_OK : tr_kv_fail(trail, kv, rc, "cannot open");
}

void tr_kv_map_grow(tr_kv *kv)
{
    MDB_envinfo info;
    MDB_stat stat;
    if (kv->limit != 0 || mdb_env_info(kv->env, &info) != 0 || mdb_env_stat(kv->env, &stat) != 0)
        return;
    bool half = (info.me_last_pgno + 1) * stat.ms_psize >= info.me_mapsize / 2;
    if (!half && !kv->wants_room) return;
    pthread_mutex_lock(&kv->readers);
    if (kv->held == 0 && can_reserve(info.me_mapsize)) {
        int rc = mdb_env_set_mapsize(kv->env, 2 * info.me_mapsize);
        /* The old map is gone; what was free a moment ago was taken by somebody else. */
        if (rc != 0) atomic_store(&kv->dead, TR_E_MEMORY);
        kv->wants_room = false;
    }
    pthread_mutex_unlock(&kv->readers);
}
