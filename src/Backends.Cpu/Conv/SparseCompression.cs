using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Lists the channels of a pooled pixel by their place in the window, or the places of a row by their channel, eight at a time: each
/// becomes one 64-bit <see cref="SparseEntry"/>, and vectors of them are packed. No branch depends on the data.
/// </summary>
internal static unsafe class SparseCompression
{
    /// <summary>Channels in a step. Every list needs so much room behind its last entry: vectors are written whole.</summary>
    public const int Step = 8;

    /// <summary>Whether machine and channel count allow it.</summary>
    public static bool Fits(int channels) => IsSupported && channels % Step == 0;

    private static bool Is512 => Simd.Level == SimdLevel.Avx512 && Avx512F.IsSupported;

    private static bool IsSupported => Is512 || (Simd.Level >= SimdLevel.Avx2 && Avx2.IsSupported);

    /// <summary>Makes the four lists of a pixel.</summary>
    /// <param name="values">The pixel's gradient; zeros are left out.</param>
    /// <param name="at">The place of each channel, 0 to 3.</param>
    /// <param name="channels">How many channels.</param>
    /// <param name="patch">Floats between the channels' kernels, which the offsets count.</param>
    /// <param name="lists">The first list.</param>
    /// <param name="capacity">Entries between the lists' starts.</param>
    /// <param name="lengths">Receives the entries of each.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gather(float* values, byte* at, int channels, int patch, SparseEntry* lists, int capacity, int* lengths)
    {
        if (Is512)
            SparseCompression512.Gather(values, at, channels, patch, lists, capacity, lengths);
        else
            SparseCompression256.Gather(values, at, channels, patch, lists, capacity, lengths);
    }

    /// <summary>Adds pixels of a pooled row to the lists of eight channels, as offsets into the input rows under it.</summary>
    /// <param name="values">The first channel's gradient in the first pixel; zeros are left out.</param>
    /// <param name="at">Its place, 0 to 3.</param>
    /// <param name="pixels">How many pixels.</param>
    /// <param name="channels">Elements between pixels.</param>
    /// <param name="start">The offset of the first window's first pixel.</param>
    /// <param name="right">From a place to its right neighbour, half of the way to the next window.</param>
    /// <param name="below">From a place to the one below it.</param>
    /// <param name="lists">The first list.</param>
    /// <param name="capacity">Entries between the lists' starts.</param>
    /// <param name="lengths">The entries of each, before and after.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void GatherRow(
        float* values, byte* at, int pixels, nint channels, int start, int right, int below, SparseEntry* lists, int capacity, int* lengths)
    {
        if (Is512)
            SparseCompression512.GatherRow(values, at, pixels, channels, start, right, below, lists, capacity, lengths);
        else
            SparseCompression256.GatherRow(values, at, pixels, channels, start, right, below, lists, capacity, lengths);
    }
}
