using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Max-pooling: channels are the vectors, the window is walked with the running maximum and its position in registers, two vectors at
/// a time. A pixel's last channels take a whole vector, too, where what it writes beyond them is overwritten by the next pixel. A
/// shard is a row of output pixels; the input rows under it stay in L1 or L2.
/// </summary>
internal readonly unsafe struct MaxPoolWork(Pool2DGeometry g, float* x, float* y, byte* argMax) : IShardedWork
{
    private const int Lanes = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int image, int row) = Math.DivRem(shard, g.OutHeight);
        DType type = g.ArgMaxType;
        nint channels = g.Channels, rowStride = g.InWidth * channels;
        nint picture = image * g.InHeight * rowStride, size = (nint)g.Batch * g.InHeight * rowStride;
        nint index = (nint)shard * g.OutWidth * channels, end = index + (g.OutWidth * channels);
        for (int column = 0; column < g.OutWidth; column++, index += channels)
        {
            var window = new PoolWindow(g, row, column);
            int rows = window.Rows, columns = window.Columns;
            int position = (window.FirstRow * g.PoolWidth) + window.FirstColumn;
            nint corner = picture + ((window.Top + window.FirstRow) * rowStride) + ((window.Left + window.FirstColumn) * channels);
            nint last = corner + ((rows - 1) * rowStride) + ((columns - 1) * channels);
            nint c = 0;
            for (; c <= channels - (2 * Lanes); c += 2 * Lanes)
            {
                Sixteen(x + corner + c, rows, columns, position, out var greatest0, out var greatest1, out var at0, out var at1);
                greatest0.Store(y + index + c);
                greatest1.Store(y + index + c + Lanes);
                WindowPositions.Store(at0, argMax, index + c, type);
                WindowPositions.Store(at1, argMax, index + c + Lanes, type);
            }

            for (; c < channels && (c <= channels - Lanes || (index + c + Lanes <= end && last + c + Lanes <= size)); c += Lanes)
            {
                Eight(x + corner + c, rows, columns, position, out var greatest, out var at);
                greatest.Store(y + index + c);
                WindowPositions.Store(at, argMax, index + c, type);
            }

            for (; c < channels; c++)
            {
                y[index + c] = One(x + corner + c, rows, columns, position, out int at);
                WindowPositions.Store(at, argMax, index + c, type);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Sixteen(
        float* corner, int rows, int columns, int position, out Vector256<float> greatest0, out Vector256<float> greatest1, out Vector256<int> at0, out Vector256<int> at1)
    {
        // Starting from the first position, not from -∞, makes a window of infinities point into the picture.
        Vector256<float> g0 = Vector256.Load(corner), g1 = Vector256.Load(corner + Lanes);
        Vector256<int> a0 = Vector256.Create(position), a1 = a0;
        for (int i = 0; i < rows; i++, corner += (nint)g.InWidth * g.Channels, position += g.PoolWidth)
        {
            float* from = corner;
            for (int j = 0; j < columns; j++, from += g.Channels)
            {
                Vector256<int> here = Vector256.Create(position + j);
                Challenge(Vector256.Load(from), here, ref g0, ref a0);
                Challenge(Vector256.Load(from + Lanes), here, ref g1, ref a1);
            }
        }

        (greatest0, greatest1, at0, at1) = (g0, g1, a0, a1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Eight(float* corner, int rows, int columns, int position, out Vector256<float> greatest, out Vector256<int> at)
    {
        Vector256<float> g0 = Vector256.Load(corner);
        Vector256<int> a0 = Vector256.Create(position);
        for (int i = 0; i < rows; i++, corner += (nint)g.InWidth * g.Channels, position += g.PoolWidth)
        {
            float* from = corner;
            for (int j = 0; j < columns; j++, from += g.Channels)
                Challenge(Vector256.Load(from), Vector256.Create(position + j), ref g0, ref a0);
        }

        (greatest, at) = (g0, a0);
    }

    // The first NaN wins and stays.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(Vector256<float> value, Vector256<int> position, ref Vector256<float> greatest, ref Vector256<int> at)
    {
        Vector256<float> wins = Vector256.AndNot(Vector256.Equals(greatest, greatest), Vector256.LessThanOrEqual(value, greatest));
        greatest = Vector256.ConditionalSelect(wins, value, greatest);
        at = Vector256.ConditionalSelect(wins.AsInt32(), position, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float One(float* corner, int rows, int columns, int position, out int at)
    {
        float greatest = *corner;
        at = position;
        for (int i = 0; i < rows; i++, corner += (nint)g.InWidth * g.Channels, position += g.PoolWidth)
        {
            for (int j = 0; j < columns; j++)
            {
                float value = corner[(nint)j * g.Channels];
                if (value <= greatest || float.IsNaN(greatest))
                    continue;
                greatest = value;
                at = position + j;
            }
        }

        return greatest;
    }
}
