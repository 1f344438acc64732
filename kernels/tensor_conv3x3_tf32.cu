// arch: sm_80
// 3×3 convolutions in TF32. Colours are in TF32 whatever is asked for: their numbers would not come in pairs.
#include "tensor_conv3x3.cuh"

CONVOLUTIONS(tf32, Tf32, float, 16, 4)
CONVOLUTIONS(tf32, Tf32, float, 32, 4)
CONVOLUTIONS(tf32, Tf32, float, 64, 2)

COLOURS(colours, float, 16, 4)
COLOURS(colours, float, 32, 4)
COLOURS(colours, float, 64, 2)
