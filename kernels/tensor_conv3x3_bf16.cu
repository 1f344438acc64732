// arch: sm_80
// 3×3 convolutions in bfloat16, of numbers in single precision that are rounded when they are read.
#include "tensor_conv3x3.cuh"

CONVOLUTIONS(bf16, Bf16, float, 16, 4)
CONVOLUTIONS(bf16, Bf16, float, 32, 4)
CONVOLUTIONS(bf16, Bf16, float, 64, 2)
