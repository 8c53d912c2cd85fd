/* The prime fields, each law in each.  The moduli are those of EIP-196 (BN254), of the BLS12-381
 * page of the IETF's draft on pairing-friendly curves, of FIPS 186-4 (P-256), of SEC 2 (secp256k1)
 * and of EIP-2494 (Baby Jubjub). */
#include "prime_laws.h"

#define F   tr_bn_fp
#define HEX "30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47"
#define LAW bn_fp_
#include "prime_laws.h"

#define F   tr_bn_fr
#define HEX "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001"
#define LAW bn_fr_
#include "prime_laws.h"

#define F tr_bls_fp
#define HEX                                                                                        \
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffff" \
    "aaab"
#define LAW bls_fp_
#include "prime_laws.h"

#define F   tr_bls_fr
#define HEX "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"
#define LAW bls_fr_
#include "prime_laws.h"

#define F   tr_p256_fp
#define HEX "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
#define LAW p256_fp_
#include "prime_laws.h"

#define F   tr_p256_fn
#define HEX "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define LAW p256_fn_
#include "prime_laws.h"

#define F   tr_k1_fp
#define HEX "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"
#define LAW k1_fp_
#include "prime_laws.h"

#define F   tr_k1_fn
#define HEX "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
#define LAW k1_fn_
#include "prime_laws.h"

#define F   tr_bjj_fn
#define HEX "60c89ce5c263405370a08b6d0302b0bab3eedb83920ee0a677297dc392126f1"
#define LAW bjj_fn_
#include "prime_laws.h"
