using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The first step of Winograd's convolutions: six rows of a picture, transformed down. Channels and columns do not matter to it,
/// so a row is one run of floats. Rows and columns beyond the picture count as zeros.
/// <para>
/// A dilated convolution is one without dilation in each of the pictures that every so manieth row and column make, its phases;
/// there a run is a pixel. A convolution with stride 2 is the sum of those without stride over the four pictures of every other row and
/// column; two neighbouring pixels of a row count as one column, of twice the channels, and the even and the odd rows come one after the other.
/// </para>
/// </summary>
internal readonly unsafe struct WinogradRows(Pixels x, int height, int width, int channels, int top, int left)
{
    /// <summary>Rows of output under a row of tiles.</summary>
    public int Outputs { get; init; } = WinogradTransform.Outputs;

    /// <summary>Rows between taps.</summary>
    public int DilationH { get; init; } = 1;

    /// <summary>Columns between taps.</summary>
    public int DilationW { get; init; } = 1;

    /// <summary>1, or 2: which rows and columns of the padded picture a tile reads, every one or, by phase, every other one.</summary>
    public int Stride { get; init; } = 1;

    // Rows between those that are transformed together.
    private int RowStep => DilationH * Stride;

    /// <summary>Transforms the rows under one row of tiles.</summary>
    /// <typeparam name="TLanes">The vectors to use.</typeparam>
    /// <param name="image">Which picture, by batch and phase: all phases of a picture follow each other.</param>
    /// <param name="tileRow">Which row of tiles.</param>
    /// <param name="strideRow">Which row of every <see cref="Stride"/>.</param>
    /// <param name="firstColumn">The first column, counted from the padding's edge, within the phase.</param>
    /// <param name="count">How many columns.</param>
    /// <param name="target">Receives six rows.</param>
    /// <param name="stride">Floats between them.</param>
    /// <param name="zeros">Room for a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Transform<TLanes>(int image, int tileRow, int strideRow, int firstColumn, int count, float* target, nint stride, float* zeros)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        (int picture, int phase) = Math.DivRem(image, DilationH * DilationW);
        (int phaseRow, int phaseColumn) = Math.DivRem(phase, DilationW);
        int column = phaseColumn + (DilationW * Stride * firstColumn) - left, row0 = phaseRow + strideRow + (RowStep * Outputs * tileRow) - top;
        count *= Stride;
        int start = Math.Clamp(Steps(-column), 0, count), end = Math.Clamp(Steps(width - column), start, count);
        nint run = DilationW == 1 ? (nint)(end - start) * channels : channels;
        if (row0 < 0 || row0 + (RowStep * (WinogradTransform.Points - 1)) >= height)
            new Span<float>(zeros, (int)run).Clear();
        for (int row = 0; row < WinogradTransform.Points && (start > 0 || end < count); row++)
        {
            new Span<float>(target + (row * stride), start * channels).Clear();
            new Span<float>(target + (row * stride) + (end * channels), (count - end) * channels).Clear();
        }

        target += start * channels;
        byte** rows = stackalloc byte*[WinogradTransform.Points];
        nint* steps = stackalloc nint[WinogradTransform.Points];
        for (int row = 0; row < WinogradTransform.Points; row++)
        {
            int at = row0 + (RowStep * row);
            bool inside = (uint)at < (uint)height;
            rows[row] = inside ? x.Skip(((((nint)picture * height) + at) * width + column + (DilationW * start)) * channels).Address : (byte*)zeros;
            steps[row] = inside ? (nint)(x.Skip((nint)DilationW * channels).Address - x.Address) : 0;
        }

        if (DilationW == 1)
        {
            Run<TLanes>(rows, run, target, stride);
            return;
        }

        for (int i = start; i < end; i++, target += channels)
        {
            Run<TLanes>(rows, run, target, stride);
            for (int row = 0; row < WinogradTransform.Points; row++)
                rows[row] += steps[row];
        }
    }

    /// <summary>A part of what the row of tiles below reads and this one does not.</summary>
    /// <param name="image">Which picture.</param>
    /// <param name="tileRow">Which row of tiles.</param>
    /// <param name="firstTile">The first tile of the part.</param>
    /// <param name="tiles">How many tiles it has.</param>
    /// <param name="tilesOfRow">How many tiles a row has, all parts together.</param>
    public AheadStretch Next(int image, int tileRow, int firstTile, int tiles, int tilesOfRow)
    {
        int row = (Stride * ((Outputs * tileRow) + WinogradTransform.Points)) - top, end = Math.Min(row + (Stride * Outputs), height);
        nint count = (nint)Math.Max(end - row, 0) * width * channels, start = count * firstTile / tilesOfRow;
        Pixels first = x.Skip(((((nint)image * height) + row) * width * channels) + start);
        return new AheadStretch(first.Address, (nint)(x.Skip((count * (firstTile + tiles) / tilesOfRow) - start).Address - x.Address));
    }

    private int Steps(int columns) => columns <= 0 ? 0 : (columns + DilationW - 1) / DilationW;

    private void Run<TLanes>(byte** rows, nint length, float* target, nint stride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        if (x.AreBytes)
            Run<TLanes, PixelReaders.OfBytes>(rows, x.Scale, length, target, stride);
        else
            Run<TLanes, PixelReaders.OfFloats>(rows, default, length, target, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TLanes, TReader>(byte** rows, ByteScale scale, nint length, float* target, nint stride)
        where TLanes : unmanaged, ILanes<TLanes>
        where TReader : struct, IPixelReader
    {
        byte* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3], r4 = rows[4], r5 = rows[5];
        TLanes high = TLanes.Create(scale.High), low = TLanes.Create(scale.Low);
        nint i = 0, size = TReader.Size;
        for (; i <= length - TLanes.Count; i += TLanes.Count)
        {
            Column<TLanes, TReader>(
                r0 + (i * size), r1 + (i * size), r2 + (i * size), r3 + (i * size), r4 + (i * size), r5 + (i * size), high, low, target + i, stride);
        }

        if (i == length)
            return;

        // The rest is brought to the stack: a whole vector might read beyond the last picture.
        int rest = (int)(length - i), lanes = TLanes.Count;
        int bytes = rest * (int)size, most = lanes * (int)size;
        byte* copy = stackalloc byte[WinogradTransform.Points * most];
        for (int row = 0; row < WinogradTransform.Points; row++)
            new ReadOnlySpan<byte>(rows[row] + (i * size), bytes).CopyTo(new Span<byte>(copy + (row * most), bytes));
        float* result = stackalloc float[WinogradTransform.Points * lanes];
        Column<TLanes, TReader>(copy, copy + most, copy + (2 * most), copy + (3 * most), copy + (4 * most), copy + (5 * most), high, low, result, lanes);
        for (int row = 0; row < WinogradTransform.Points; row++)
            new ReadOnlySpan<float>(result + (row * lanes), rest).CopyTo(new Span<float>(target + (row * stride) + i, rest));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column<TLanes, TReader>(
        byte* r0, byte* r1, byte* r2, byte* r3, byte* r4, byte* r5, TLanes high, TLanes low, float* target, nint stride)
        where TLanes : unmanaged, ILanes<TLanes>
        where TReader : struct, IPixelReader
    {
        TLanes d0 = TReader.Load(r0, high, low), d1 = TReader.Load(r1, high, low), d2 = TReader.Load(r2, high, low);
        TLanes d3 = TReader.Load(r3, high, low), d4 = TReader.Load(r4, high, low), d5 = TReader.Load(r5, high, low);
        WinogradTransform.Input(ref d0, ref d1, ref d2, ref d3, ref d4, ref d5);
        TLanes.Store(d0, target);
        TLanes.Store(d1, target + stride);
        TLanes.Store(d2, target + (2 * stride));
        TLanes.Store(d3, target + (3 * stride));
        TLanes.Store(d4, target + (4 * stride));
        TLanes.Store(d5, target + (5 * stride));
    }
}
