#define TR_LOOP_TRACED 1
#define TR_LOOP_NAME   tr_evm_loop_traced
#include "evm/loop_impl.h"
