using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>Samples pictures along affine coordinates. A shard is a row of output pixels.</summary>
internal readonly unsafe struct AffineSampleWork(AffineGeometry g, float* x, float* transforms, float* y) : IShardedWork
{
    // Coordinates beyond are of no picture; whole numbers hold them with room to spare.
    private const float Farthest = 1 << 28;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int picture, int i) = Math.DivRem(shard, g.OutHeight);
        nint channels = g.Channels;
        float* t = transforms + (picture * 6), from = x + (picture * g.InHeight * g.InWidth * channels), to = y + ((nint)shard * g.OutWidth * channels);
        float a = t[0], d = t[3];
        float columnOfRow = t[1] * i, rowOfRow = t[4] * i, c = t[2], f = t[5];
        for (int j = 0; j < g.OutWidth; j++, to += channels)
        {
            float column = Math.Clamp((a * j) + columnOfRow + c, -Farthest, Farthest), row = Math.Clamp((d * j) + rowOfRow + f, -Farthest, Farthest);
            if (g.Interpolation == SampleInterpolation.Nearest)
                CopyNearest(from, (int)MathF.Floor(row + 0.5f), (int)MathF.Floor(column + 0.5f), to);
            else
                Interpolate(from, row, column, to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Interpolate(float* from, float row, float column, float* to)
    {
        float top = MathF.Floor(row), left = MathF.Floor(column);
        float down = row - top, right = column - left;
        int y0 = (int)top, x0 = (int)left, y1 = y0 + 1, x1 = x0 + 1;
        float w00 = (1 - down) * (1 - right), w01 = (1 - down) * right, w10 = down * (1 - right), w11 = down * right;
        float filled = 0;
        if ((uint)y0 >= (uint)(g.InHeight - 1) || (uint)x0 >= (uint)(g.InWidth - 1))
        {
            int inY0 = Inside(y0, g.InHeight), inY1 = Inside(y1, g.InHeight), inX0 = Inside(x0, g.InWidth), inX1 = Inside(x1, g.InWidth);
            if (g.FillMode == FillMode.Constant)
            {
                // Weights of what lies beyond an edge go to the constant.
                bool noY0 = inY0 != y0, noY1 = inY1 != y1, noX0 = inX0 != x0, noX1 = inX1 != x1;
                w00 = noY0 || noX0 ? 0 : w00;
                w01 = noY0 || noX1 ? 0 : w01;
                w10 = noY1 || noX0 ? 0 : w10;
                w11 = noY1 || noX1 ? 0 : w11;
                filled = g.FillValue == 0 ? 0 : (1 - (w00 + w01 + w10 + w11)) * g.FillValue;
            }

            (y0, y1, x0, x1) = (inY0, inY1, inX0, inX1);
        }

        nint channels = g.Channels;
        float* upper = from + ((nint)y0 * g.InWidth * channels), lower = from + ((nint)y1 * g.InWidth * channels);
        float* p00 = upper + (x0 * channels), p01 = upper + (x1 * channels), p10 = lower + (x0 * channels), p11 = lower + (x1 * channels);
        for (nint channel = 0; channel < channels; channel++)
            to[channel] = (p00[channel] * w00) + (p01[channel] * w01) + (p10[channel] * w10) + (p11[channel] * w11) + filled;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CopyNearest(float* from, int row, int column, float* to)
    {
        int inRow = Inside(row, g.InHeight), inColumn = Inside(column, g.InWidth);
        bool isBeyond = g.FillMode == FillMode.Constant && (inRow != row || inColumn != column);
        nint channels = g.Channels;
        float* pixel = from + ((((nint)inRow * g.InWidth) + inColumn) * channels);
        for (nint channel = 0; channel < channels; channel++)
            to[channel] = isBeyond ? g.FillValue : pixel[channel];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Inside(int place, int extent) => (uint)place < (uint)extent ? place : Beyond(place, extent);

    private int Beyond(int place, int extent)
    {
        switch (g.FillMode)
        {
            case FillMode.Wrap:
                int wrapped = place % extent;
                return wrapped < 0 ? wrapped + extent : wrapped;
            case FillMode.Reflect:
                int folded = place % (2 * extent);
                folded = folded < 0 ? folded + (2 * extent) : folded;
                return Math.Min(folded, (2 * extent) - 1 - folded);
            default:
                return Math.Clamp(place, 0, extent - 1);
        }
    }
}
