using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The pixels that a convolution of 1 x 1 taps reads, numbered like those that it writes. A product that takes them one after the other
/// works on a copy of some of them where there are gaps between them, or bytes; in the input gradient the gaps are zero.
/// </summary>
internal readonly unsafe struct StridedPixels
{
    private readonly Pixels _pictures;
    private readonly nint _channels;
    private readonly int _height;
    private readonly int _width;
    private readonly int _rows;
    private readonly int _columns;
    private readonly int _rowStep;
    private readonly int _columnStep;

    /// <summary>The pixels that a convolution reads.</summary>
    /// <param name="pictures">The pictures.</param>
    /// <param name="geometry">The convolution.</param>
    public StridedPixels(Pixels pictures, in Conv2DGeometry geometry)
    {
        _pictures = pictures;
        _channels = geometry.InChannels;
        (_height, _width) = (geometry.InHeight, geometry.InWidth);
        (_rows, _columns) = (geometry.OutHeight, geometry.OutWidth);
        (_rowStep, _columnStep) = (geometry.StrideH, geometry.StrideW);
    }

    /// <summary>The pixels that it writes, which lie one after the other.</summary>
    /// <param name="outputs">The output, or its gradient.</param>
    /// <param name="geometry">The convolution.</param>
    public static StridedPixels Outputs(float* outputs, in Conv2DGeometry geometry) => new(
        new Pixels(outputs),
        new Conv2DGeometry(geometry.OutputShape, new Shape(1, 1, geometry.OutChannels, 1), (1, 1), Padding.Valid, (1, 1), 1));

    private nint RowStride => _width * _channels;

    private nint PixelStride => _columnStep * _channels;

    /// <summary>Copies some pixels.</summary>
    /// <param name="first">The first one's number.</param>
    /// <param name="count">How many.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="pitch">Floats from one to the next there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Gather(long first, int count, float* target, nint pitch)
    {
        for (int run; count > 0; count -= run, first += run)
        {
            nint place = Run(first, count, out run);
            for (int i = 0; i < run; i++, place += PixelStride, target += pitch)
                _pictures.Skip(place).CopyTo(target, (int)_channels);
        }
    }

    /// <summary>Asks for some pixels; of bytes, which are few, the machine's own guess is enough.</summary>
    /// <param name="first">The first one's number.</param>
    /// <param name="count">How many.</param>
    public void Ask(long first, int count)
    {
        for (int run; count > 0 && !_pictures.AreBytes; count -= run, first += run)
        {
            nint place = Run(first, count, out run);
            Prefetching.Start(_pictures.Floats + place, PixelStride, run, (int)_channels);
        }
    }

    /// <summary>Writes some pixels of Float32, and zeros into the gap after each.</summary>
    /// <param name="first">The first one's number.</param>
    /// <param name="count">How many.</param>
    /// <param name="source">The pixels, one after the other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Scatter(long first, int count, float* source)
    {
        for (int run; count > 0; count -= run, first += run)
        {
            float* target = _pictures.Floats + Run(first, count, out run);
            int column = (int)(first % _columns), row = (int)(first / _columns % _rows);
            for (int i = 0; i < run; i++, column++, target += PixelStride, source += _channels)
            {
                new ReadOnlySpan<float>(source, (int)_channels).CopyTo(new Span<float>(target, (int)_channels));
                int between = Math.Min(_columnStep, _width - (column * _columnStep)) - 1;
                new Span<float>(target + _channels, between * (int)_channels).Clear();
            }

            int below = Math.Min(_rowStep, _height - (row * _rowStep)) - 1;
            if (column == _columns && below > 0)
                new Span<float>(target - (_columns * PixelStride) + RowStride, checked((int)(below * RowStride))).Clear();
        }
    }

    // Elements before a pixel, and how many of the next ones are in its row.
    private nint Run(long first, int most, out int count)
    {
        (long line, long column) = Math.DivRem(first, _columns);
        (long image, long row) = Math.DivRem(line, _rows);
        count = (int)Math.Min(most, _columns - column);
        return ((((nint)image * _height) + ((nint)row * _rowStep)) * RowStride) + ((nint)column * PixelStride);
    }
}
