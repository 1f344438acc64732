using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The rows that a sweep of a depthwise convolution reads, or those that it writes. For rows beyond the picture stands a row of zeros that
/// is read, or one vector that is written again and again.
/// </summary>
internal unsafe ref struct SweepRows
{
    /// <summary>How many taps a small kernel has along either axis.</summary>
    public const int Taps = 3;

    /// <summary>How many taps a large kernel has along either axis.</summary>
    public const int MaxTaps = 5;

    /// <summary>The most rows: those of a large kernel.</summary>
    public const int MaxRows = MaxTaps;

    /// <summary>Floats of the widest vector.</summary>
    public const int MaxLanes = 16;

    private fixed ulong _rows[MaxRows];
    private fixed long _pixelSteps[MaxRows];
    private fixed int _channelSteps[MaxRows];

    /// <summary>Whether the sweeps take a convolution with small kernels and stride 1.</summary>
    public static bool Fits(in Conv2DGeometry g) =>
        g is { KernelHeight: Taps, KernelWidth: Taps, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, PadTop: < Taps, PadLeft: < Taps, PadBottom: < Taps, PadRight: < Taps };

    /// <summary>Whether a sweep takes a convolution with small kernels and stride 2.</summary>
    public static bool FitsStrided(in Conv2DGeometry g) =>
        g is { KernelHeight: Taps, KernelWidth: Taps, StrideH: 2, StrideW: 2, DilationH: 1, DilationW: 1, PadTop: < Taps, PadLeft: < Taps };

    /// <summary>Whether a sweep takes a convolution with large kernels and stride 1.</summary>
    public static bool FitsLarge(in Conv2DGeometry g) =>
        g is { KernelHeight: MaxTaps, KernelWidth: MaxTaps, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, PadTop: < MaxTaps, PadLeft: < MaxTaps, PadBottom: < MaxTaps, PadRight: < MaxTaps };

    /// <summary>Finds the rows.</summary>
    /// <param name="picture">The picture's start.</param>
    /// <param name="first">The first row, inside the picture or not.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="channels">Floats of a pixel.</param>
    /// <param name="outside">Stands for rows beyond the picture: as long as they are, or <see cref="MaxLanes"/> floats.</param>
    /// <param name="isRow">Whether it is as long.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public SweepRows(float* picture, int first, int height, int width, int channels, float* outside, bool isRow)
    {
        for (int i = 0; i < MaxRows; i++)
        {
            bool inside = (uint)(first + i) < (uint)height;
            _rows[i] = (ulong)(inside ? picture + ((nint)(first + i) * width * channels) : outside);
            _pixelSteps[i] = inside || isRow ? channels : 0;
            _channelSteps[i] = inside || isRow ? 1 : 0;
        }
    }

    /// <summary>A row's first pixel.</summary>
    /// <param name="row">Which row.</param>
    /// <param name="channel">The first channel of a vector.</param>
    public readonly float* Row(int row, int channel) => (float*)_rows[row] + (_channelSteps[row] * channel);

    /// <summary>Floats between pixels of a row.</summary>
    public readonly nint Step(int row) => (nint)_pixelSteps[row];
}
