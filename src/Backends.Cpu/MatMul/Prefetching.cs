using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary>Asks for memory ahead of its use, where the machine's own guess comes late: short runs with gaps between them.</summary>
internal static unsafe class Prefetching
{
    private const int Line = 16;

    /// <summary>Brings rows to the L2 cache; does nothing where there is no such instruction.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="stride">Floats between rows.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="columns">Floats of each.</param>
    public static void Rows(float* first, nint stride, int rows, int columns)
    {
        if (!Sse.IsSupported)
            return;
        for (int row = 0; row < rows; row++, first += stride)
        {
            for (int column = 0; column < columns; column += Line)
                Sse.Prefetch1(first + column);
        }
    }
}
