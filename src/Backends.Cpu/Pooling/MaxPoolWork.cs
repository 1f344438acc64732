using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Max-pooling: channels are the vectors, the window is walked with the running maximum and its position in registers. A shard
/// is a row of output pixels.
/// </summary>
internal readonly unsafe struct MaxPoolWork(Pool2DGeometry g, float* x, float* y, byte* argMax) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int image, int row) = Math.DivRem(shard, g.OutHeight);
        DType type = g.ArgMaxType;
        float* picture = x + ((nint)image * g.InHeight * g.InWidth * g.Channels);
        for (int column = 0; column < g.OutWidth; column++)
        {
            nint index = (((nint)shard * g.OutWidth) + column) * g.Channels;
            var window = new PoolWindow(g, row, column);
            int c = 0;
            for (; c <= g.Channels - Vector256<float>.Count; c += Vector256<float>.Count)
            {
                (Vector256<float> greatest, Vector256<int> at) = Eight(picture + c, window);
                greatest.Store(y + index + c);
                WindowPositions.Store(at, argMax, index + c, type);
            }

            for (; c < g.Channels; c++)
            {
                (y[index + c], int at) = One(picture + c, window);
                WindowPositions.Store(at, argMax, index + c, type);
            }
        }
    }

    private (Vector256<float> Greatest, Vector256<int> At) Eight(float* picture, in PoolWindow window)
    {
        // Starting from the first position, not from -∞, makes a window of infinities point into the picture.
        float* corner = Position(picture, window, window.FirstRow, window.FirstColumn);
        Vector256<float> greatest = Vector256.Load(corner);
        Vector256<int> at = Vector256.Create((window.FirstRow * g.PoolWidth) + window.FirstColumn);
        for (int i = window.FirstRow; i < window.EndRow; i++)
        {
            for (int j = window.FirstColumn; j < window.EndColumn; j++)
            {
                Vector256<float> value = Vector256.Load(Position(picture, window, i, j));
                Vector256<float> wins = Vector256.GreaterThan(value, greatest) | (Vector256.IsNaN(value) & ~Vector256.IsNaN(greatest));
                greatest = Vector256.ConditionalSelect(wins, value, greatest);
                at = Vector256.ConditionalSelect(wins.AsInt32(), Vector256.Create((i * g.PoolWidth) + j), at);
            }
        }

        return (greatest, at);
    }

    private (float Greatest, int At) One(float* picture, in PoolWindow window)
    {
        float greatest = *Position(picture, window, window.FirstRow, window.FirstColumn);
        int at = (window.FirstRow * g.PoolWidth) + window.FirstColumn;
        for (int i = window.FirstRow; i < window.EndRow; i++)
        {
            for (int j = window.FirstColumn; j < window.EndColumn; j++)
            {
                float value = *Position(picture, window, i, j);
                if (!(value > greatest) && !(float.IsNaN(value) && !float.IsNaN(greatest)))
                    continue;
                greatest = value;
                at = (i * g.PoolWidth) + j;
            }
        }

        return (greatest, at);
    }

    private float* Position(float* picture, in PoolWindow window, int i, int j) =>
        picture + ((((nint)(window.Top + i) * g.InWidth) + window.Left + j) * g.Channels);
}
