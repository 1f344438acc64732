// What a kernel needs of the device, over the compiler's own builtins: no header of a toolkit is read. The kernels use no
// approximate instructions and are compiled without contraction of a·b + c: every result is defined to the last bit by
// IEEE 754, on any device. Fused multiply-adds are written out.
#pragma once

#define KERNEL extern "C" __attribute__((global)) void

// At most 256 threads a block, of which two fit on a multiprocessor: 128 registers a thread.
#define BLOCKS2 __attribute__((launch_bounds(256, 2)))
#define BLOCK384 __attribute__((launch_bounds(384, 2)))

#define DEVICE static inline __attribute__((device, always_inline))
#define METHOD inline __attribute__((device, always_inline))
#define SHARED static __attribute__((shared))

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef u8 uchar4 __attribute__((ext_vector_type(4)));
typedef u16 ushort4 __attribute__((ext_vector_type(4)));
typedef u32 uint2 __attribute__((ext_vector_type(2)));
typedef u32 uint4 __attribute__((ext_vector_type(4)));
typedef float float2 __attribute__((ext_vector_type(2)));
typedef float float4 __attribute__((ext_vector_type(4)));

constexpr u32 WarpSize = 32;

DEVICE u32 thread_x() { return (u32)__nvvm_read_ptx_sreg_tid_x(); }
DEVICE u32 thread_y() { return (u32)__nvvm_read_ptx_sreg_tid_y(); }
DEVICE u32 block_x() { return (u32)__nvvm_read_ptx_sreg_ctaid_x(); }
DEVICE u32 block_y() { return (u32)__nvvm_read_ptx_sreg_ctaid_y(); }
DEVICE u32 block_z() { return (u32)__nvvm_read_ptx_sreg_ctaid_z(); }
DEVICE u32 block_width() { return (u32)__nvvm_read_ptx_sreg_ntid_x(); }
DEVICE u32 block_height() { return (u32)__nvvm_read_ptx_sreg_ntid_y(); }
DEVICE u32 grid_width() { return (u32)__nvvm_read_ptx_sreg_nctaid_x(); }
DEVICE void barrier() { __syncthreads(); }

// A grid-stride loop: tensors have fewer than 2^31 elements, so that the index does not wrap around.
DEVICE u32 first_index() { return block_x() * block_width() + thread_x(); }
DEVICE u32 index_step() { return grid_width() * block_width(); }

DEVICE u32 float_bits(float x) { return __builtin_bit_cast(u32, x); }
DEVICE float bits_float(u32 x) { return __builtin_bit_cast(float, x); }

DEVICE u32 shuffle_xor(u32 x, u32 lanes) { return (u32)__nvvm_shfl_sync_bfly_i32(~0u, (int)x, (int)lanes, 31); }
DEVICE float shuffle_xor(float x, u32 lanes) { return bits_float(shuffle_xor(float_bits(x), lanes)); }

DEVICE double shuffle_xor(double x, u32 lanes)
{
    u64 bits = __builtin_bit_cast(u64, x);
    u64 low = shuffle_xor((u32)bits, lanes), high = shuffle_xor((u32)(bits >> 32), lanes);
    return __builtin_bit_cast(double, low | (high << 32));
}

// The lanes of a warp, as bits, that have it; all lanes that have not ended ask.
DEVICE u32 ballot(bool it) { return __nvvm_vote_ballot_sync(~0u, it); }

// The number of the lowest bit that is set.
DEVICE u32 first_bit(u32 bits) { return (u32)__builtin_ctz(bits); }

DEVICE bool aligned8(const void* p) { return ((u64)p & 7) == 0; }
DEVICE bool aligned16(const void* p) { return ((u64)p & 15) == 0; }
