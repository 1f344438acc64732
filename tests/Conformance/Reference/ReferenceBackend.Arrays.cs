using Numerics.Tensors;

namespace Numerics.Tests.Reference;

public sealed partial class ReferenceBackend
{
    public override void Reduce(ReduceOp op, Tensor x, Tensor y)
    {
        Real[] a = Read(x);
        int n = x.Shape[1], inner = x.Shape[2];
        Each(y, i =>
        {
            IEnumerable<Real> run = Enumerable.Range(0, n).Select(k => a[(((i / inner * n) + k) * inner) + (i % inner)]);
            return op switch
            {
                ReduceOp.Sum => Real.Sum(run),
                ReduceOp.Mean => Real.Sum(run) / n,
                ReduceOp.Max => run.Aggregate((u, v) => Function(BinaryOp.Maximum, u, v)),
                _ => run.Aggregate((u, v) => Function(BinaryOp.Minimum, u, v)),
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
        Real[] p = Read(a), q = Read(b);
        int m = y.Shape[-2], n = y.Shape[-1], k = a.Shape[transposeA ? -2 : -1];
        Each(y, i =>
        {
            int batch = i / (m * n), row = i / n % m, column = i % n;
            Real sum = 0.0;
            for (int t = 0; t < k; t++)
            {
                Real left = p[(batch * m * k) + (transposeA ? (t * m) + row : (row * k) + t)];
                Real right = q[(batch * k * n) + (transposeB ? (column * k) + t : (t * n) + column)];
                Add(ref sum, left * right);
            }

            return sum;
        });
    }

    public override void Transpose(Tensor x, ReadOnlySpan<int> permutation, Tensor y)
    {
        Real[] a = Read(x);
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
        Real[] a = Read(x);
        double[] at = ReadDoubles(indices);
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
        Real[] g = Read(dy);
        double[] at = ReadDoubles(indices);
        int n = dx.Shape[1], k = indices.Count, inner = dx.Shape[2];
        Span<Real> target = V(dx);
        for (int i = 0; i < g.Length; i++)
            Add(ref target[(((i / inner / k * n) + (int)at[i / inner % k]) * inner) + (i % inner)], g[i]);
    }

    public override void Slice(Tensor x, int start, Tensor y)
    {
        Real[] a = Read(x);
        int n = x.Shape[1], k = y.Shape[1], inner = x.Shape[2];
        Each(y, i => a[(((i / inner / k * n) + start + (i / inner % k)) * inner) + (i % inner)]);
    }

    public override void InsertSlice(Tensor x, int start, Tensor y)
    {
        Real[] a = Read(x);
        int n = y.Shape[1], k = x.Shape[1], inner = x.Shape[2];
        Span<Real> target = V(y);
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
        Real[] e = Exponentials(a, out Real _);
        Real sum = Real.Sum(e);
        return [.. e.Select(v => v / sum)];
    });

    public override void SoftmaxGradient(Tensor y, Tensor dy, Tensor dx) => Rows(dx, y, dy, (p, g) =>
    {
        Real dot = Real.Sum(p.Zip(g, (u, v) => u * v));
        return [.. p.Zip(g, (u, v) => u * (v - dot))];
    });

    public override void LogSoftmax(Tensor x, Tensor y) => Rows(y, x, x, (a, _) =>
    {
        Real log = Real.Sum(Exponentials(a, out Real max)).Apply(Math.Log);
        return [.. a.Select(v => v - max - log)];
    });

    public override void LogSoftmaxGradient(Tensor y, Tensor dy, Tensor dx) => Rows(dx, y, dy, (l, g) =>
    {
        Real sum = Real.Sum(g);
        return [.. l.Zip(g, (u, v) => v - (u.Apply(Math.Exp) * sum))];
    });

    public override void RandomUniform(RandomKey key, float minimum, float maximum, Tensor y)
    {
        float[] u = new float[y.Count];
        Philox.FillUniform(key, 0, u);
        Each(y, i => minimum + (new Real(maximum - minimum, 0) * u[i]));
    }

    public override void RandomNormal(RandomKey key, float mean, float standardDeviation, Tensor y)
    {
        float[] n = new float[y.Count];
        Philox.FillNormal(key, 0, n);
        Each(y, i => mean + (new Real(standardDeviation, 0) * n[i]));
    }

    public override void Dropout(Tensor x, float rate, RandomKey key, Tensor y)
    {
        Real[] a = Read(x);
        float[] u = new float[y.Count];
        Philox.FillUniform(key, 0, u);
        Each(y, i => u[i] >= rate ? a[i] / (1 - (double)rate) : 0.0);
    }

    private static Real[] Exponentials(Real[] a, out Real max)
    {
        Real most = max = a.MaxBy(v => v.Value);
        return [.. a.Select(v => (v - most).Apply(Math.Exp))];
    }

    private static void Rows(Tensor y, Tensor a, Tensor b, Func<Real[], Real[], Real[]> row)
    {
        Real[] p = Read(a), q = Read(b);
        int n = y.Shape[1];
        Span<Real> target = V(y);
        for (int r = 0; r < y.Shape[0] && n > 0; r++)
            row(p[(r * n)..((r + 1) * n)], q[(r * n)..((r + 1) * n)]).CopyTo(target[(r * n)..]);
    }
}
