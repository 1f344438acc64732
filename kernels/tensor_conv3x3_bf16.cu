// arch: sm_80
// 3×3 convolutions in bfloat16.
#include "tensor_conv3x3.cuh"

CONVOLUTIONS(bf16, Bf16, 16, 4)
CONVOLUTIONS(bf16, Bf16, 32, 4)
CONVOLUTIONS(bf16, Bf16, 64, 2)
