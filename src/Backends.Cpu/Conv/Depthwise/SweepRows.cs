using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The rows that a 3 x 3 depthwise convolution with stride 1 reads for neighbouring rows of output; rows beyond the picture are
/// one vector of zeros that is read again and again.
/// </summary>
internal unsafe ref struct SweepRows
{
    /// <summary>How many taps a kernel has along either axis.</summary>
    public const int Taps = 3;

    /// <summary>The most rows: those of two rows of output.</summary>
    public const int MaxRows = Taps + 1;

    /// <summary>Floats of the widest vector.</summary>
    public const int MaxLanes = 16;

    private fixed ulong _rows[MaxRows];
    private fixed long _pixelSteps[MaxRows];
    private fixed int _channelSteps[MaxRows];

    /// <summary>Whether the sweeps take a convolution.</summary>
    public static bool Fits(in Conv2DGeometry g) =>
        g is { KernelHeight: Taps, KernelWidth: Taps, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, PadTop: < Taps, PadLeft: < Taps, PadBottom: < Taps, PadRight: < Taps };

    /// <summary>Finds the rows.</summary>
    /// <param name="picture">The picture's start.</param>
    /// <param name="first">The first row, inside the picture or not.</param>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="channels">Floats of a pixel.</param>
    /// <param name="zeros"><see cref="MaxLanes"/> zeros.</param>
    public SweepRows(float* picture, int first, int height, int width, int channels, float* zeros)
    {
        for (int i = 0; i < MaxRows; i++)
        {
            bool inside = (uint)(first + i) < (uint)height;
            _rows[i] = (ulong)(inside ? picture + ((nint)(first + i) * width * channels) : zeros);
            _pixelSteps[i] = inside ? channels : 0;
            _channelSteps[i] = inside ? 1 : 0;
        }
    }

    /// <summary>A row's first pixel.</summary>
    /// <param name="row">Which row.</param>
    /// <param name="channel">The first channel of a vector.</param>
    public readonly float* Row(int row, int channel) => (float*)_rows[row] + (_channelSteps[row] * channel);

    /// <summary>Floats between pixels of a row.</summary>
    public readonly nint Step(int row) => (nint)_pixelSteps[row];
}
