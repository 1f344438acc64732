using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary>Asks for memory ahead of its use, where the machine's own guess comes late: short runs with gaps between them.</summary>
internal static unsafe class Prefetching
{
    /// <summary>Floats of a line of the cache.</summary>
    public const int Line = 16;

    /// <summary>Asks for one line for the L2 cache; does nothing where there is no such instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Start(float* place)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(place);
    }

    /// <summary>
    /// How far each of so many steps has to go on for all of them to have asked for so many floats: at most a line. Lines that are asked for
    /// faster than memory brings them would keep others waiting that are needed at once.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Pace(nint floats, nint steps) => Math.Clamp((floats / Math.Max(steps, 1)) + 1, 1, Line);

    /// <summary>Asks for all lines of a run, of a length that the JIT knows.</summary>
    /// <param name="place">Where it starts.</param>
    /// <param name="length">Floats of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StartRun(float* place, int length)
    {
        for (int line = 0; line < length; line += Line)
            Start(place + line);
    }

    /// <summary>Asks for some rows.</summary>
    /// <param name="place">Where the first one starts.</param>
    /// <param name="rowStride">Floats between them.</param>
    /// <param name="rows">How many.</param>
    /// <param name="length">Floats of each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Start(float* place, nint rowStride, int rows, int length)
    {
        for (int row = 0; row < rows; row++, place += rowStride)
        {
            for (int line = 0; line < length; line += Line)
                Start(place + line);
        }
    }
}
