using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Reduces the rows of a matrix to one row. Runs of 64 rows are reduced in registers, and their results one after the other,
/// so that rounding errors grow with the sum of two short lengths instead of with the number of rows.
/// </summary>
internal static unsafe class ColumnReduction<TReduction>
    where TReduction : IReduction
{
    private const int RowsOfRun = 64;

    /// <summary>y[column] = the reduction of x[.., column].</summary>
    /// <param name="x">The first element of the first row.</param>
    /// <param name="stride">Floats between rows.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="y">Receives a row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* x, nint stride, int rows, int columns, float* y)
    {
        for (int row = 0; row < rows; row += RowsOfRun)
            RunRows(x + (row * stride), stride, Math.Min(RowsOfRun, rows - row), columns, y, isFirst: row == 0);
        if (rows == 0)
            new Span<float>(y, columns).Fill(TReduction.Identity);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunRows(float* x, nint stride, int rows, int columns, float* y, bool isFirst)
    {
        int column = 0;
        for (; column <= columns - 64; column += 64)
        {
            Vector256<float> a = Vector256.Load(x + column), b = Vector256.Load(x + column + 8);
            Vector256<float> c = Vector256.Load(x + column + 16), d = Vector256.Load(x + column + 24);
            Vector256<float> e = Vector256.Load(x + column + 32), f = Vector256.Load(x + column + 40);
            Vector256<float> g = Vector256.Load(x + column + 48), h = Vector256.Load(x + column + 56);
            float* from = x + column + stride;
            for (int row = 1; row < rows; row++, from += stride)
            {
                a = TReduction.Combine(a, Vector256.Load(from));
                b = TReduction.Combine(b, Vector256.Load(from + 8));
                c = TReduction.Combine(c, Vector256.Load(from + 16));
                d = TReduction.Combine(d, Vector256.Load(from + 24));
                e = TReduction.Combine(e, Vector256.Load(from + 32));
                f = TReduction.Combine(f, Vector256.Load(from + 40));
                g = TReduction.Combine(g, Vector256.Load(from + 48));
                h = TReduction.Combine(h, Vector256.Load(from + 56));
            }

            float* to = y + column;
            Put(a, to, isFirst);
            Put(b, to + 8, isFirst);
            Put(c, to + 16, isFirst);
            Put(d, to + 24, isFirst);
            Put(e, to + 32, isFirst);
            Put(f, to + 40, isFirst);
            Put(g, to + 48, isFirst);
            Put(h, to + 56, isFirst);
        }

        for (; column <= columns - 8; column += 8)
        {
            Vector256<float> sum = Vector256.Load(x + column);
            for (int row = 1; row < rows; row++)
                sum = TReduction.Combine(sum, Vector256.Load(x + column + (row * stride)));
            Put(sum, y + column, isFirst);
        }

        for (; column < columns; column++)
        {
            float sum = x[column];
            for (int row = 1; row < rows; row++)
                sum = TReduction.Combine(sum, x[column + (row * stride)]);
            y[column] = isFirst ? sum : TReduction.Combine(y[column], sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector256<float> sum, float* y, bool isFirst) =>
        (isFirst ? sum : TReduction.Combine(Vector256.Load(y), sum)).Store(y);
}
