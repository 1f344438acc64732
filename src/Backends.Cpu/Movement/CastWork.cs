using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>Converts elements from one type to another.</summary>
internal readonly unsafe struct CastWork(DType from, DType to, byte* x, byte* y, int count) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint start, nint end) = Shards.Range(count, shard);
        int length = (int)(end - start);
        var bytes = new ReadOnlySpan<byte>(x + start, length);
        var result = new Span<byte>(y + start, length);
        switch (from, to)
        {
            case (DType.UInt8 or DType.UNorm8, DType.Float32):
                ByteScale.Of(from).Convert(x + start, (float*)y + start, length);
                break;
            case (DType.Int32, DType.Float32):
                TensorPrimitives.ConvertTruncating(new ReadOnlySpan<int>((int*)x + start, length), new Span<float>((float*)y + start, length));
                break;
            case (DType.Float32, DType.Int32):
                TensorPrimitives.ConvertSaturating(new ReadOnlySpan<float>((float*)x + start, length), new Span<int>((int*)y + start, length));
                break;
            case (DType.Float32, DType.UInt8):
                ToBytes(new ReadOnlySpan<float>((float*)x + start, length), result);
                break;
            case (DType.Float32, DType.UNorm8):
                ToNormalised(new ReadOnlySpan<float>((float*)x + start, length), result);
                break;
            case (DType.Int32, DType.UInt8):
                TensorPrimitives.ConvertSaturating(new ReadOnlySpan<int>((int*)x + start, length), result);
                break;
            case (DType.Int32, DType.UNorm8):
                // The values 1 and more saturate at 255/255.
                IntegersToNormalised(new ReadOnlySpan<int>((int*)x + start, length), result);
                break;
            case (DType.UInt8, DType.Int32):
                TensorPrimitives.ConvertTruncating(bytes, new Span<int>((int*)y + start, length));
                break;
            case (DType.UInt8, DType.UNorm8):
                BytesToNormalised(bytes, result);
                break;
            case (DType.UNorm8, DType.Int32):
                NormalisedToIntegers(bytes, new Span<int>((int*)y + start, length));
                break;
            case (DType.UNorm8, DType.UInt8):
                NormalisedToBytes(bytes, result);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(shard), $"no conversion from {from} to {to}");
        }
    }

    // Comparisons that a NaN fails make it 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToBytes(ReadOnlySpan<float> x, Span<byte> y)
    {
        int i = 0;
        fixed (float* from = x)
        fixed (byte* to = y)
        {
            for (; i <= x.Length - 32; i += 32)
                Bytes(Clamp(from + i, 255), Clamp(from + i + 8, 255), Clamp(from + i + 16, 255), Clamp(from + i + 24, 255)).Store(to + i);
        }

        for (; i < x.Length; i++)
            y[i] = x[i] >= 255 ? (byte)255 : x[i] > 0 ? (byte)x[i] : (byte)0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToNormalised(ReadOnlySpan<float> x, Span<byte> y)
    {
        int i = 0;
        fixed (float* from = x)
        fixed (byte* to = y)
        {
            for (; i <= x.Length - 32; i += 32)
                Bytes(Scaled(from + i), Scaled(from + i + 8), Scaled(from + i + 16), Scaled(from + i + 24)).Store(to + i);
        }

        for (; i < x.Length; i++)
            y[i] = x[i] >= 1 ? (byte)255 : x[i] > 0 ? (byte)MathF.Round(x[i] * 255) : (byte)0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Clamp(float* x, float most)
    {
        Vector256<float> value = Vector256.Load(x);
        return Vector256.MinNative(value & Vector256.GreaterThan(value, Vector256<float>.Zero), Vector256.Create(most));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scaled(float* x) => Vector256.Round(Clamp(x, 1) * 255f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Bytes(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) => Vector256.Narrow(
        Vector256.Narrow(Vector256.ConvertToInt32Native(a), Vector256.ConvertToInt32Native(b)).AsUInt16(),
        Vector256.Narrow(Vector256.ConvertToInt32Native(c), Vector256.ConvertToInt32Native(d)).AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void IntegersToNormalised(ReadOnlySpan<int> x, Span<byte> y)
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = x[i] > 0 ? (byte)255 : (byte)0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BytesToNormalised(ReadOnlySpan<byte> x, Span<byte> y)
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = x[i] > 0 ? (byte)255 : (byte)0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NormalisedToIntegers(ReadOnlySpan<byte> x, Span<int> y)
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = x[i] == 255 ? 1 : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NormalisedToBytes(ReadOnlySpan<byte> x, Span<byte> y)
    {
        for (int i = 0; i < x.Length; i++)
            y[i] = x[i] == 255 ? (byte)1 : (byte)0;
    }
}
