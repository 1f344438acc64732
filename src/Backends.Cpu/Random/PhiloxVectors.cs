using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary><see cref="Philox.FillUniform"/> and <see cref="Philox.FillNormal"/> with eight blocks at once where the machine can.</summary>
internal static unsafe class PhiloxVectors
{
    // Eight blocks of four.
    private const int Values = 32;

    /// <summary>Elements of a stream of uniform floats in [0, 1).</summary>
    /// <param name="key">The stream.</param>
    /// <param name="start">The position of the first element; a multiple of 4.</param>
    /// <param name="values">Receives them.</param>
    /// <param name="count">How many.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FillUniform(RandomKey key, long start, float* values, int count)
    {
        int done = 0;
        if (Avx2.IsSupported && Simd.Level >= SimdLevel.Avx2)
        {
            for (; done <= count - Values; done += Values)
            {
                (Vector256<uint> x, Vector256<uint> y, Vector256<uint> z, Vector256<uint> w) = EightBlocks(key, (ulong)(start + done) / 4);
                Store(ToUniform(x), ToUniform(y), ToUniform(z), ToUniform(w), values + done);
            }
        }

        Philox.FillUniform(key, start + done, new Span<float>(values + done, count - done));
    }

    /// <summary>Elements of a stream of standard normal floats.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="start">The position of the first element; a multiple of 4.</param>
    /// <param name="values">Receives them.</param>
    /// <param name="count">How many.</param>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FillNormal(RandomKey key, long start, float* values, int count)
    {
        int done = 0;
        if (Avx2.IsSupported && Simd.Level >= SimdLevel.Avx2)
        {
            for (; done <= count - Values; done += Values)
            {
                (Vector256<uint> x, Vector256<uint> y, Vector256<uint> z, Vector256<uint> w) = EightBlocks(key, (ulong)(start + done) / 4);
                (Vector256<float> first, Vector256<float> second) = ToNormal(x, y);
                (Vector256<float> third, Vector256<float> fourth) = ToNormal(z, w);
                Store(first, second, third, fourth, values + done);
            }
        }

        Philox.FillNormal(key, start + done, new Span<float>(values + done, count - done));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<uint> X, Vector256<uint> Y, Vector256<uint> Z, Vector256<uint> W) EightBlocks(RandomKey key, ulong block)
    {
        // Where the low word wraps, the high word goes up by one in the lanes behind.
        Vector256<uint> c0 = Vector256.Create((uint)block) + Vector256<uint>.Indices;
        Vector256<uint> wrapped = Vector256.LessThan(c0, Vector256.Create((uint)block));
        Vector256<uint> c1 = Vector256.Create((uint)(block >> 32)) - wrapped;
        Vector256<uint> c2 = Vector256.Create((uint)key.Stream), c3 = Vector256.Create((uint)(key.Stream >> 32));
        uint key0 = (uint)key.Seed, key1 = (uint)(key.Seed >> 32);
        for (int round = 0; round < 10; round++)
        {
            (Vector256<uint> high0, Vector256<uint> low0) = Multiply(c0, 0xD2511F53);
            (Vector256<uint> high1, Vector256<uint> low1) = Multiply(c2, 0xCD9E8D57);
            c0 = high1 ^ c1 ^ Vector256.Create(key0);
            c1 = low1;
            c2 = high0 ^ c3 ^ Vector256.Create(key1);
            c3 = low0;
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }

        return (c0, c1, c2, c3);
    }

    // Philox.ToNormal for eight pairs of words.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> First, Vector256<float> Second) ToNormal(Vector256<uint> a, Vector256<uint> b)
    {
        (Vector256<double> cosines0, Vector256<double> sines0) = ToNormal(ToDouble(a.GetLower()), ToDouble(b.GetLower()));
        (Vector256<double> cosines1, Vector256<double> sines1) = ToNormal(ToDouble(a.GetUpper()), ToDouble(b.GetUpper()));
        return (Vector256.Narrow(cosines0, cosines1), Vector256.Narrow(sines0, sines1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<double> First, Vector256<double> Second) ToNormal(Vector256<double> a, Vector256<double> b)
    {
        Vector256<double> radius = Vector256.Sqrt(Vector256.Log((a + Vector256<double>.One) * (1.0 / 4294967296.0)) * -2.0);
        (Vector256<double> sin, Vector256<double> cos) = Vector256.SinCos(b * (2 * Math.PI / 4294967296.0));
        return (radius * cos, radius * sin);
    }

    // By way of signed numbers, which the machine converts exactly.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> ToDouble(Vector128<uint> words) =>
        Avx.ConvertToVector256Double((words ^ Vector128.Create(0x80000000)).AsInt32()) + Vector256.Create(2147483648.0);

    // Four vectors of one element each become eight blocks of four elements.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> x, Vector256<float> y, Vector256<float> z, Vector256<float> w, float* values)
    {
        Vector256<double> lowXy = Avx.UnpackLow(x, y).AsDouble(), highXy = Avx.UnpackHigh(x, y).AsDouble();
        Vector256<double> lowZw = Avx.UnpackLow(z, w).AsDouble(), highZw = Avx.UnpackHigh(z, w).AsDouble();
        Vector256<float> blocks04 = Avx.UnpackLow(lowXy, lowZw).AsSingle(), blocks15 = Avx.UnpackHigh(lowXy, lowZw).AsSingle();
        Vector256<float> blocks26 = Avx.UnpackLow(highXy, highZw).AsSingle(), blocks37 = Avx.UnpackHigh(highXy, highZw).AsSingle();
        Avx.Permute2x128(blocks04, blocks15, 0x20).Store(values);
        Avx.Permute2x128(blocks26, blocks37, 0x20).Store(values + 8);
        Avx.Permute2x128(blocks04, blocks15, 0x31).Store(values + 16);
        Avx.Permute2x128(blocks26, blocks37, 0x31).Store(values + 24);
    }

    // The two halves of 64-bit products: even lanes are multiplied in place, odd ones shifted down first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<uint> High, Vector256<uint> Low) Multiply(Vector256<uint> x, uint factor)
    {
        Vector256<uint> f = Vector256.Create(factor);
        Vector256<ulong> even = Avx2.Multiply(x, f), odd = Avx2.Multiply((x.AsUInt64() >> 32).AsUInt32(), f);
        const byte OddLanes = 0b10101010;
        Vector256<uint> high = Avx2.Blend((even >> 32).AsUInt32(), odd.AsUInt32(), OddLanes);
        Vector256<uint> low = Avx2.Blend(even.AsUInt32(), (odd << 32).AsUInt32(), OddLanes);
        return (high, low);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ToUniform(Vector256<uint> word) =>
        Vector256.ConvertToSingle((word >> 8).AsInt32()) * (1f / (1 << 24));
}
