#define TR_LOOP_TRACED 0
#define TR_LOOP_NAME   tr_evm_loop_plain
#include "evm/loop_impl.h"
