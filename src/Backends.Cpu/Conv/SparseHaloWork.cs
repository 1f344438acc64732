using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Adds to the input's gradient what each band of <see cref="SparseConvGradient"/> has for the rows of the bands after it, band
/// after band. A shard is one picture.
/// </summary>
internal readonly unsafe struct SparseHaloWork(SparseConvGradient bands) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        PaddedImages x = bands.X;
        int row = x.Width * x.Channels;
        for (int band = 0; band < bands.Bands - 1; band++)
        {
            float* halo = bands.Halos + ((((nint)shard * bands.Bands) + band) * bands.HaloSize) + (x.Left * x.Channels);
            int first = (2 * bands.FirstRow(band + 1)) - x.Top;
            for (int i = 0; i < bands.Conv.KernelHeight - 1; i++, halo += x.RowStride)
            {
                if ((uint)(first + i) >= (uint)x.Height)
                    continue;
                var target = new Span<float>(bands.Dx + ((((nint)shard * x.Height) + first + i) * row), row);
                TensorPrimitives.Add(target, new ReadOnlySpan<float>(halo, row), target);
            }
        }
    }
}
