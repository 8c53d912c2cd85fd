/* Ends a use of curve/group_impl.h and what follows it.  It has no guard: it is included once for
 * each group. */
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
