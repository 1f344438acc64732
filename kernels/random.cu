// Draws from Philox4x32-10 (Salmon et al. 2011), the same streams as Philox of the tensor layer: a thread computes one block of
// four numbers at a time.
#include "bfloat16.cuh"

struct Words
{
    u32 x, y, z, w;
};

DEVICE Words philox(u64 seed, u64 stream, u32 block)
{
    u32 key0 = (u32)seed, key1 = (u32)(seed >> 32), c0 = block, c1 = 0, c2 = (u32)stream, c3 = (u32)(stream >> 32);
    for (int round = 0; round < 10; round++)
    {
        u64 p0 = (u64)0xD2511F53u * c0, p1 = (u64)0xCD9E8D57u * c2;
        c0 = (u32)(p1 >> 32) ^ c1 ^ key0;
        c1 = (u32)p1;
        c2 = (u32)(p0 >> 32) ^ c3 ^ key1;
        c3 = (u32)p0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }

    return {c0, c1, c2, c3};
}

// Within a graph the arguments stay what they were: seed and first stream then stand in device memory.
DEVICE void add_base(u64& seed, u64& stream, const u64* base)
{
    if (base)
    {
        seed = base[0];
        stream += base[1];
    }
}

DEVICE float uniform(u32 word) { return (float)(word >> 8) * (1.0f / 16777216.0f); }

DEVICE void store(float* y, u32 at, u32 count, float a, float b, float c, float d)
{
    if (at + 3 < count && aligned16(y))
    {
        *(float4*)(y + at) = float4{a, b, c, d};
        return;
    }

    y[at] = a;
    if (at + 1 < count)
        y[at + 1] = b;
    if (at + 2 < count)
        y[at + 2] = c;
    if (at + 3 < count)
        y[at + 3] = d;
}

KERNEL random_uniform(u64 seed, u64 stream, const u64* base, float minimum, float range, float* y, u32 count)
{
    add_base(seed, stream, base);
    for (u32 block = first_index(); block < (count + 3) / 4; block += index_step())
    {
        Words w = philox(seed, stream, block);
        store(y, 4 * block, count, uniform(w.x) * range + minimum, uniform(w.y) * range + minimum, uniform(w.z) * range + minimum,
            uniform(w.w) * range + minimum);
    }
}

struct Pair
{
    double first, second;
};

// sin and cos of a 32-bit fraction of a turn. The quarter nearest is exact; the rest, at most an eighth of a turn, goes into
// Taylor's series.
DEVICE Pair cos_sin(u32 turn)
{
    u32 quarter = (turn + 0x20000000u) >> 30;
    double angle = (double)(int)(turn - (quarter << 30)) * 1.4629180792671596e-09, t = angle * angle;
    double s = -7.647163731819816e-13;
    s = fma(s, t, 1.6059043836821613e-10);
    s = fma(s, t, -2.505210838544172e-08);
    s = fma(s, t, 2.7557319223985893e-06);
    s = fma(s, t, -0.0001984126984126984);
    s = fma(s, t, 0.008333333333333333);
    s = fma(s, t, -0.16666666666666666);
    s = fma(s * t, angle, angle);
    double c = 4.779477332387385e-14;
    c = fma(c, t, -1.1470745597729725e-11);
    c = fma(c, t, 2.08767569878681e-09);
    c = fma(c, t, -2.755731922398589e-07);
    c = fma(c, t, 2.48015873015873e-05);
    c = fma(c, t, -0.001388888888888889);
    c = fma(c, t, 0.041666666666666664);
    c = fma(c, t, -0.5);
    c = fma(c, t, 1.0);
    switch (quarter & 3)
    {
        case 0: return {c, s};
        case 1: return {-s, c};
        case 2: return {-c, -s};
        default: return {s, -c};
    }
}

// Box and Muller's transform; the first word is taken into (0, 1].
DEVICE Pair normal(u32 a, u32 b)
{
    double radius = __builtin_sqrt(-2 * log(((double)a + 1.0) * (1.0 / 4294967296.0)));
    Pair at = cos_sin(b);
    return {(double)(float)(radius * at.first), (double)(float)(radius * at.second)};
}

KERNEL random_normal(u64 seed, u64 stream, const u64* base, float mean, float deviation, float* y, u32 count)
{
    add_base(seed, stream, base);
    for (u32 block = first_index(); block < (count + 3) / 4; block += index_step())
    {
        Words w = philox(seed, stream, block);
        Pair p = normal(w.x, w.y), q = normal(w.z, w.w);
        store(y, 4 * block, count, (float)p.first * deviation + mean, (float)p.second * deviation + mean, (float)q.first * deviation + mean,
            (float)q.second * deviation + mean);
    }
}

// Rounded by arithmetic, which devices of every compute capability have.
DEVICE void store1(float* to, float v) { *to = v; }
DEVICE void store1(bf16* to, float v) { *to = narrow(v); }
DEVICE void store4(float* to, const float (&v)[4]) { write(to, v); }
DEVICE void store4(bf16* to, const float (&v)[4]) { *(ushort4*)to = ushort4{narrow(v[0]).bits, narrow(v[1]).bits, narrow(v[2]).bits, narrow(v[3]).bits}; }

template <class T>
DEVICE void drop(u64 seed, u64 stream, const u64* base, float rate, const T* x, T* y, u32 count)
{
    add_base(seed, stream, base);
    float keep = 1.0f - rate;
    bool aligned = (u64)x % (4 * sizeof(T)) == 0 && (u64)y % (4 * sizeof(T)) == 0;
    for (u32 block = first_index(); block < (count + 3) / 4; block += index_step())
    {
        Words w = philox(seed, stream, block);
        u32 words[4] = {w.x, w.y, w.z, w.w};
        if (aligned && 4 * block + 3 < count)
        {
            float v[4];
            read(x + (u64)block * 4, v);
            hold(v);
#pragma unroll
            for (u32 i = 0; i < 4; i++)
                v[i] = uniform(words[i]) >= rate ? v[i] / keep : 0.0f;
            store4(y + (u64)block * 4, v);
            continue;
        }

#pragma unroll
        for (u32 i = 0; i < 4; i++)
        {
            if (4 * block + i < count)
                store1(y + 4 * block + i, uniform(words[i]) >= rate ? widen(x[4 * block + i]) / keep : 0.0f);
        }
    }
}

KERNEL dropout(u64 seed, u64 stream, const u64* base, float rate, const float* x, float* y, u32 count)
{
    drop(seed, stream, base, rate, x, y, count);
}

KERNEL dropout_narrow(u64 seed, u64 stream, const u64* base, float rate, const bf16* x, bf16* y, u32 count)
{
    drop(seed, stream, base, rate, x, y, count);
}
