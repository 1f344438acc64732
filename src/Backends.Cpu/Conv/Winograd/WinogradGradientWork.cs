using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Multiplies transformed tiles of input and gradient, and transforms the sums back to 3 x 3 taps. A shard is a block of the kernel, up to 64
/// channels of the input and a panel of the output's, and a range of tiles: at each of the 36 points a matrix product [in, tiles] x
/// [tiles, out], whose results stay in L2.
/// </summary>
/// <param name="gradient">What is computed.</param>
/// <param name="tiles">How many tiles there are.</param>
/// <param name="parts">How many ranges of tiles.</param>
/// <param name="partials">A kernel for each range.</param>
/// <param name="accumulate">Whether to add to what is there.</param>
/// <param name="workspaces">What the shards work in.</param>
internal readonly unsafe struct WinogradGradientWork(WinogradGradient gradient, int tiles, int parts, float* partials, bool accumulate, Workspaces workspaces)
    : IShardedWork
{
    private const int Taps = 3;

    /// <summary>How many shards there are.</summary>
    public int Shards => parts * gradient.Blocks;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int part, int block) = Math.DivRem(shard, gradient.Blocks);
        (int inputBlock, int panel) = Math.DivRem(block, gradient.PanelsOfOutput);
        int firstTile = (int)((long)tiles * part / parts), count = (int)((long)tiles * (part + 1) / parts) - firstTile;
        int firstInput = gradient.FirstInput(inputBlock), rows = gradient.FirstInput(inputBlock + 1) - firstInput;
        int firstOutput = panel * TileRows.MaxWidth, columns = Math.Min(gradient.OutChannels - firstOutput, TileRows.MaxWidth), width = TileRows.Width(columns);
        float* products = workspaces.Mine;
        var operands = new TileOperands
        {
            A = gradient.InputPoints + (firstTile * gradient.InputStride) + firstInput,
            RowStride = 1,
            StepStride = gradient.InputStride,
            Segments = 1,
            Length = count,
            B = gradient.TapPoints + (firstTile * gradient.TapStride) + firstOutput,
            StepB = gradient.TapStride,
            C = products,
            StrideC = width,
        };
        nint nextA = gradient.TilesOfRun * gradient.InputStride, nextB = gradient.TilesOfRun * gradient.TapStride, nextC = (nint)rows * width;
        for (int point = 0; point < WinogradTransform.Area; point++)
        {
            // Whole tiles: what columns beyond the last channel hold is not used.
            TileRows.Run(operands, rows, width, width);
            operands.A += nextA;
            operands.B += nextB;
            operands.C += nextC;
        }

        nint size = (nint)gradient.InChannels * gradient.OutChannels;
        float* target = partials + (part * Taps * Taps * size) + ((nint)firstInput * gradient.OutChannels) + firstOutput;
        switch (Simd.Level)
        {
            case SimdLevel.Scalar: Back<LanesScalar>(products, nextC, rows, columns, width, target, size); break;
            case SimdLevel.Vector128: Back<Lanes128>(products, nextC, rows, columns, width, target, size); break;
            case SimdLevel.Avx512 when width % Lanes512.Count == 0: Back<Lanes512>(products, nextC, rows, columns, width, target, size); break;
            case >= SimdLevel.Avx2 when width < Lanes256.Count: Back<Lanes128>(products, nextC, rows, columns, width, target, size); break;
            default: Back<Lanes256>(products, nextC, rows, columns, width, target, size); break;
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Back<TLanes>(float* products, nint pointStride, int rows, int columns, int width, float* target, nint tapStride)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        const int Points = WinogradTransform.Points;
        TLanes* half = stackalloc TLanes[Taps * Points];
        float* scales = stackalloc float[WinogradTransform.Area], rest = stackalloc float[TLanes.Count];
        for (int point = 0; point < WinogradTransform.Area; point++)
            scales[point] = (float)(WinogradTransform.Scale(point / Points) * WinogradTransform.Scale(point % Points));
        for (int row = 0; row < rows; row++, products += width, target += gradient.OutChannels)
        {
            for (int c = 0; c < columns; c += TLanes.Count)
            {
                for (int j = 0; j < Points; j++)
                {
                    float* m = products + c + (j * pointStride);
                    TLanes m0 = TLanes.Load(m) * TLanes.Repeat(scales + j);
                    TLanes m1 = TLanes.Load(m + (6 * pointStride)) * TLanes.Repeat(scales + j + 6);
                    TLanes m2 = TLanes.Load(m + (12 * pointStride)) * TLanes.Repeat(scales + j + 12);
                    TLanes m3 = TLanes.Load(m + (18 * pointStride)) * TLanes.Repeat(scales + j + 18);
                    TLanes m4 = TLanes.Load(m + (24 * pointStride)) * TLanes.Repeat(scales + j + 24);
                    TLanes m5 = TLanes.Load(m + (30 * pointStride)) * TLanes.Repeat(scales + j + 30);
                    WinogradTransform.Output(ref m0, ref m1, ref m2, m3, m4, m5);
                    half[j] = m0;
                    half[j + Points] = m1;
                    half[j + (2 * Points)] = m2;
                }

                int count = Math.Min(TLanes.Count, columns - c);
                for (int i = 0; i < Taps; i++)
                {
                    TLanes* m = half + (i * Points);
                    TLanes y0 = m[0], y1 = m[1], y2 = m[2];
                    WinogradTransform.Output(ref y0, ref y1, ref y2, m[3], m[4], m[5]);
                    float* place = target + (i * Taps * tapStride) + c;
                    Write(y0, place, count, rest);
                    Write(y1, place + tapStride, count, rest);
                    Write(y2, place + (2 * tapStride), count, rest);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write<TLanes>(TLanes value, float* target, int count, float* rest)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        if (count == TLanes.Count)
        {
            TLanes.Store(accumulate ? TLanes.Load(target) + value : value, target);
            return;
        }

        TLanes.Store(value, rest);
        for (int i = 0; i < count; i++)
            target[i] = accumulate ? target[i] + rest[i] : rest[i];
    }
}
