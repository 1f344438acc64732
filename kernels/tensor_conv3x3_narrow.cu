// arch: sm_80
// 3×3 convolutions whose results are stored in bfloat16, half the memory: of numbers in bfloat16, and of colours.
#include "tensor_conv3x3.cuh"

CONVOLUTIONS(narrow, Bf16, bf16, 16, 4)
CONVOLUTIONS(narrow, Bf16, bf16, 32, 4)
CONVOLUTIONS(narrow, Bf16, bf16, 64, 2)

COLOURS(colours_narrow, bf16, 16, 4)
COLOURS(colours_narrow, bf16, 32, 4)
COLOURS(colours_narrow, bf16, 64, 2)
