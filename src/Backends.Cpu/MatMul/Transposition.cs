using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Turns rows into columns, in blocks of 16 x 16 so that the lines of both sides stay in L1; whole ones in registers, 8 x 8 at a
/// time, where the machine has such vectors.
/// </summary>
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
                if (Avx.IsSupported && columnStride == 1 && endRow - firstRow == Block && endColumn - firstColumn == Block)
                {
                    float* from = source + (firstRow * rowStride) + firstColumn, to = target + (firstColumn * targetStride) + firstRow;
                    Turn(from, rowStride, to, targetStride);
                    Turn(from + 8, rowStride, to + (8 * targetStride), targetStride);
                    Turn(from + (8 * rowStride), rowStride, to + 8, targetStride);
                    Turn(from + (8 * rowStride) + 8, rowStride, to + (8 * targetStride) + 8, targetStride);
                    continue;
                }

                for (int column = firstColumn; column < endColumn; column++)
                {
                    float* from = source + (column * columnStride), to = target + (column * targetStride);
                    for (int row = firstRow; row < endRow; row++)
                        to[row] = from[row * rowStride];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(float* source, nint rowStride, float* target, nint targetStride)
    {
        (Vector256<float> a0, Vector256<float> a1, Vector256<float> a2, Vector256<float> a3) = Pairs(source, rowStride);
        (Vector256<float> b0, Vector256<float> b1, Vector256<float> b2, Vector256<float> b3) = Pairs(source + (4 * rowStride), rowStride);
        Avx.Permute2x128(a0, b0, 0x20).Store(target);
        Avx.Permute2x128(a1, b1, 0x20).Store(target + targetStride);
        Avx.Permute2x128(a2, b2, 0x20).Store(target + (2 * targetStride));
        Avx.Permute2x128(a3, b3, 0x20).Store(target + (3 * targetStride));
        target += 4 * targetStride;
        Avx.Permute2x128(a0, b0, 0x31).Store(target);
        Avx.Permute2x128(a1, b1, 0x31).Store(target + targetStride);
        Avx.Permute2x128(a2, b2, 0x31).Store(target + (2 * targetStride));
        Avx.Permute2x128(a3, b3, 0x31).Store(target + (3 * targetStride));
    }

    // Four rows of eight: column i of the left half, and column i + 4 behind it, for i of 0 to 3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> C0, Vector256<float> C1, Vector256<float> C2, Vector256<float> C3) Pairs(float* source, nint rowStride)
    {
        Vector256<float> r0 = Vector256.Load(source), r1 = Vector256.Load(source + rowStride);
        Vector256<float> r2 = Vector256.Load(source + (2 * rowStride)), r3 = Vector256.Load(source + (3 * rowStride));
        Vector256<float> low01 = Avx.UnpackLow(r0, r1), high01 = Avx.UnpackHigh(r0, r1);
        Vector256<float> low23 = Avx.UnpackLow(r2, r3), high23 = Avx.UnpackHigh(r2, r3);
        return (Avx.Shuffle(low01, low23, 0x44), Avx.Shuffle(low01, low23, 0xEE), Avx.Shuffle(high01, high23, 0x44), Avx.Shuffle(high01, high23, 0xEE));
    }
}
