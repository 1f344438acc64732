using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The micro-kernel of the sparse convolution gradients: up to three rows of up to eight vectors stay in registers while a list
/// of terms passes by, each multiplying as many neighbouring floats of the source. In a row the last vector ends where the row
/// ends and may overlap the one before; the lanes that both hold get the same sums.
/// </summary>
internal static unsafe class SparseTile
{
    /// <summary>target[row] += Σ value · source[offset + row] over the entries, in their order.</summary>
    /// <typeparam name="TLanes">The vectors' width.</typeparam>
    /// <typeparam name="TRows">1 to 3 rows.</typeparam>
    /// <typeparam name="TVectors">1 to 8 vectors a row.</typeparam>
    /// <param name="entry">The first entry.</param>
    /// <param name="end">After the last entry.</param>
    /// <param name="source">What offsets count from.</param>
    /// <param name="sourceStride">Floats between rows of the source.</param>
    /// <param name="target">The first row's sums.</param>
    /// <param name="targetStride">Floats between rows of the target.</param>
    /// <param name="last">Where the last vector of a row starts.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes, TRows, TVectors>(
        SparseEntry* entry, SparseEntry* end, float* source, nint sourceStride, float* target, nint targetStride, nint last)
        where TLanes : unmanaged, ILanes<TLanes>
        where TRows : struct, IRowCount
        where TVectors : struct, IRowCount
    {
        int rows = TRows.Count, vectors = TVectors.Count;
        TLanes a0 = TLanes.Zero;
        TLanes a1 = TLanes.Zero;
        TLanes a2 = TLanes.Zero;
        TLanes a3 = TLanes.Zero;
        TLanes a4 = TLanes.Zero;
        TLanes a5 = TLanes.Zero;
        TLanes a6 = TLanes.Zero;
        TLanes a7 = TLanes.Zero;
        TLanes b0 = TLanes.Zero;
        TLanes b1 = TLanes.Zero;
        TLanes b2 = TLanes.Zero;
        TLanes b3 = TLanes.Zero;
        TLanes b4 = TLanes.Zero;
        TLanes b5 = TLanes.Zero;
        TLanes b6 = TLanes.Zero;
        TLanes b7 = TLanes.Zero;
        TLanes c0 = TLanes.Zero;
        TLanes c1 = TLanes.Zero;
        TLanes c2 = TLanes.Zero;
        TLanes c3 = TLanes.Zero;
        TLanes c4 = TLanes.Zero;
        TLanes c5 = TLanes.Zero;
        TLanes c6 = TLanes.Zero;
        TLanes c7 = TLanes.Zero;
        a0 = TLanes.Load(target + (vectors > 1 ? 0 : last));
        if (vectors > 1)
            a1 = TLanes.Load(target + (vectors > 2 ? 1 * TLanes.Count : last));
        if (vectors > 2)
            a2 = TLanes.Load(target + (vectors > 3 ? 2 * TLanes.Count : last));
        if (vectors > 3)
            a3 = TLanes.Load(target + (vectors > 4 ? 3 * TLanes.Count : last));
        if (vectors > 4)
            a4 = TLanes.Load(target + (vectors > 5 ? 4 * TLanes.Count : last));
        if (vectors > 5)
            a5 = TLanes.Load(target + (vectors > 6 ? 5 * TLanes.Count : last));
        if (vectors > 6)
            a6 = TLanes.Load(target + (vectors > 7 ? 6 * TLanes.Count : last));
        if (vectors > 7)
            a7 = TLanes.Load(target + (vectors > 8 ? 7 * TLanes.Count : last));
        if (rows > 1)
        {
            b0 = TLanes.Load(target + targetStride + (vectors > 1 ? 0 : last));
            if (vectors > 1)
                b1 = TLanes.Load(target + targetStride + (vectors > 2 ? 1 * TLanes.Count : last));
            if (vectors > 2)
                b2 = TLanes.Load(target + targetStride + (vectors > 3 ? 2 * TLanes.Count : last));
            if (vectors > 3)
                b3 = TLanes.Load(target + targetStride + (vectors > 4 ? 3 * TLanes.Count : last));
            if (vectors > 4)
                b4 = TLanes.Load(target + targetStride + (vectors > 5 ? 4 * TLanes.Count : last));
            if (vectors > 5)
                b5 = TLanes.Load(target + targetStride + (vectors > 6 ? 5 * TLanes.Count : last));
            if (vectors > 6)
                b6 = TLanes.Load(target + targetStride + (vectors > 7 ? 6 * TLanes.Count : last));
            if (vectors > 7)
                b7 = TLanes.Load(target + targetStride + (vectors > 8 ? 7 * TLanes.Count : last));
        }

        if (rows > 2)
        {
            c0 = TLanes.Load(target + (2 * targetStride) + (vectors > 1 ? 0 : last));
            if (vectors > 1)
                c1 = TLanes.Load(target + (2 * targetStride) + (vectors > 2 ? 1 * TLanes.Count : last));
            if (vectors > 2)
                c2 = TLanes.Load(target + (2 * targetStride) + (vectors > 3 ? 2 * TLanes.Count : last));
            if (vectors > 3)
                c3 = TLanes.Load(target + (2 * targetStride) + (vectors > 4 ? 3 * TLanes.Count : last));
            if (vectors > 4)
                c4 = TLanes.Load(target + (2 * targetStride) + (vectors > 5 ? 4 * TLanes.Count : last));
            if (vectors > 5)
                c5 = TLanes.Load(target + (2 * targetStride) + (vectors > 6 ? 5 * TLanes.Count : last));
            if (vectors > 6)
                c6 = TLanes.Load(target + (2 * targetStride) + (vectors > 7 ? 6 * TLanes.Count : last));
            if (vectors > 7)
                c7 = TLanes.Load(target + (2 * targetStride) + (vectors > 8 ? 7 * TLanes.Count : last));
        }

        for (; entry < end; entry++)
        {
            TLanes value = TLanes.Repeat(&entry->Value);
            float* from = source + entry->Offset;
            a0 = TLanes.MultiplyAdd(value, from + (vectors > 1 ? 0 : last), a0);
            if (vectors > 1)
                a1 = TLanes.MultiplyAdd(value, from + (vectors > 2 ? 1 * TLanes.Count : last), a1);
            if (vectors > 2)
                a2 = TLanes.MultiplyAdd(value, from + (vectors > 3 ? 2 * TLanes.Count : last), a2);
            if (vectors > 3)
                a3 = TLanes.MultiplyAdd(value, from + (vectors > 4 ? 3 * TLanes.Count : last), a3);
            if (vectors > 4)
                a4 = TLanes.MultiplyAdd(value, from + (vectors > 5 ? 4 * TLanes.Count : last), a4);
            if (vectors > 5)
                a5 = TLanes.MultiplyAdd(value, from + (vectors > 6 ? 5 * TLanes.Count : last), a5);
            if (vectors > 6)
                a6 = TLanes.MultiplyAdd(value, from + (vectors > 7 ? 6 * TLanes.Count : last), a6);
            if (vectors > 7)
                a7 = TLanes.MultiplyAdd(value, from + (vectors > 8 ? 7 * TLanes.Count : last), a7);
            if (rows > 1)
            {
                b0 = TLanes.MultiplyAdd(value, from + sourceStride + (vectors > 1 ? 0 : last), b0);
                if (vectors > 1)
                    b1 = TLanes.MultiplyAdd(value, from + sourceStride + (vectors > 2 ? 1 * TLanes.Count : last), b1);
                if (vectors > 2)
                    b2 = TLanes.MultiplyAdd(value, from + sourceStride + (vectors > 3 ? 2 * TLanes.Count : last), b2);
                if (vectors > 3)
                    b3 = TLanes.MultiplyAdd(value, from + sourceStride + (vectors > 4 ? 3 * TLanes.Count : last), b3);
                if (vectors > 4)
                    b4 = TLanes.MultiplyAdd(value, from + sourceStride + (vectors > 5 ? 4 * TLanes.Count : last), b4);
                if (vectors > 5)
                    b5 = TLanes.MultiplyAdd(value, from + sourceStride + (vectors > 6 ? 5 * TLanes.Count : last), b5);
                if (vectors > 6)
                    b6 = TLanes.MultiplyAdd(value, from + sourceStride + (vectors > 7 ? 6 * TLanes.Count : last), b6);
                if (vectors > 7)
                    b7 = TLanes.MultiplyAdd(value, from + sourceStride + (vectors > 8 ? 7 * TLanes.Count : last), b7);
            }

            if (rows > 2)
            {
                c0 = TLanes.MultiplyAdd(value, from + (2 * sourceStride) + (vectors > 1 ? 0 : last), c0);
                if (vectors > 1)
                    c1 = TLanes.MultiplyAdd(value, from + (2 * sourceStride) + (vectors > 2 ? 1 * TLanes.Count : last), c1);
                if (vectors > 2)
                    c2 = TLanes.MultiplyAdd(value, from + (2 * sourceStride) + (vectors > 3 ? 2 * TLanes.Count : last), c2);
                if (vectors > 3)
                    c3 = TLanes.MultiplyAdd(value, from + (2 * sourceStride) + (vectors > 4 ? 3 * TLanes.Count : last), c3);
                if (vectors > 4)
                    c4 = TLanes.MultiplyAdd(value, from + (2 * sourceStride) + (vectors > 5 ? 4 * TLanes.Count : last), c4);
                if (vectors > 5)
                    c5 = TLanes.MultiplyAdd(value, from + (2 * sourceStride) + (vectors > 6 ? 5 * TLanes.Count : last), c5);
                if (vectors > 6)
                    c6 = TLanes.MultiplyAdd(value, from + (2 * sourceStride) + (vectors > 7 ? 6 * TLanes.Count : last), c6);
                if (vectors > 7)
                    c7 = TLanes.MultiplyAdd(value, from + (2 * sourceStride) + (vectors > 8 ? 7 * TLanes.Count : last), c7);
            }
        }

        TLanes.Store(a0, target + (vectors > 1 ? 0 : last));
        if (vectors > 1)
            TLanes.Store(a1, target + (vectors > 2 ? 1 * TLanes.Count : last));
        if (vectors > 2)
            TLanes.Store(a2, target + (vectors > 3 ? 2 * TLanes.Count : last));
        if (vectors > 3)
            TLanes.Store(a3, target + (vectors > 4 ? 3 * TLanes.Count : last));
        if (vectors > 4)
            TLanes.Store(a4, target + (vectors > 5 ? 4 * TLanes.Count : last));
        if (vectors > 5)
            TLanes.Store(a5, target + (vectors > 6 ? 5 * TLanes.Count : last));
        if (vectors > 6)
            TLanes.Store(a6, target + (vectors > 7 ? 6 * TLanes.Count : last));
        if (vectors > 7)
            TLanes.Store(a7, target + (vectors > 8 ? 7 * TLanes.Count : last));
        if (rows > 1)
        {
            TLanes.Store(b0, target + targetStride + (vectors > 1 ? 0 : last));
            if (vectors > 1)
                TLanes.Store(b1, target + targetStride + (vectors > 2 ? 1 * TLanes.Count : last));
            if (vectors > 2)
                TLanes.Store(b2, target + targetStride + (vectors > 3 ? 2 * TLanes.Count : last));
            if (vectors > 3)
                TLanes.Store(b3, target + targetStride + (vectors > 4 ? 3 * TLanes.Count : last));
            if (vectors > 4)
                TLanes.Store(b4, target + targetStride + (vectors > 5 ? 4 * TLanes.Count : last));
            if (vectors > 5)
                TLanes.Store(b5, target + targetStride + (vectors > 6 ? 5 * TLanes.Count : last));
            if (vectors > 6)
                TLanes.Store(b6, target + targetStride + (vectors > 7 ? 6 * TLanes.Count : last));
            if (vectors > 7)
                TLanes.Store(b7, target + targetStride + (vectors > 8 ? 7 * TLanes.Count : last));
        }

        if (rows > 2)
        {
            TLanes.Store(c0, target + (2 * targetStride) + (vectors > 1 ? 0 : last));
            if (vectors > 1)
                TLanes.Store(c1, target + (2 * targetStride) + (vectors > 2 ? 1 * TLanes.Count : last));
            if (vectors > 2)
                TLanes.Store(c2, target + (2 * targetStride) + (vectors > 3 ? 2 * TLanes.Count : last));
            if (vectors > 3)
                TLanes.Store(c3, target + (2 * targetStride) + (vectors > 4 ? 3 * TLanes.Count : last));
            if (vectors > 4)
                TLanes.Store(c4, target + (2 * targetStride) + (vectors > 5 ? 4 * TLanes.Count : last));
            if (vectors > 5)
                TLanes.Store(c5, target + (2 * targetStride) + (vectors > 6 ? 5 * TLanes.Count : last));
            if (vectors > 6)
                TLanes.Store(c6, target + (2 * targetStride) + (vectors > 7 ? 6 * TLanes.Count : last));
            if (vectors > 7)
                TLanes.Store(c7, target + (2 * targetStride) + (vectors > 8 ? 7 * TLanes.Count : last));
        }
    }
}
