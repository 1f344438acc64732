using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The input gradient of a depthwise convolution. A shard is a row of input pixels, and gathers from the output pixels that
/// read it; with a stride, every so manieth pixel has the same taps.
/// </summary>
internal readonly unsafe struct DepthwiseInputGradient(Conv2DGeometry g, float* dy, float* kernel, float* dx) : IShardedWork
{
    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(Rows, RowsOfShard);

    private int Rows => g.Batch * g.InHeight;

    // Neighbouring rows read the same rows again: a shard takes so many that little is read by two threads.
    private int RowsOfShard => DepthwiseRow.RowsOfShard(Rows, g.InWidth * g.InChannels);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint row, nint end) = Shards.Range(Rows, shard, RowsOfShard);
        for (; row < end; row++)
            Row((int)row);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(int index)
    {
        (int image, int inRow) = Math.DivRem(index, g.InHeight);
        int channels = g.InChannels, taps = g.KernelHeight * g.KernelWidth;
        var row = new DepthwiseRow(
            stackalloc nint[taps], stackalloc nint[taps], stackalloc (nint, nint)[g.KernelHeight], stackalloc (int, nint)[g.KernelWidth])
        {
            Width = g.OutWidth,
            Step = 1,
        };
        for (int phase = 0; phase < Math.Min(g.StrideW, g.InWidth); phase++)
        {
            row.Clear();
            for (int i = 0; i < g.KernelHeight; i++)
            {
                (int from, int rest) = Math.DivRem(inRow + g.PadTop - (i * g.DilationH), g.StrideH);
                if (rest == 0 && (uint)from < (uint)g.OutHeight)
                    row.AddRow((nint)from * g.OutWidth * channels, (nint)i * g.KernelWidth * channels);
            }

            for (int j = 0; j < g.KernelWidth; j++)
            {
                (int from, int rest) = Math.DivRem(phase + g.PadLeft - (j * g.DilationW), g.StrideW);
                if (rest == 0)
                    row.AddColumn(from, (nint)j * channels);
            }

            var operands = new DepthwiseOperands
            {
                Source = dy + ((nint)image * g.OutHeight * g.OutWidth * channels),
                Target = dx + ((((nint)index * g.InWidth) + phase) * channels),
                TargetStep = (nint)g.StrideW * channels,
                Weights = kernel,
                Channels = channels,
            };
            row.Run(ref operands, (g.InWidth - phase + g.StrideW - 1) / g.StrideW);
        }
    }
}
