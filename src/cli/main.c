#include <stdio.h>

int main(void)
{
    puts("trestle 0.1.0");
    return 0;
}
