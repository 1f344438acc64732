using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A depthwise convolution: each channel has its own kernel, so channels are the vectors and nothing is shared between them. A
/// shard is a row of output pixels; its few input rows stay in L1 or L2.
/// </summary>
internal readonly unsafe struct DepthwiseWork(Conv2DGeometry g, float* x, float* kernel, float* bias, bool relu, float* y) : IShardedWork
{
    /// <summary>The most taps that a row's buffers on the stack are meant for.</summary>
    public const int MaxTaps = 1024;

    /// <summary>Whether a convolution is depthwise with one output a channel.</summary>
    public static bool Fits(in Conv2DGeometry g) =>
        g.Groups == g.InChannels && g.GroupOutChannels == 1 && g.Groups > 1 && g.KernelHeight * g.KernelWidth <= MaxTaps;

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(Rows, RowsOfShard);

    private int Rows => g.Batch * g.OutHeight;

    // Neighbouring rows read the same rows again: a shard takes so many that little is read by two threads.
    private int RowsOfShard => DepthwiseRow.RowsOfShard(Rows, g.OutWidth * g.InChannels);

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
        (int image, int outRow) = Math.DivRem(index, g.OutHeight);
        int taps = g.KernelHeight * g.KernelWidth;
        var row = new DepthwiseRow(
            stackalloc nint[taps], stackalloc nint[taps], stackalloc (nint, nint)[g.KernelHeight], stackalloc (int, nint)[g.KernelWidth])
        {
            Width = g.InWidth,
            Step = g.StrideW,
        };
        for (int i = 0; i < g.KernelHeight; i++)
        {
            int from = (outRow * g.StrideH) + (i * g.DilationH) - g.PadTop;
            if ((uint)from < (uint)g.InHeight)
                row.AddRow((nint)from * g.InWidth * g.InChannels, (nint)i * g.KernelWidth * g.InChannels);
        }

        for (int j = 0; j < g.KernelWidth; j++)
            row.AddColumn((j * g.DilationW) - g.PadLeft, (nint)j * g.InChannels);
        float* target = y + ((nint)index * g.OutWidth * g.InChannels);
        var operands = new DepthwiseOperands
        {
            Source = x + ((nint)image * g.InHeight * g.InWidth * g.InChannels),
            Target = target,
            TargetStep = g.InChannels,
            Weights = kernel,
            Bias = bias,
            Channels = g.InChannels,
        };
        row.Run(ref operands, g.OutWidth);
        if (relu)
            Epilogue.Relu(target, 0, 1, g.OutWidth * g.InChannels);
    }
}
