/* Ends a use of curve/group_impl.h and what follows it: the templates' names are free again.  It is
 * included once for each group, so that its guard goes, too. */
#ifndef TR_CURVE_TEMPLATE_END_H
#define TR_CURVE_TEMPLATE_END_H

#undef TR_GROUP
#undef TR_GROUP_F
#undef TR_GROUP_ONE
#undef TR_G
#undef TR_GF
#undef TR_JAC
#undef TR_MSM_SCALAR
#undef TR_MSM_PARTS
#undef TR_MSM_BITS
#undef TR_MSM_SPLIT
#undef TR_MSM_IMAGE
#undef TR_MSM_LIMBS
#undef TR_KERNEL
#undef TR_MSM
#undef TR_FIXED

#undef TR_CURVE_TEMPLATE_END_H
#endif
