using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Where a kernel's taps read: a list of stretches, each of so many floats. Taps that lie side by side in memory become one
/// stretch a kernel row.
/// </summary>
internal readonly unsafe struct ConvTaps
{
    private ConvTaps(nint* offsets, int segments, int length)
    {
        Offsets = offsets;
        Segments = segments;
        Length = length;
    }

    /// <summary>Floats from a pixel's first input to the start of each stretch.</summary>
    public nint* Offsets { get; }

    /// <summary>How many stretches.</summary>
    public int Segments { get; }

    /// <summary>Floats in each stretch.</summary>
    public int Length { get; }

    /// <summary>The taps of a convolution, in the kernel's own order.</summary>
    /// <param name="g">The convolution.</param>
    /// <param name="rowStride">Floats between rows of the padded input.</param>
    /// <param name="offsets">Room for a number a tap.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ConvTaps Of(in Conv2DGeometry g, nint rowStride, nint* offsets)
    {
        int taps = 0;
        for (int i = 0; i < g.KernelHeight; i++)
        {
            for (int j = 0; j < g.KernelWidth; j++)
                offsets[taps++] = (i * g.DilationH * rowStride) + ((nint)j * g.DilationW * g.InChannels);
        }

        return Join(offsets, g.KernelHeight, g.KernelWidth, g.GroupInChannels);
    }

    /// <summary>Joins the taps of each row where they are contiguous.</summary>
    /// <param name="offsets">rows x columns starts of taps.</param>
    /// <param name="rows">Rows of taps.</param>
    /// <param name="columns">Taps in a row.</param>
    /// <param name="channels">Floats of a tap.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ConvTaps Join(nint* offsets, int rows, int columns, int channels)
    {
        for (int j = 1; j < columns; j++)
        {
            if (offsets[j] - offsets[j - 1] != channels)
                return new ConvTaps(offsets, rows * columns, channels);
        }

        for (int i = 0; i < rows; i++)
            offsets[i] = offsets[i * columns];
        return new ConvTaps(offsets, rows, columns * channels);
    }
}
