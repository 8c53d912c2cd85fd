/* The selectors of some functions, hashed one by one and all at once.
 *
 *     cc hash.c $(pkg-config --cflags --libs trestle) -o hash && ./hash */
#include <stdio.h>
#include <string.h>

#include <trestle/hash.h>

enum { COUNT = 3 };

int main(void)
{
    static const char *const names[COUNT] = {"transfer(address,uint256)",
                                             "approve(address,uint256)", "balanceOf(address)"};
    const uint8_t *data[COUNT];
    size_t lens[COUNT];
    for (int i = 0; i < COUNT; i++) {
        data[i] = (const uint8_t *)names[i];
        lens[i] = strlen(names[i]);
    }
    uint8_t many[COUNT * 32];
    tr_hash_keccak256_many(COUNT, data, lens, many);
    for (int i = 0; i < COUNT; i++) {
        uint8_t one[32];
        tr_hash_keccak256(data[i], lens[i], one);
        if (memcmp(one, many + 32 * i, sizeof(one)) != 0) return 1;
        printf("%02x%02x%02x%02x  %s\n", one[0], one[1], one[2], one[3], names[i]);
    }
    return many[0] == 0xa9 ? 0 : 1;
}
