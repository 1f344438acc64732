// What kernels over neighbours take as they find it: a functor that reads some of them from index i on.
#pragma once
#include "bfloat16.cuh"

template <class T>
struct Element
{
    const T* x;

    template <u32 N>
    METHOD void operator()(u32 i, u32, float (&v)[N]) const
    {
        read(x + i, v);
    }
};
