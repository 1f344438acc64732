using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A depthwise convolution, or its input gradient, by sweeps along rows: step s of a picture writes the rows from s·Rows - TargetPad and
/// reads those from s·Step - SourcePad. Where those are beyond the picture, zeros are read and what is written is dropped. A shard is
/// a range of steps; what neighbouring steps both read stays in its thread's L2.
/// </summary>
internal unsafe struct DepthwiseSweepWork<TSweep> : IShardedWork
    where TSweep : struct, IDepthwiseSweep
{
    // Results of so many bytes come from memory, not from a cache that all threads share.
    private const long LargeTarget = 16 << 20;

    /// <summary>A row of zeros; <see cref="RowSize"/> floats.</summary>
    public float* Zeros;

    private float* _source;
    private float* _target;
    private float* _kernel;
    private float* _bias;
    private bool _relu;
    private int _batch;
    private int _channels;
    private nint _tap;
    private int _sourceHeight;
    private int _sourceWidth;
    private int _sourcePad;
    private int _targetHeight;
    private int _targetWidth;
    private int _targetPad;
    private int _left;

    /// <summary>Floats of a row that is read.</summary>
    public readonly nint RowSize => (nint)_sourceWidth * _channels;

    /// <summary>How many shards there are.</summary>
    public readonly int Count => Shards.Count(Steps, StepsOfShard);

    private readonly int Steps => _batch * StepsOfPicture;

    private readonly int StepsOfPicture => (_targetHeight + _targetPad + TSweep.Rows - 1) / TSweep.Rows;

    private readonly int StepsOfShard => DepthwiseRow.RowsOfShard(Steps, TSweep.Rows * _targetWidth * _channels);

    /// <summary>The convolution.</summary>
    /// <param name="g">Its geometry.</param>
    /// <param name="x">The input.</param>
    /// <param name="kernel">[height][width][channels].</param>
    /// <param name="bias">One float a channel, or null.</param>
    /// <param name="relu">Whether to apply ReLU.</param>
    /// <param name="y">The result.</param>
    public static DepthwiseSweepWork<TSweep> Forward(in Conv2DGeometry g, float* x, float* kernel, float* bias, bool relu, float* y) => new()
    {
        _source = x,
        _target = y,
        _kernel = kernel,
        _bias = bias,
        _relu = relu,
        _batch = g.Batch,
        _channels = g.InChannels,
        _tap = g.InChannels,
        _sourceHeight = g.InHeight,
        _sourceWidth = g.InWidth,
        _sourcePad = g.PadTop,
        _targetHeight = g.OutHeight,
        _targetWidth = g.OutWidth,
        _left = g.PadLeft,
    };

    /// <summary>The input gradient with stride 1: a convolution with the kernel turned by half a circle.</summary>
    /// <param name="g">The convolution.</param>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="kernel">[height][width][channels].</param>
    /// <param name="dx">The result.</param>
    public static DepthwiseSweepWork<TSweep> Turned(in Conv2DGeometry g, float* dy, float* kernel, float* dx)
    {
        DepthwiseSweepWork<TSweep> work = Gradient(g, dy, kernel, dx);
        work._kernel += ((g.KernelHeight * g.KernelWidth) - 1) * work._tap;
        work._tap = -work._tap;
        work._sourcePad = g.KernelHeight - 1 - g.PadTop;
        work._left = g.KernelWidth - 1 - g.PadLeft;
        return work;
    }

    /// <summary>The input gradient with stride 2: each row of the output's gradient and the one before it make two rows.</summary>
    /// <param name="g">The convolution.</param>
    /// <param name="dy">The output's gradient.</param>
    /// <param name="kernel">[height][width][channels].</param>
    /// <param name="dx">The result.</param>
    public static DepthwiseSweepWork<TSweep> Strided(in Conv2DGeometry g, float* dy, float* kernel, float* dx)
    {
        DepthwiseSweepWork<TSweep> work = Gradient(g, dy, kernel, dx);
        work._sourcePad = 1;
        work._targetPad = g.PadTop;
        work._left = g.PadLeft;
        return work;
    }

    /// <summary>Runs a sweep over all channels: with the widest vectors, and narrower ones for those that are left.</summary>
    public static void Channels(in SweepOperands x)
    {
        int channel = 0;
        if (Simd.Level == SimdLevel.Avx512)
            channel = TSweep.Run<Lanes512>(x, channel);
        if (Simd.Level >= SimdLevel.Avx2 && channel < x.Channels)
            channel = TSweep.Run<Lanes256>(x, channel);
        if (Simd.Level >= SimdLevel.Vector128 && channel < x.Channels)
            channel = TSweep.Run<Lanes128>(x, channel);
        if (channel < x.Channels)
            _ = TSweep.Run<LanesScalar>(x, channel);
    }

    private static DepthwiseSweepWork<TSweep> Gradient(in Conv2DGeometry g, float* dy, float* kernel, float* dx) => new()
    {
        _source = dy,
        _target = dx,
        _kernel = kernel,
        _batch = g.Batch,
        _channels = g.InChannels,
        _tap = g.InChannels,
        _sourceHeight = g.OutHeight,
        _sourceWidth = g.OutWidth,
        _targetHeight = g.InHeight,
        _targetWidth = g.InWidth,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        float* dropped = stackalloc float[SweepRows.MaxLanes];
        nint sourceRow = RowSize, targetRow = (nint)_targetWidth * _channels;
        var x = new SweepOperands
        {
            Width = _sourceWidth,
            Count = _targetWidth,
            Left = _left,
            Channels = _channels,
            Kernel = _kernel,
            Tap = _tap,
            Bias = _bias,
            FetchesTarget = Simd.Registers == 32 || _batch * _targetHeight * targetRow * sizeof(float) >= LargeTarget,
        };
        (nint index, nint end) = Shards.Range(Steps, shard, StepsOfShard);
        for (; index < end; index++)
        {
            (int image, int step) = Math.DivRem((int)index, StepsOfPicture);
            int row = (step * TSweep.Rows) - _targetPad;
            float* picture = _target + (image * _targetHeight * targetRow);
            x.Source = new SweepRows(_source + (image * _sourceHeight * sourceRow), (step * TSweep.Step) - _sourcePad, _sourceHeight, _sourceWidth, _channels, Zeros, isRow: true);
            x.Target = new SweepRows(picture, row, _targetHeight, _targetWidth, _channels, dropped, isRow: false);
            Channels(x);
            for (int i = row; i < row + TSweep.Rows && _relu; i++)
            {
                if ((uint)i < (uint)_targetHeight)
                    Epilogue.Relu(picture + (i * targetRow), 0, 1, (int)targetRow);
            }
        }
    }
}
