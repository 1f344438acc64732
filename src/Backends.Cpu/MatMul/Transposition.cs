using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Turns rows into columns, in blocks of 16 x 16 so that the lines of both sides stay in L1.</summary>
internal static unsafe class Transposition
{
    private const int Block = 16;

    /// <summary>target[column, row] = source[row, column].</summary>
    /// <param name="source">Element (0, 0).</param>
    /// <param name="rowStride">Floats between rows of the source.</param>
    /// <param name="columnStride">Floats between its columns.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="target">Element (0, 0) of the result.</param>
    /// <param name="targetStride">Floats between rows of the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* source, nint rowStride, nint columnStride, int rows, int columns, float* target, nint targetStride)
    {
        for (int firstColumn = 0; firstColumn < columns; firstColumn += Block)
        {
            int endColumn = Math.Min(firstColumn + Block, columns);
            for (int firstRow = 0; firstRow < rows; firstRow += Block)
            {
                int endRow = Math.Min(firstRow + Block, rows);
                for (int column = firstColumn; column < endColumn; column++)
                {
                    float* from = source + (column * columnStride), to = target + (column * targetStride);
                    for (int row = firstRow; row < endRow; row++)
                        to[row] = from[row * rowStride];
                }
            }
        }
    }
}
