// Pooling of pictures in single precision.
#include "pooling.cuh"

MAX_POOL(bytes, float, u8)
MAX_POOL(words, float, u32)
AVERAGE_POOL(, float)
