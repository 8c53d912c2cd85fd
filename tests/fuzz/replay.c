/* A fuzz target without a fuzzer: runs it once on each file of the folders named, in order of
 * name.  So the ordinary suite, with any compiler, knows every input that was ever of interest. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* A copy of exactly the input's size, so that reading past its end is seen. */
static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) return 1;
    long len = ftell(file);
    rewind(file);
    uint8_t *data = malloc(len > 0 ? (size_t)len : 1);
    int bad = len < 0 || data == NULL || fread(data, 1, (size_t)len, file) != (size_t)len;
    fclose(file);
    if (!bad) {
        printf("# %s\n", path); /* the last line before a crash */
        fflush(stdout);
        LLVMFuzzerTestOneInput(data, (size_t)len);
    }
    free(data);
    return bad;
}

static int no_dot(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int replay_folder(const char *folder, unsigned *count)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, no_dot, alphasort);
    if (n < 0) return 1;
    int bad = 0;
    for (int i = 0; i < n; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        free(entries[i]);
        bad |= replay(path);
        (*count)++;
    }
    free(entries);
    return bad;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    int bad = 0;
    if (LLVMFuzzerInitialize != NULL) bad |= LLVMFuzzerInitialize(&argc, &argv);
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) bad |= replay_folder(argv[i], &count);
    printf("%u inputs\n", count);
    return bad || count == 0 ? 1 : 0;
}
