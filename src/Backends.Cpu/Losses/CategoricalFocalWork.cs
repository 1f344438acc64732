using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The focal term of rows of probabilities, q = clip(p, epsilon, 1 - epsilon), or its gradient. Only labels that are not 0
/// cost more than a look, and those are computed in double precision.
/// </summary>
internal readonly unsafe struct CategoricalFocalWork(
    FocalLabels labels, float* probabilities, FocalTerm term, float epsilon, int rows, int classes, float* dloss, float* output)
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
            float* p = probabilities + (row * classes);
            if (dloss == null)
                output[row] = Loss(row, p);
            else
                Gradient(row, p, dloss[row], output + (row * classes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Loss(nint row, float* p)
    {
        // A NaN counts even where there is no label.
        double loss = RowMath.Sum(p, classes) is double.NaN ? double.NaN : 0;
        for (int c = labels.Next(row, 0); c < classes; c = labels.Next(row, c + 1))
        {
            double q = Math.Clamp((double)p[c], epsilon, 1 - (double)epsilon);
            loss += labels.Of(row, c) * FocalPower.Of(1 - q, term.Gamma) * ((term.Poly * (1 - q)) - (labels.Alpha(c) * Math.Log(q)));
        }

        return (float)loss;
    }

    // d/dp of -(1-p)^γ·ln p is (1-p)^(γ-1)·(γ·ln p - (1-p)/p).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gradient(nint row, float* p, float outer, float* dp)
    {
        new Span<float>(dp, classes).Clear();
        for (int c = labels.Next(row, 0); c < classes; c = labels.Next(row, c + 1))
        {
            double q = p[c], u = 1 - q;
            if (q < epsilon || q > 1 - (double)epsilon)
                continue;
            double slope = (labels.Alpha(c) * ((term.Gamma * Math.Log(q) / u) - (1 / q))) - (term.Poly * (term.Gamma + 1));
            dp[c] = (float)(outer * labels.Of(row, c) * FocalPower.Of(u, term.Gamma) * slope);
        }

        if (RowMath.Sum(p, classes) is not double.NaN)
            return;
        for (int c = 0; c < classes; c++)
        {
            if (float.IsNaN(p[c]))
                dp[c] = float.NaN;
        }
    }
}
