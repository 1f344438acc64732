using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The focal term of rows of logits, or its gradient, exact for logits of any size. With the greatest logit z_k taken off and
/// R = Σ_{j≠k} e^(z_j - z_k), class k has ln p = -ln(1 + R) and u = R/(1 + R) without any cancellation; every other class has
/// p ≤ ½, so u = 1 - p is exact enough there, and ln p = z - z_k - ln(1 + R).
/// </summary>
internal readonly unsafe struct SoftmaxFocalWork(
    float* target, float* logits, float* alpha, int alphas, float gamma, int rows, int classes, float* dloss, float* output)
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
            float* y = target + (row * classes), z = logits + (row * classes);
            if (dloss == null)
                output[row] = Loss(y, z);
            else
                Gradient(y, z, dloss[row], output + (row * classes));
        }
    }

    private float Loss(float* y, float* z)
    {
        Peak peak = FindPeak(z, null);
        double loss = 0;
        for (int c = 0; c < classes; c++)
        {
            if (y[c] == 0)
                continue;
            (double logP, _, double u) = Share(c, z[c], peak);
            loss -= (double)alpha[alphas == 1 ? 0 : c] * y[c] * FocalPower.Of(u, gamma) * logP;
        }

        return double.IsNaN(peak.Others) ? float.NaN : (float)loss;
    }

    private void Gradient(float* y, float* z, float outer, float* dz)
    {
        Peak peak = FindPeak(z, dz);
        double total = 0;
        for (int c = 0; c < classes; c++)
        {
            if (y[c] != 0)
                total += Pull(y, z, c, peak).H;
        }

        // Where the label is 0, dz = -p·Σh: one multiplication a class.
        dz[peak.Class] = 1;
        RowMath.Map(new ScaleFunction((float)(-outer * total / (1 + peak.Others))), dz, dz, classes);
        for (int c = 0; c < classes; c++)
        {
            if (y[c] == 0)
                continue;
            (double h, double p, double u) = Pull(y, z, c, peak);
            dz[c] = (float)(outer * ((h * u) - (p * (total - h))));
        }
    }

    /// <summary>h = alpha·y·u^gamma·(gamma·p·ln p/u - 1), p and u of one class.</summary>
    private (double H, double P, double U) Pull(float* y, float* z, int c, in Peak peak)
    {
        (double logP, double p, double u) = Share(c, z[c], peak);

        // ln p/u goes to -1 with u → 0, and p·ln p to 0 with p → 0.
        double ratio = u == 0 ? -1 : p == 0 ? 0 : logP / u;
        double h = (double)alpha[alphas == 1 ? 0 : c] * y[c] * FocalPower.Of(u, gamma) * ((gamma * p * ratio) - 1);
        return (h, p, u);
    }

    private static (double LogP, double P, double U) Share(int c, double z, in Peak peak)
    {
        double sum = 1 + peak.Others;
        if (c == peak.Class)
            return (-peak.LogSum, 1 / sum, peak.Others / sum);
        double below = z - peak.Logit, p = Math.Exp(below) / sum;
        return (below - peak.LogSum, p, 1 - p);
    }

    // By Kahan's correction: exact near 0.
    private static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : Math.Log(u) * (x / (u - 1));
    }

    // The terms e^(z - max) go to the second place unless that is null, but for the greatest logit's own.
    private Peak FindPeak(float* z, float* terms)
    {
        float max = RowMath.Max(z, classes);
        int top = Math.Max(0, new ReadOnlySpan<float>(z, classes).IndexOf(max));
        double others = RowMath.SumExp(z, max, terms, top)
            + RowMath.SumExp(z + top + 1, max, terms == null ? null : terms + top + 1, classes - top - 1);
        if (float.IsNaN(max))
            others = double.NaN;
        return new Peak(top, max, others, Log1p(others));
    }

    /// <summary>A row's greatest logit.</summary>
    /// <param name="Class">Where it is; the first of equals.</param>
    /// <param name="Logit">Its value.</param>
    /// <param name="Others">R, the sum of e^(z - max) over the other classes.</param>
    /// <param name="LogSum">ln(1 + R).</param>
    private readonly record struct Peak(int Class, double Logit, double Others, double LogSum);
}
