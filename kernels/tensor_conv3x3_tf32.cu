// arch: sm_80
// 3×3 convolutions in TF32. Colours are in TF32 whatever is asked for: their numbers would not come in pairs.
#include "tensor_conv3x3.cuh"

CONVOLUTIONS(tf32, Tf32, 16, 4)
CONVOLUTIONS(tf32, Tf32, 32, 4)
CONVOLUTIONS(tf32, Tf32, 64, 2)

#define COLOURS(Out, Patches)                                                                                                          \
    KERNEL BLOCKS2 tensor_conv3x3_colours_##Out(Pixels x, const float* w, Tiling t, float* y, u8* argMax, const float* bias, u32 relu) \
    {                                                                                                                                  \
        convolve<Tf32, Out, Patches, true>(x, Kernel{w}, t, Output{y, argMax, bias, relu});                                            \
    }

COLOURS(16, 4)
COLOURS(32, 4)
COLOURS(64, 2)
