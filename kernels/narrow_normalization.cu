// arch: sm_80
// What normalization.cu has for [rows, channels], of numbers stored in bfloat16.
#include "normalization.cuh"

NORMALIZATION(_narrow, bf16)
