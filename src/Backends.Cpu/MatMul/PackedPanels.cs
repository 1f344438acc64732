using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A matrix laid out for the right side of register tiles: panels of one tile's width, each with its rows one after the other,
/// so that the kernel reads it in one forward stream. A last panel is padded with zeros to the width of its tile.
/// </summary>
internal readonly unsafe struct PackedPanels(float* data, int rows, int columns)
{
    /// <summary>The first panel.</summary>
    public float* Data => data;

    /// <summary>Rows of the matrix, the steps of the inner sum.</summary>
    public int Rows => rows;

    /// <summary>Columns of the matrix without the padding.</summary>
    public int Columns => columns;

    /// <summary>How many panels there are.</summary>
    public int Count => (columns + TileRows.MaxWidth - 1) / TileRows.MaxWidth;

    /// <summary>The floats that a packed matrix takes.</summary>
    public static long Size(int rows, int columns)
    {
        int rest = columns % TileRows.MaxWidth;
        return (long)rows * (columns - rest + (rest == 0 ? 0 : TileRows.Width(rest)));
    }

    /// <summary>Where a panel starts, and how many columns it has.</summary>
    public float* Panel(int index, out int panelColumns, out int width)
    {
        int first = index * TileRows.MaxWidth;
        panelColumns = Math.Min(columns - first, TileRows.MaxWidth);
        width = TileRows.Width(panelColumns);
        return data + ((long)first * rows);
    }

    /// <summary>Lays out rows firstRow.. of one panel.</summary>
    /// <param name="panel">Which panel.</param>
    /// <param name="firstRow">The first row to lay out.</param>
    /// <param name="rowCount">How many.</param>
    /// <param name="source">Element (0, 0) of the matrix.</param>
    /// <param name="rowStride">Floats between its rows.</param>
    /// <param name="columnStride">Floats between its columns.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Pack(int panel, int firstRow, int rowCount, float* source, nint rowStride, nint columnStride)
    {
        float* target = Panel(panel, out int panelColumns, out int width) + ((nint)firstRow * width);
        source += (firstRow * rowStride) + (panel * TileRows.MaxWidth * columnStride);
        if (columnStride == 1)
        {
            if (panelColumns == TileRows.MaxWidth)
            {
                for (int row = 0; row < rowCount; row++, source += rowStride, target += TileRows.MaxWidth)
                    CopyWholeRow(source, target);
                return;
            }

            for (int row = 0; row < rowCount; row++, source += rowStride, target += width)
                CopyRow(source, panelColumns, target, width);
            return;
        }

        Transposition.Run(source, columnStride, rowStride, panelColumns, rowCount, target, width);
        for (int row = 0; row < rowCount && panelColumns < width; row++)
            new Span<float>(target + ((nint)row * width) + panelColumns, width - panelColumns).Clear();
    }

    /// <summary>Lays out all rows of some panels, row after row: faster where a row of the matrix is long and read in one go.</summary>
    /// <param name="firstPanel">The first panel.</param>
    /// <param name="endPanel">The one after the last.</param>
    /// <param name="source">Element (0, 0) of the matrix, whose columns are neighbours.</param>
    /// <param name="rowStride">Floats between its rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void PackRows(int firstPanel, int endPanel, float* source, nint rowStride)
    {
        int maxWidth = TileRows.MaxWidth, whole = Math.Min(endPanel, columns / maxWidth);
        nint size = rows * (nint)maxWidth;
        for (int row = 0; row < rows; row++, source += rowStride)
        {
            float* from = source + (firstPanel * maxWidth), target = data + (firstPanel * size) + (row * maxWidth);
            for (int panel = firstPanel; panel < whole; panel++, from += maxWidth, target += size)
                CopyWholeRow(from, target);
        }

        if (whole < endPanel)
            Pack(whole, 0, rows, source - (rows * rowStride), rowStride, 1);
    }

    // Of a panel of the greatest width, without a loop.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyWholeRow(float* source, float* target)
    {
        if (TileRows.MaxWidth < Vector256<float>.Count)
        {
            CopyRow(source, TileRows.MaxWidth, target, TileRows.MaxWidth);
            return;
        }

        Vector256.Load(source).Store(target);
        if (TileRows.MaxWidth > Vector256<float>.Count)
            Vector256.Load(source + Vector256<float>.Count).Store(target + Vector256<float>.Count);
        if (TileRows.MaxWidth > 2 * Vector256<float>.Count)
        {
            Vector256.Load(source + (2 * Vector256<float>.Count)).Store(target + (2 * Vector256<float>.Count));
            Vector256.Load(source + (3 * Vector256<float>.Count)).Store(target + (3 * Vector256<float>.Count));
        }
    }

    // In the open: a call for each of many short rows would take longer than the copy.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRow(float* source, int count, float* target, int width)
    {
        int column = 0;
        for (; column <= count - Vector256<float>.Count; column += Vector256<float>.Count)
            Vector256.Load(source + column).Store(target + column);
        for (; column <= count - Vector128<float>.Count; column += Vector128<float>.Count)
            Vector128.Load(source + column).Store(target + column);
        for (; column < count; column++)
            target[column] = source[column];
        for (; column < width; column++)
            target[column] = 0;
    }
}
