#include "state/memory.h"

#include "eth/account.h"
#include "harness.h"
#include "hash/keccak.h"
#include "state/forest.h"
#include "state/table.h"

/* A handful of accounts with codes and slots; step 1 takes some away again. */
static void list(tr_account_change accounts[8], tr_slot_change slots[8][4], unsigned step)
{
    for (uint8_t i = 0; i < 8; i++) {
        tr_bytes code = i % 2 == 0 ? (tr_bytes){NULL, 0} : TR_LIT("code");
        for (uint8_t k = 0; k < 4; k++)
            slots[i][k] =
                (tr_slot_change){tr_u256_of(k), tr_u256_of(step == 0 ? k + 1 : (k & 1)), {{0}}};
        accounts[i] = (tr_account_change){
            .address = {{i}},
            .exists = step == 0 || i != 3,
            .existed = step != 0,
            .cleared = step != 0 && i == 5,
            .code_changed = step == 0,
            .nonce = i + step,
            .balance = tr_u256_of(i),
            .code_hash = code.len == 0 ? tr_empty_code_hash : tr_keccak256(code),
            .code = code,
            .slots = slots[i],
            .slot_count = i < 6 && (step == 0 || i != 5) ? 4 : 0,
        };
    }
}

TR_TEST(lists_what_it_was_given)
{
    tr_memory_world *world;
    tr_account_change accounts[8];
    tr_slot_change slots[8][4];
    tr_changes changes = {accounts, 8}, all;
    TR_CHECK_OK(tr_memory_world_new(NULL, tr_test_alloc(), SIZE_MAX, &world));
    list(accounts, slots, 0);
    TR_CHECK_OK(tr_memory_world_apply(NULL, world, &changes));
    TR_CHECK_OK(tr_memory_world_all(NULL, world, tr_test_arena(), &all));
    TR_CHECK_EQ(all.count, 8);
    for (size_t i = 0; i < all.count; i++) {
        const tr_account_change *got = &all.accounts[i], *want = &accounts[i];
        TR_CHECK_BYTES(TR_VIEW(got->address.b), TR_VIEW(want->address.b));
        TR_CHECK(got->exists && !got->existed && got->nonce == want->nonce);
        TR_CHECK_BYTES(got->code, want->code);
        TR_CHECK_EQ(got->slot_count, want->slot_count);
        for (size_t k = 0; k < got->slot_count; k++)
            TR_CHECK(tr_u256_eq(got->slots[k].key, want->slots[k].key) &&
                     tr_u256_eq(got->slots[k].value, want->slots[k].value));
    }
    list(accounts, slots, 1);
    TR_CHECK_OK(tr_memory_world_apply(NULL, world, &changes));
    TR_CHECK_EQ(tr_memory_world_count(world), 7);
    TR_CHECK_OK(tr_memory_world_all(NULL, world, tr_test_arena(), &all));
    TR_CHECK_EQ(all.accounts[0].slot_count, 2); /* two became 0 */
    TR_CHECK_EQ(all.accounts[4].slot_count, 0); /* cleared */
    TR_CHECK_BYTES(all.accounts[4].code, TR_LIT("code"));
    tr_memory_world_free(world);
}

TR_TEST(a_code_must_be_given)
{
    tr_memory_world *world;
    tr_account_change account = {.exists = true, .code_changed = true, .code_hash = {{1}}};
    TR_CHECK_OK(tr_memory_world_new(NULL, tr_test_alloc(), SIZE_MAX, &world));
    TR_CHECK_ERR(tr_memory_world_apply(NULL, world, &(tr_changes){&account, 1}), TR_E_ARGUMENT);
    tr_world *door = tr_memory_world_door(world);
    tr_bytes code;
    TR_CHECK_ERR(door->code(door, NULL, &account.address, &account.code_hash, &code),
                 TR_E_NOT_FOUND);
    tr_memory_world_free(world);
}

TR_TEST(block_hashes_of_the_last_256)
{
    tr_memory_world *world;
    tr_hash hash;
    TR_CHECK_OK(tr_memory_world_new(NULL, tr_test_alloc(), SIZE_MAX, &world));
    tr_world *door = tr_memory_world_door(world);
    for (uint64_t n = 0; n < 300; n++)
        tr_memory_world_set_block_hash(world, n, &(tr_hash){{(uint8_t)n, 1}});
    for (uint64_t n = 0; n < 310; n++) {
        bool known = n >= 44 && n < 300;
        TR_CHECK_OK(door->block_hash(door, NULL, n, &hash));
        TR_CHECK(hash.b[1] == known && hash.b[0] == (known ? (uint8_t)n : 0));
    }
    tr_memory_world_free(world);
}

/* Worlds and forests through the end of memory. */

static tr_err apply_both(tr_memory_world *world, tr_forest *forest)
{
    tr_account_change accounts[8];
    tr_slot_change slots[8][4];
    tr_changes changes = {accounts, 8};
    for (unsigned step = 0; step < 2; step++) {
        list(accounts, slots, step);
        TR_TRY(tr_memory_world_apply(NULL, world, &changes));
        TR_TRY(tr_forest_apply(NULL, forest, NULL, &changes));
    }
    return TR_OK;
}

static tr_err check_both(tr_memory_world *world, tr_forest *forest, tr_arena *arena)
{
    tr_changes all;
    tr_hash root, want;
    tr_addr address = {{1}};
    tr_u256 key = tr_u256_of(1), value;
    tr_world_account account;
    tr_trie_proof proof, slot_proof;
    TR_TRY(tr_memory_world_all(NULL, world, arena, &all));
    TR_TRY(tr_state_root(NULL, arena, NULL, &all, &want));
    TR_TRY(tr_forest_root(NULL, forest, NULL, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
    tr_world *door = tr_forest_world(forest);
    TR_TRY(door->account(door, NULL, &address, &account));
    TR_TRY(door->slot(door, NULL, &address, &key, &value));
    TR_CHECK(account.exists && tr_u256_eq(value, tr_u256_of(1)));
    return tr_forest_prove(NULL, forest, arena, &address, 1, &key, &proof, &slot_proof);
}

static tr_err everything(tr_alloc *alloc, void *context)
{
    (void)context;
    tr_memory_world *world;
    tr_forest *forest = NULL;
    tr_arena arena;
    tr_forest_options options = {.alloc = alloc, .limit = SIZE_MAX};
    TR_TRY(tr_memory_world_new(NULL, alloc, SIZE_MAX, &world));
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_forest_new(NULL, &options, &forest);
    if (err == TR_OK) err = apply_both(world, forest);
    if (err == TR_OK) err = check_both(world, forest, &arena);
    tr_arena_free(&arena);
    tr_forest_free(forest);
    tr_memory_world_free(world);
    return err;
}

TR_TEST(the_end_of_memory)
{
    tr_test_out_of_memory(everything, NULL);
}

/* A limit is told from a want of memory, and a forest that failed half-way says so. */
TR_TEST(limits_hold)
{
    size_t failed = 0, broken = 0;
    for (size_t limit = 0; limit < 60000; limit += 500) {
        tr_memory_world *world = NULL;
        tr_forest *forest = NULL;
        tr_forest_options options = {.alloc = tr_test_alloc(), .limit = limit};
        tr_err err = tr_memory_world_new(NULL, tr_test_alloc(), limit, &world);
        if (err == TR_OK) err = tr_forest_new(NULL, &options, &forest);
        if (err == TR_OK) err = apply_both(world, forest);
        TR_CHECK(err == TR_OK || err == TR_E_LIMIT);
        failed += err != TR_OK;
        if (err != TR_OK && forest != NULL) {
            tr_hash root;
            tr_err after = tr_forest_root(NULL, forest, NULL, &root);
            TR_CHECK(after == TR_OK || after == TR_E_STATE);
            broken += after == TR_E_STATE;
        }
        tr_forest_free(forest);
        tr_memory_world_free(world);
    }
    TR_CHECK(failed > 5 && failed < 115 && broken > 0);
}

TR_PROP(tables_find_what_they_were_given)
{
    enum { MOST = 200 };
    tr_table table;
    uint32_t marks[MOST] = {0};
    bool there[MOST] = {false};
    size_t count = 0;
    TR_CHECK(tr_table_init(&table, tr_test_alloc()));
    for (uint64_t steps = tr_gen_below(g, 600); steps > 0; steps--) {
        size_t i = tr_gen_below(g, MOST);
        if (!there[i]) {
            marks[i] = (uint32_t)tr_gen_below(g, 64) * 0x01000001; /* many of one home */
            TR_CHECK(tr_table_reserve(&table, tr_test_alloc()));
            tr_table_put(&table, marks[i], &marks[i]);
            count++;
        } else {
            tr_table_remove(&table, marks[i], &marks[i]);
            count--;
        }
        there[i] = !there[i];
        if (tr_gen_below(g, 100) == 0) {
            tr_table_clear(&table);
            memset(there, 0, sizeof(there));
            count = 0;
        }
    }
    TR_CHECK_EQ(table.count, count);
    for (size_t i = 0; i < MOST; i++) {
        size_t found = 0;
        TR_TABLE_EACH(place, &table, marks[i]) found += place->entry == &marks[i];
        TR_CHECK_EQ(found, there[i]);
    }
    tr_table_free(&table, tr_test_alloc());
}

TR_TEST(epochs_begin_again)
{
    tr_table table;
    uint32_t entry;
    TR_CHECK(tr_table_init(&table, tr_test_alloc()));
    tr_table_put(&table, 5, &entry);
    table.epoch = UINT32_MAX;
    tr_table_put(&table, 6, &entry);
    tr_table_clear(&table);
    TR_CHECK_EQ(table.epoch, 1);
    size_t found = 0;
    TR_TABLE_EACH(place, &table, 5) found++;
    TR_TABLE_EACH(place, &table, 6) found++;
    TR_CHECK_EQ(found, 0);
    tr_table_free(&table, tr_test_alloc());
}

static int tie_numbers(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* By chance all spread, in few buckets, or all alike in what is looked at first. */
TR_PROP(sorting)
{
    size_t n = tr_gen_below(g, 3000);
    uint64_t shape = tr_gen_below(g, 4);
    uint64_t *numbers = TR_ARENA_ARRAY(tr_gen_arena(g), uint64_t, n);
    tr_sorted *items = TR_ARENA_ARRAY(tr_gen_arena(g), tr_sorted, 2 * n);
    uint64_t seed = tr_gen_u64(g), sum = 0;
    for (size_t i = 0; i < n; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        numbers[i] = seed >> 11 | seed << 53;
        sum += numbers[i];
        uint64_t head = shape == 0 ? 0 : numbers[i] >> (shape == 1 ? 3 : 0);
        if (shape == 2) head &= 0xff;
        if (shape == 3) head &= (uint64_t)0xf0 << 56;
        if (shape >= 2) numbers[i] = head | (numbers[i] & 0xf);
        items[i] = (tr_sorted){head, &numbers[i]};
    }
    tr_sort_entries(n, items, tie_numbers);
    for (size_t i = 1; i < n; i++) {
        TR_CHECK(items[i - 1].head <= items[i].head);
        if (items[i - 1].head == items[i].head)
            TR_CHECK(tie_numbers(items[i - 1].entry, items[i].entry) <= 0);
    }
    for (size_t i = 0; i < n && shape < 2; i++) sum -= *(const uint64_t *)items[i].entry;
    if (shape < 2) TR_CHECK_EQ(sum, 0);
}
