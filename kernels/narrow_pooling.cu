// arch: sm_80
// Pooling of pictures stored in bfloat16.
#include "pooling.cuh"

MAX_POOL(bytes_narrow, bf16, u8)
MAX_POOL(words_narrow, bf16, u32)
AVERAGE_POOL(_narrow, bf16)
