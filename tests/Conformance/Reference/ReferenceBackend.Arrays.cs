using Numerics.Tensors;

namespace Numerics.Tests.Reference;

public sealed partial class ReferenceBackend
{
    public override void Reduce(ReduceOp op, Tensor x, Tensor y)
    {
        double[] a = ReadDoubles(x);
        int n = x.Shape[1], inner = x.Shape[2];
        Each(y, i =>
        {
            IEnumerable<double> run = Enumerable.Range(0, n).Select(k => a[(((i / inner * n) + k) * inner) + (i % inner)]);
            return op switch
            {
                ReduceOp.Sum => run.Sum(),
                ReduceOp.Mean => run.Sum() / n,
                ReduceOp.Max => run.Aggregate(Math.Max),
                _ => run.Aggregate(Math.Min),
            };
        });
    }

    public override void ArgMax(Tensor x, Tensor y)
    {
        double[] a = ReadDoubles(x);
        int n = x.Shape[1], inner = x.Shape[2];
        Each(y, i =>
        {
            double At(int k) => a[(((i / inner * n) + k) * inner) + (i % inner)];
            int best = 0;
            for (int k = 1; k < n; k++)
            {
                if (At(k) > At(best) || (double.IsNaN(At(k)) && !double.IsNaN(At(best))))
                    best = k;
            }

            return best;
        });
    }

    public override void MatMul(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor y)
    {
        double[] p = ReadDoubles(a), q = ReadDoubles(b);
        int m = y.Shape[-2], n = y.Shape[-1], k = a.Shape[transposeA ? -2 : -1];
        Each(y, i =>
        {
            int batch = i / (m * n), row = i / n % m, column = i % n;
            double sum = 0;
            for (int t = 0; t < k; t++)
            {
                double left = p[(batch * m * k) + (transposeA ? (t * m) + row : (row * k) + t)];
                double right = q[(batch * k * n) + (transposeB ? (column * k) + t : (t * n) + column)];
                sum += left * right;
            }

            return sum;
        });
    }

    public override void Transpose(Tensor x, ReadOnlySpan<int> permutation, Tensor y)
    {
        double[] a = ReadDoubles(x);
        int[] order = permutation.ToArray();
        Each(y, i =>
        {
            var position = new int[x.Rank];
            for (int axis = x.Rank - 1; axis >= 0; axis--)
            {
                position[order[axis]] = i % y.Shape[axis];
                i /= y.Shape[axis];
            }

            int index = 0;
            for (int axis = 0; axis < x.Rank; axis++)
                index = (index * x.Shape[axis]) + position[axis];
            return a[index];
        });
    }

    public override void Gather(Tensor x, Tensor indices, Tensor y)
    {
        double[] a = ReadDoubles(x), at = ReadDoubles(indices);
        int n = x.Shape[1], k = indices.Count, inner = x.Shape[2];
        foreach (double index in at)
        {
            if (index < 0 || index >= n)
                throw new ArgumentOutOfRangeException(nameof(indices), index, "index out of range");
        }

        Each(y, i => a[(((i / inner / k * n) + (int)at[i / inner % k]) * inner) + (i % inner)]);
    }

    public override void ScatterAdd(Tensor dy, Tensor indices, Tensor dx)
    {
        double[] g = ReadDoubles(dy), at = ReadDoubles(indices);
        int n = dx.Shape[1], k = indices.Count, inner = dx.Shape[2];
        Span<double> target = V(dx);
        for (int i = 0; i < g.Length; i++)
            target[(((i / inner / k * n) + (int)at[i / inner % k]) * inner) + (i % inner)] += g[i];
    }

    public override void Slice(Tensor x, int start, Tensor y)
    {
        double[] a = ReadDoubles(x);
        int n = x.Shape[1], k = y.Shape[1], inner = x.Shape[2];
        Each(y, i => a[(((i / inner / k * n) + start + (i / inner % k)) * inner) + (i % inner)]);
    }

    public override void InsertSlice(Tensor x, int start, Tensor y)
    {
        double[] a = ReadDoubles(x);
        int n = y.Shape[1], k = x.Shape[1], inner = x.Shape[2];
        Span<double> target = V(y);
        for (int i = 0; i < a.Length; i++)
            target[(((i / inner / k * n) + start + (i / inner % k)) * inner) + (i % inner)] = a[i];
    }

    public override void OneHot(Tensor indices, Tensor y)
    {
        double[] at = ReadDoubles(indices);
        int depth = y.Shape[1];
        Each(y, i => at[i / depth] == i % depth ? 1 : 0);
    }

    public override void Softmax(Tensor x, Tensor y) => Rows(y, x, x, (a, _) =>
    {
        double max = a.Max(), sum = a.Sum(v => Math.Exp(v - max));
        return [.. a.Select(v => Math.Exp(v - max) / sum)];
    });

    public override void SoftmaxGradient(Tensor y, Tensor dy, Tensor dx) => Rows(dx, y, dy, (p, g) =>
    {
        double dot = p.Zip(g, (u, v) => u * v).Sum();
        return [.. p.Zip(g, (u, v) => u * (v - dot))];
    });

    public override void LogSoftmax(Tensor x, Tensor y) => Rows(y, x, x, (a, _) =>
    {
        double max = a.Max(), log = Math.Log(a.Sum(v => Math.Exp(v - max)));
        return [.. a.Select(v => v - max - log)];
    });

    public override void LogSoftmaxGradient(Tensor y, Tensor dy, Tensor dx) => Rows(dx, y, dy, (l, g) =>
    {
        double sum = g.Sum();
        return [.. l.Zip(g, (u, v) => v - (Math.Exp(u) * sum))];
    });

    public override void RandomUniform(RandomKey key, float minimum, float maximum, Tensor y)
    {
        float[] u = new float[y.Count];
        Philox.FillUniform(key, 0, u);
        Each(y, i => minimum + ((maximum - minimum) * u[i]));
    }

    public override void RandomNormal(RandomKey key, float mean, float standardDeviation, Tensor y)
    {
        float[] n = new float[y.Count];
        Philox.FillNormal(key, 0, n);
        Each(y, i => mean + (standardDeviation * n[i]));
    }

    public override void Dropout(Tensor x, float rate, RandomKey key, Tensor y)
    {
        double[] a = ReadDoubles(x);
        float[] u = new float[y.Count];
        Philox.FillUniform(key, 0, u);
        Each(y, i => u[i] >= rate ? a[i] / (1 - (double)rate) : 0);
    }

    private static void Rows(Tensor y, Tensor a, Tensor b, Func<double[], double[], double[]> row)
    {
        double[] p = ReadDoubles(a), q = ReadDoubles(b);
        int n = y.Shape[1];
        Span<double> target = V(y);
        for (int r = 0; r < y.Shape[0] && n > 0; r++)
            row(p[(r * n)..((r + 1) * n)], q[(r * n)..((r + 1) * n)]).CopyTo(target[(r * n)..]);
    }
}
