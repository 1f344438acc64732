// Products on tensor cores, from compute capability 8.0 on: a warp multiplies 16 rows by 8 columns, eight 32-bit words deep. A word
// is one number in TF32 or two neighbours in bfloat16; sums are in single precision. Lane 4·g + t has, of the left matrix, the
// words t and t + 4 of rows g and g + 8; of the right matrix, the words t and t + 4 of column g; and of the sums, columns 2t and
// 2t + 1 of rows g and g + 8 (PTX ISA, matrix fragments for mma.m16n8k8 and mma.m16n8k16).
#pragma once
#include "bfloat16.cuh"

struct Tf32
{
    static constexpr u32 Numbers = 1;

    // Rounds to ten bits of mantissa, half away from zero.
    static METHOD u32 round(float x)
    {
        u32 word;
        asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(word) : "f"(x));
        return word;
    }

    static METHOD u32 pack(float first, float) { return round(first); }

    static METHOD void multiply(float* c, const u32* a, const u32* b)
    {
        asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
    }
};

struct Bf16
{
    static constexpr u32 Numbers = 2;

    static METHOD u32 pack(float first, float second) { return narrow2(first, second); }

    static METHOD void multiply(float* c, const u32* a, const u32* b)
    {
        asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
    }
};
