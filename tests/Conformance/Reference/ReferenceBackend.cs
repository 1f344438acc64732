using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Tests.Reference;

/// <summary>
/// The oracle: every primitive op in the plainest possible loops, in double precision whatever the element type, each
/// number with a bound of what single precision may lose (<see cref="Real"/>). None of the
/// fused ops is overridden, so their compositions in <see cref="Backend"/> are the oracle of fused kernels.
/// </summary>
public sealed partial class ReferenceBackend : Backend
{
    public override string Name => "reference";

    public override string Description => "naive loops in double precision";

    public override TensorBuffer Allocate(long byteLength) => new ReferenceBuffer(byteLength);

    public override void Upload(ReadOnlySpan<byte> source, Tensor target)
    {
        Span<Real> values = V(target);
        switch (target.DType)
        {
            case DType.Float32:
                ReadOnlySpan<float> floats = MemoryMarshal.Cast<byte, float>(source);
                for (int i = 0; i < values.Length; i++)
                    values[i] = floats[i];
                break;
            case DType.Int32:
                ReadOnlySpan<int> ints = MemoryMarshal.Cast<byte, int>(source);
                for (int i = 0; i < values.Length; i++)
                    values[i] = ints[i];
                break;
            default:
                for (int i = 0; i < values.Length; i++)
                    values[i] = source[i];
                break;
        }
    }

    public override void Download(Tensor source, long offset, Span<byte> target)
    {
        int size = source.DType.Size();
        Span<Real> values = V(source).Slice((int)offset / size, target.Length / size);
        switch (source.DType)
        {
            case DType.Float32:
                Span<float> floats = MemoryMarshal.Cast<byte, float>(target);
                for (int i = 0; i < values.Length; i++)
                    floats[i] = (float)values[i].Value;
                break;
            case DType.Int32:
                Span<int> ints = MemoryMarshal.Cast<byte, int>(target);
                for (int i = 0; i < values.Length; i++)
                    ints[i] = (int)values[i].Value;
                break;
            default:
                for (int i = 0; i < values.Length; i++)
                    target[i] = (byte)values[i].Value;
                break;
        }
    }

    public override void Copy(Tensor source, Tensor target) => V(source).CopyTo(V(target));

    /// <summary>The elements with their error bounds.</summary>
    public static Real[] Read(Tensor tensor) => V(tensor).ToArray();

    /// <summary>The elements in full precision.</summary>
    public static double[] ReadDoubles(Tensor tensor) => [.. Read(tensor).Select(x => x.Value)];

    /// <summary>Overwrites the elements in full precision.</summary>
    public static void WriteDoubles(Tensor tensor, ReadOnlySpan<double> values)
    {
        Span<Real> target = V(tensor);
        for (int i = 0; i < target.Length; i++)
            target[i] = values[i];
    }

    protected override void Dispose(bool disposing)
    {
    }

    private static Span<Real> V(Tensor tensor) =>
        ((ReferenceBuffer)tensor.Buffer).Values.AsSpan((int)(tensor.ByteOffset / tensor.DType.Size()), tensor.Count);

    private static void Each(Tensor y, Func<int, Real> value)
    {
        Span<Real> target = V(y);
        for (int i = 0; i < target.Length; i++)
            target[i] = value(i);
    }
}
