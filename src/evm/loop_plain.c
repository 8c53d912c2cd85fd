#define TR_LOOP_TRACED 0
#include "evm/loop_impl.h"
