/* The towers over the coordinate fields of BN254 and BLS12-381, each law in both. */
#include "field/tower.h"
#include "harness.h"

#define T   tr_bn
#define XI  9
#define LAW bn_
#include "tower_laws.h"

#define T   tr_bls
#define XI  1
#define LAW bls_
#include "tower_laws.h"
