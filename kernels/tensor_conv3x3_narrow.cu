// arch: sm_80
// 3×3 convolutions of numbers stored in bfloat16, half the memory, whose results are stored so. Channels that do not come sixteen at a
// time, and colours, which are in single precision, are multiplied in TF32.
#include "tensor_conv3x3.cuh"

CONVOLUTIONS(narrow, Bf16, bf16, 16, 4)
CONVOLUTIONS(narrow, Bf16, bf16, 32, 4)
CONVOLUTIONS(narrow, Bf16, bf16, 64, 2)

CONVOLUTIONS(narrow_tf32, Tf32, bf16, 16, 4)
CONVOLUTIONS(narrow_tf32, Tf32, bf16, 32, 4)
CONVOLUTIONS(narrow_tf32, Tf32, bf16, 64, 2)

COLOURS(colours_narrow, bf16, 16, 4)
COLOURS(colours_narrow, bf16, 32, 4)
COLOURS(colours_narrow, bf16, 64, 2)
