using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The micro-kernel of convolutions in narrow groups: up to eight pixels by one vector of several groups' outputs in registers. A
/// tap's inputs are loaded once and permuted for each input of a group; the weights of a lane are those of its own group. A
/// permutation a multiply-add costs less than the lanes that a tile of one narrow group would waste.
/// </summary>
internal static unsafe class GroupedTile
{
    /// <summary>Computes a tile of <typeparamref name="TPixels"/> pixels.</summary>
    /// <typeparam name="TLanes">The vectors' width.</typeparam>
    /// <typeparam name="TPixels">1 to 8 pixels.</typeparam>
    /// <param name="source">The first pixel's first input of the block.</param>
    /// <param name="step">Floats between what neighbouring pixels read.</param>
    /// <param name="offsets">Where each tap reads.</param>
    /// <param name="taps">How many taps.</param>
    /// <param name="inputs">Inputs of a group.</param>
    /// <param name="positions">The permutations, a vector for each input.</param>
    /// <param name="weights">A vector for each tap and input.</param>
    /// <param name="target">The first pixel's outputs.</param>
    /// <param name="targetStep">Floats between pixels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes, TPixels>(
        float* source, nint step, nint* offsets, int taps, int inputs, float* positions, float* weights, float* target, nint targetStep)
        where TLanes : unmanaged, ILanes<TLanes>
        where TPixels : struct, IRowCount
    {
        int pixels = TPixels.Count;
        TLanes s0 = TLanes.Zero;
        TLanes s1 = TLanes.Zero;
        TLanes s2 = TLanes.Zero;
        TLanes s3 = TLanes.Zero;
        TLanes s4 = TLanes.Zero;
        TLanes s5 = TLanes.Zero;
        TLanes s6 = TLanes.Zero;
        TLanes s7 = TLanes.Zero;
        for (int tap = 0; tap < taps; tap++)
        {
            float* from = source + offsets[tap];
            TLanes v0 = TLanes.Load(from);
            TLanes v1 = pixels > 1 ? TLanes.Load(from + (1 * step)) : TLanes.Zero;
            TLanes v2 = pixels > 2 ? TLanes.Load(from + (2 * step)) : TLanes.Zero;
            TLanes v3 = pixels > 3 ? TLanes.Load(from + (3 * step)) : TLanes.Zero;
            TLanes v4 = pixels > 4 ? TLanes.Load(from + (4 * step)) : TLanes.Zero;
            TLanes v5 = pixels > 5 ? TLanes.Load(from + (5 * step)) : TLanes.Zero;
            TLanes v6 = pixels > 6 ? TLanes.Load(from + (6 * step)) : TLanes.Zero;
            TLanes v7 = pixels > 7 ? TLanes.Load(from + (7 * step)) : TLanes.Zero;
            float* position = positions;
            for (int i = inputs; i > 0; i--, position += TLanes.Count, weights += TLanes.Count)
            {
                TLanes at = TLanes.Load(position), weight = TLanes.Load(weights);
                TLanes.AddProduct(weight, TLanes.Permute(v0, at), ref s0);
                if (pixels > 1)
                    TLanes.AddProduct(weight, TLanes.Permute(v1, at), ref s1);
                if (pixels > 2)
                    TLanes.AddProduct(weight, TLanes.Permute(v2, at), ref s2);
                if (pixels > 3)
                    TLanes.AddProduct(weight, TLanes.Permute(v3, at), ref s3);
                if (pixels > 4)
                    TLanes.AddProduct(weight, TLanes.Permute(v4, at), ref s4);
                if (pixels > 5)
                    TLanes.AddProduct(weight, TLanes.Permute(v5, at), ref s5);
                if (pixels > 6)
                    TLanes.AddProduct(weight, TLanes.Permute(v6, at), ref s6);
                if (pixels > 7)
                    TLanes.AddProduct(weight, TLanes.Permute(v7, at), ref s7);
            }
        }

        TLanes.Store(s0, target);
        if (pixels > 1)
            TLanes.Store(s1, target + (1 * targetStep));
        if (pixels > 2)
            TLanes.Store(s2, target + (2 * targetStep));
        if (pixels > 3)
            TLanes.Store(s3, target + (3 * targetStep));
        if (pixels > 4)
            TLanes.Store(s4, target + (4 * targetStep));
        if (pixels > 5)
            TLanes.Store(s5, target + (5 * targetStep));
        if (pixels > 6)
            TLanes.Store(s6, target + (6 * targetStep));
        if (pixels > 7)
            TLanes.Store(s7, target + (7 * targetStep));
    }
}
