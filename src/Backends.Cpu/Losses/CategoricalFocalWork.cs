using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The focal term of rows of probabilities, q = clip(p, epsilon, 1 - epsilon), or its gradient. Only labels that are not 0
/// cost anything, and those are computed in double precision.
/// </summary>
internal readonly unsafe struct CategoricalFocalWork(
    float* target, float* probabilities, float* alpha, int alphas, float gamma, float epsilon, int rows, int classes, float* dloss, float* output)
    : IShardedWork
{
    private readonly int _rowsOfShard = Shards.RowsOf(classes);

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(rows, _rowsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint row, nint end) = Shards.Range(rows, shard, _rowsOfShard);
        for (; row < end; row++)
        {
            float* y = target + (row * classes), p = probabilities + (row * classes);
            if (dloss == null)
                output[row] = Loss(y, p);
            else
                Gradient(y, p, dloss[row], output + (row * classes));
        }
    }

    private float Loss(float* y, float* p)
    {
        double loss = 0;
        for (int c = 0; c < classes; c++)
        {
            if (y[c] == 0 && !float.IsNaN(p[c]))
                continue;
            double q = Math.Clamp((double)p[c], epsilon, 1 - (double)epsilon);
            loss -= (double)alpha[alphas == 1 ? 0 : c] * y[c] * FocalPower.Of(1 - q, gamma) * Math.Log(q);
        }

        return (float)loss;
    }

    // d/dp of -(1-p)^gamma·ln p is (1-p)^(gamma-1)·(gamma·ln p - (1-p)/p).
    private void Gradient(float* y, float* p, float outer, float* dp)
    {
        for (int c = 0; c < classes; c++)
        {
            double q = p[c];
            if (q < epsilon || q > 1 - (double)epsilon || (y[c] == 0 && !double.IsNaN(q)))
            {
                dp[c] = 0;
                continue;
            }

            double u = 1 - q;
            double slope = FocalPower.Of(u, gamma) * ((gamma * Math.Log(q) / u) - (1 / q));
            dp[c] = (float)(outer * (double)alpha[alphas == 1 ? 0 : c] * y[c] * slope);
        }
    }
}
