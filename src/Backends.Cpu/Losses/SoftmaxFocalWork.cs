using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The focal term of rows of logits, or its gradient, exact for logits of any size. With the greatest logit z_k taken off and
/// R = Σ_{j≠k} e^(z_j - z_k), class k has ln p = -ln(1 + R) and u = R/(1 + R) without any cancellation; every other class has
/// p ≤ ½, so u = 1 - p is exact enough there, and ln p = z - z_k - ln(1 + R). A few labels of a row are computed one by one in
/// double precision; of many, all but the greatest logit's go vector by vector in single.
/// </summary>
internal readonly unsafe struct SoftmaxFocalWork(
    FocalLabels labels, float* logits, FocalTerm term, int rows, int classes, float* dloss, float* output)
    : IShardedWork
{
    private readonly int _rowsOfShard = Shards.RowsOf(classes);
    private readonly PowerFunction _power = new(term.Gamma);

    /// <summary>How many shards there are.</summary>
    public int Count => Shards.Count(rows, _rowsOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (nint row, nint end) = Shards.Range(rows, shard, _rowsOfShard);
        if (classes == 2)
            row = new TwoClassFocal(labels, logits, term, dloss, output).Run(row, end);
        for (; row < end; row++)
        {
            float* z = logits + (row * classes);
            if (dloss == null)
                output[row] = Loss(row, z);
            else
                Gradient(row, z, dloss[row], output + (row * classes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Loss(nint row, float* z)
    {
        Peak peak = FindPeak(z, null);
        double loss = 0;
        if (labels.IsDense(row))
        {
            int top = RowMath.IndexOf(z, (float)peak.Logit, classes) % classes;
            loss = Term(row, z, top, peak) + DenseTerms(row, z, peak, 0, top) + DenseTerms(row, z, peak, top + 1, classes);
        }
        else
        {
            for (int c = labels.Next(row, 0); c < classes; c = labels.Next(row, c + 1))
                loss += Term(row, z, c, peak);
        }

        return double.IsNaN(peak.Others) ? float.NaN : (float)loss;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gradient(nint row, float* z, float outer, float* dz)
    {
        Peak peak = FindPeak(z, dz);
        double total = 0;
        if (labels.IsDense(row))
        {
            // The places of dz hold h for a while.
            int top = RowMath.IndexOf(z, (float)peak.Logit, classes) % classes;
            double pull = Pull(row, z, top, peak).H;
            total = pull + DensePulls(row, z, peak, dz, 0, top) + DensePulls(row, z, peak, dz, top + 1, classes);
            DenseGradient(z, peak, outer, total, dz, 0, top);
            DenseGradient(z, peak, outer, total, dz, top + 1, classes);
            dz[top] = Slope(row, z, top, peak, outer, total);
            return;
        }

        for (int c = labels.Next(row, 0); c < classes; c = labels.Next(row, c + 1))
            total += Pull(row, z, c, peak).H;

        // Where the label is 0, dz = -p·Σh: one multiplication a class.
        RowMath.Map(new ScaleFunction((float)(-outer * total / (1 + peak.Others))), dz, dz, classes);
        for (int c = labels.Next(row, 0); c < classes; c = labels.Next(row, c + 1))
            dz[c] = Slope(row, z, c, peak, outer, total);
    }

    private double Term(nint row, float* z, int c, in Peak peak)
    {
        double y = labels.Of(row, c);
        if (y == 0)
            return 0;
        (double logP, _, double u) = Share(z[c], peak);
        return y * FocalPower.Of(u, term.Gamma) * ((term.Poly * u) - (labels.Alpha(c) * logP));
    }

    private float Slope(nint row, float* z, int c, in Peak peak, float outer, double total)
    {
        (double h, double p, double u) = Pull(row, z, c, peak);
        return (float)(outer * ((h * u) - (p * (total - h))));
    }

    /// <summary>h = y·u^γ·(alpha·(γ·p·ln p/u - 1) - ε·(γ+1)·p), p and u of one class.</summary>
    private (double H, double P, double U) Pull(nint row, float* z, int c, in Peak peak)
    {
        (double logP, double p, double u) = Share(z[c], peak);

        // ln p/u goes to -1 with u → 0, and p·ln p to 0 with p → 0.
        double ratio = u == 0 ? -1 : p == 0 ? 0 : logP / u;
        double slope = (labels.Alpha(c) * ((term.Gamma * p * ratio) - 1)) - (term.Poly * (term.Gamma + 1) * p);
        return (labels.Of(row, c) * FocalPower.Of(u, term.Gamma) * slope, p, u);
    }

    private static (double LogP, double P, double U) Share(double z, in Peak peak)
    {
        double sum = 1 + peak.Others;
        if (z == peak.Logit)
            return (-peak.LogSum, 1 / sum, peak.Others / sum);
        double below = z - peak.Logit, p = Math.Exp(below) / sum;
        return (below - peak.LogSum, p, 1 - p);
    }

    // The terms of the classes from one place to before another, none of them the greatest logit's.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double DenseTerms(nint row, float* z, in Peak peak, int from, int end)
    {
        Vector256<float> max = Vector256.Create((float)peak.Logit), log = Vector256.Create((float)peak.LogSum);
        Vector256<float> inverse = Vector256.Create((float)(1 / (1 + peak.Others)));
        float* soft = labels.Row(row), alphas = labels.Alphas;
        Vector256<float> alpha = Vector256.Create((float)labels.Alpha(0));
        double total = 0;
        for (int c = from; c < end; c += 8)
        {
            int count = Math.Min(8, end - c);
            Vector256<float> below = Load(z + c, count) - max, y = Load(soft + c, count);
            if (alphas != null)
                alpha = Load(alphas + c, count);
            Vector256<float> u = Vector256<float>.One - (VectorMath.Exp(below) * inverse);
            Vector256<float> each = (u * term.Poly) - (alpha * (below - log));

            // A label of 0 leaves out a logarithm that is infinite.
            each = Vector256.ConditionalSelect(Vector256.Equals(y, Vector256<float>.Zero), Vector256<float>.Zero, y * _power.Invoke(u) * each);
            total += Vector256.Sum(each);
        }

        return total;
    }

    // h of the same classes goes to its places; the sum is returned.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double DensePulls(nint row, float* z, in Peak peak, float* h, int from, int end)
    {
        Vector256<float> max = Vector256.Create((float)peak.Logit), log = Vector256.Create((float)peak.LogSum);
        Vector256<float> inverse = Vector256.Create((float)(1 / (1 + peak.Others)));
        float* soft = labels.Row(row), alphas = labels.Alphas;
        Vector256<float> alpha = Vector256.Create((float)labels.Alpha(0));
        double total = 0;
        for (int c = from; c < end; c += 8)
        {
            int count = Math.Min(8, end - c);
            Vector256<float> below = Load(z + c, count) - max, y = Load(soft + c, count);
            if (alphas != null)
                alpha = Load(alphas + c, count);
            Vector256<float> p = VectorMath.Exp(below) * inverse, u = Vector256<float>.One - p;
            Vector256<float> gap = Vector256.ConditionalSelect(Vector256.Equals(p, Vector256<float>.Zero), p, p * (below - log) / u);
            Vector256<float> slope = (alpha * ((gap * term.Gamma) - Vector256<float>.One)) - (p * (term.Poly * (term.Gamma + 1)));

            // A label of 0 leaves out what lies beyond the row, which is far above a row of far negative logits.
            Vector256<float> pull = Vector256.ConditionalSelect(Vector256.Equals(y, Vector256<float>.Zero), Vector256<float>.Zero, y * _power.Invoke(u) * slope);
            Store(pull, h + c, count);
            total += Vector256.Sum(pull);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DenseGradient(float* z, in Peak peak, float outer, double total, float* dz, int from, int end)
    {
        Vector256<float> max = Vector256.Create((float)peak.Logit), inverse = Vector256.Create((float)(1 / (1 + peak.Others)));
        Vector256<float> sum = Vector256.Create((float)total);
        for (int c = from; c < end; c += 8)
        {
            int count = Math.Min(8, end - c);
            Vector256<float> p = VectorMath.Exp(Load(z + c, count) - max) * inverse, h = Load(dz + c, count);
            Store(((h * (Vector256<float>.One - p)) - (p * (sum - h))) * outer, dz + c, count);
        }
    }

    private static Vector256<float> Load(float* x, int count) => count == 8 ? Vector256.Load(x) : VectorTail.Load(x, count);

    private static void Store(Vector256<float> value, float* to, int count)
    {
        if (count == 8)
            value.Store(to);
        else
            VectorTail.Store(value, to, count);
    }

    // By Kahan's correction: exact near 0.
    private static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : Math.Log(u) * (x / (u - 1));
    }

    // The terms e^(z - max) go to the second place unless that is null.
    private Peak FindPeak(float* z, float* terms)
    {
        float max = RowMath.Max(z, classes);
        double others = float.IsNaN(max) ? double.NaN : RowMath.SumExpOfOthers(z, max, terms, classes);
        return new Peak(max, others, Log1p(others));
    }

    /// <summary>A row's greatest logit. If several are equal, each of them counts the others.</summary>
    /// <param name="Logit">Its value.</param>
    /// <param name="Others">R, the sum of e^(z - max) over the other classes.</param>
    /// <param name="LogSum">ln(1 + R).</param>
    private readonly record struct Peak(double Logit, double Others, double LogSum);
}
