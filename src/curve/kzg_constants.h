/* The secret of Ethereum's KZG ceremony times the generator of G2.  Written by tools/make-kzg from
 * data/kzg/trusted_setup.txt. */
#ifndef TR_CURVE_KZG_CONSTANTS_H
#define TR_CURVE_KZG_CONSTANTS_H

#include "curve/bls12_381.h"

static const tr_bls_g2 tr_kzg_ceremony = {
    {{{0x6120a2099b0379f9, 0xa2df815cb8210e4e, 0xcb57be5577bd3d4f, 0x62da0ea89a0c93f8,
       0x02e0ee16968e150d, 0x171f09aea833acd5}},
     {{0x11a3670749dfd455, 0x04991d7b3abffadc, 0x85446a8e14437f41, 0x27174e7b4e76e3f2,
       0x7bfa6dd397f60a20, 0x02fcc329ac07080f}}},
    {{{0xaa130838793b2317, 0xe236dd220f891637, 0x6502782925760980, 0xd05c25f60557ec89,
       0x6095767a44064474, 0x185693917080d405}},
     {{0x549f9e175b03dc0a, 0x32c0c95a77106cfe, 0x64a74eae5705d080, 0x53deeaf56659ed9e,
       0x09a1d368508afb93, 0x12cf3a4525b5e9bd}}}};

#endif
