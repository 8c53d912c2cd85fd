#define TR_LOOP_TRACED 1
#include "evm/loop_impl.h"
