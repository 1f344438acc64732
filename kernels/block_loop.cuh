// Loops of a block over items that its threads bring into shared memory.
#pragma once
#include "device.cuh"

// What a block's threads do for each of some items: several loads are on their way before the first is stored. The loads have no
// condition around them, for which they would wait for one another; load gets numbers below count only.
template <u32 Batch, class Load, class Store>
DEVICE void each_of_block(u32 count, u32 threads, Load load, Store store)
{
    for (u32 first = thread_x(); first < count; first += threads * Batch)
    {
        decltype(load(0)) values[Batch];
#pragma unroll
        for (u32 i = 0; i < Batch; i++)
        {
            u32 item = first + i * threads;
            values[i] = load(item < count ? item : count - 1);
        }

#pragma unroll
        for (u32 i = 0; i < Batch; i++)
        {
            u32 item = first + i * threads;
            if (item < count)
                store(item, values[i]);
        }
    }
}
