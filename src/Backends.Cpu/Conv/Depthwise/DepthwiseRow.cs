using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A row of a depthwise convolution or of its input gradient: pixel p under column tap j reads column p·step + start of the
/// tap. Pixels all of whose taps are inside go to <see cref="DepthwiseTile"/> eight at a time, those at the edges one by one with the
/// taps that are.
/// </summary>
internal unsafe ref struct DepthwiseRow
{
    private readonly Span<nint> _sourceOffsets;
    private readonly Span<nint> _weightOffsets;
    private readonly Span<(nint Source, nint Weight)> _rows;
    private readonly Span<(int Start, nint Weight)> _columns;
    private int _rowCount;
    private int _columnCount;

    /// <summary>The buffers of a row; each as long as the kernel has taps.</summary>
    public DepthwiseRow(Span<nint> sourceOffsets, Span<nint> weightOffsets, Span<(nint Source, nint Weight)> rows, Span<(int Start, nint Weight)> columns)
    {
        _sourceOffsets = sourceOffsets;
        _weightOffsets = weightOffsets;
        _rows = rows;
        _columns = columns;
    }

    /// <summary>Pixels of the row that is read.</summary>
    public int Width { get; init; }

    /// <summary>Columns between what neighbouring pixels read.</summary>
    public int Step { get; init; }

    /// <summary>How many rows a shard takes: about 256 KiB of them, as rows at its edges are read by two threads, but no more than leave 16 shards.</summary>
    /// <param name="rows">Rows of the whole batch.</param>
    /// <param name="length">Floats of a row.</param>
    public static int RowsOfShard(int rows, int length) => Math.Clamp(4 * Shards.RowsOf(length), 1, Math.Max(1, rows / 16));

    /// <summary>Forgets the taps.</summary>
    public void Clear() => (_rowCount, _columnCount) = (0, 0);

    /// <summary>Adds a row of taps that is inside the picture.</summary>
    /// <param name="source">Floats from the picture's start to the row it reads.</param>
    /// <param name="weight">Floats from the kernel's start to the row's weights.</param>
    public void AddRow(nint source, nint weight) => _rows[_rowCount++] = (source, weight);

    /// <summary>Adds a column of taps.</summary>
    /// <param name="start">The column that pixel 0 reads, inside the picture or not.</param>
    /// <param name="weight">Floats from a row's weights to the column's.</param>
    public void AddColumn(int start, nint weight) => _columns[_columnCount++] = (start, weight);

    /// <summary>Computes pixels 0..count-1.</summary>
    /// <param name="operands">Source, target, weights and bias; the picture's start as source. Its taps are filled in.</param>
    /// <param name="count">How many pixels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ref DepthwiseOperands operands, int count)
    {
        int first = 0, end = count;
        for (int j = 0; j < _columnCount; j++)
        {
            first = Math.Max(first, CeilingOf(-_columns[j].Start));
            end = Math.Min(end, CeilingOf(Width - _columns[j].Start));
        }

        first = Math.Min(first, count);
        end = Math.Max(first, end);
        fixed (nint* sources = _sourceOffsets, weights = _weightOffsets)
        {
            operands.SourceOffsets = sources;
            operands.WeightOffsets = weights;
            operands.SourceStep = (nint)Step * operands.Channels;
            Edge(ref operands, 0, first);
            Edge(ref operands, end, count);
            Gather(operands.Channels, null, ref operands);
            for (int pixel = first; pixel < end;)
            {
                int left = end - pixel, pixels = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
                DepthwiseTile.Run(operands, pixel, pixels);
                pixel += pixels;
            }
        }
    }

    private readonly int CeilingOf(int columns) => columns <= 0 ? 0 : (columns + Step - 1) / Step;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Edge(ref DepthwiseOperands operands, int first, int end)
    {
        for (int pixel = first; pixel < end; pixel++)
        {
            Gather(operands.Channels, pixel, ref operands);
            DepthwiseTile.Run(operands, pixel, 1);
        }
    }

    // The taps of one pixel that are inside, or all.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Gather(int channels, int? pixel, ref DepthwiseOperands operands)
    {
        operands.Taps = 0;
        for (int i = 0; i < _rowCount; i++)
        {
            for (int j = 0; j < _columnCount; j++)
            {
                if (pixel is { } p && (uint)((p * Step) + _columns[j].Start) >= (uint)Width)
                    continue;
                _sourceOffsets[operands.Taps] = _rows[i].Source + ((nint)_columns[j].Start * channels);
                _weightOffsets[operands.Taps++] = _rows[i].Weight + _columns[j].Weight;
            }
        }
    }
}
