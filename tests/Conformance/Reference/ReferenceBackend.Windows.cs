using Numerics.Tensors;

namespace Numerics.Tests.Reference;

public sealed partial class ReferenceBackend
{
    public override void Conv2D(Tensor x, Tensor kernel, in Conv2DGeometry geometry, Tensor y)
    {
        Real[] a = Read(x), w = Read(kernel);
        Span<Real> target = V(y);
        target.Clear();
        foreach (Tap t in Taps(geometry))
            Add(ref target[t.Y], a[t.X] * w[t.W]);
        ShareErrors(geometry, geometry.OutHeight, geometry.OutWidth, 1, target);
    }

    public override void Conv2DInputGradient(Tensor dy, Tensor kernel, in Conv2DGeometry geometry, Tensor dx)
    {
        Real[] g = Read(dy), w = Read(kernel);
        Span<Real> target = V(dx);
        target.Clear();
        foreach (Tap t in Taps(geometry))
            Add(ref target[t.X], g[t.Y] * w[t.W]);
        ShareErrors(geometry, geometry.InHeight, geometry.InWidth, geometry.StrideH, target);
    }

    public override void Conv2DKernelGradient(Tensor x, Tensor dy, in Conv2DGeometry geometry, Tensor dkernel)
    {
        Real[] a = Read(x), g = Read(dy);
        Span<Real> target = V(dkernel);
        target.Clear();
        foreach (Tap t in Taps(geometry))
            Add(ref target[t.W], a[t.X] * g[t.Y]);
        ShareErrors(geometry, target);
    }

    public override void MaxPool2D(Tensor x, in Pool2DGeometry geometry, Tensor y, Tensor argMax)
    {
        Real[] a = Read(x), best = new Real[y.Count];
        int[] place = new int[y.Count];
        Array.Fill(place, -1);
        foreach ((int input, int output, int window) in Windows(geometry))
        {
            double value = a[input].Value, most = best[output].Value;
            bool wins = place[output] < 0 || value > most || (double.IsNaN(value) && !double.IsNaN(most));
            double error = Math.Max(a[input].Error, best[output].Error);
            (best[output], place[output]) = wins ? (new Real(value, error), window) : (new Real(most, error), place[output]);
        }

        best.CopyTo(V(y));
        Each(argMax, i => place[i]);
    }

    public override void MaxPool2DGradient(Tensor dy, Tensor argMax, in Pool2DGeometry geometry, Tensor dx)
    {
        Real[] g = Read(dy);
        double[] place = ReadDoubles(argMax);
        V(dx).Clear();
        foreach ((int input, int output, int window) in Windows(geometry))
        {
            if (place[output] == window)
                Add(ref V(dx)[input], g[output]);
        }
    }

    public override void AveragePool2D(Tensor x, in Pool2DGeometry geometry, Tensor y)
    {
        Real[] a = Read(x), sum = new Real[y.Count];
        double[] count = new double[y.Count];
        foreach ((int input, int output, _) in Windows(geometry))
        {
            Add(ref sum[output], a[input]);
            count[output]++;
        }

        Each(y, i => sum[i] / count[i]);
    }

    public override void AveragePool2DGradient(Tensor dy, in Pool2DGeometry geometry, Tensor dx)
    {
        Real[] g = Read(dy);
        double[] count = new double[dy.Count];
        V(dx).Clear();
        foreach ((_, int output, _) in Windows(geometry))
            count[output]++;
        foreach ((int input, int output, _) in Windows(geometry))
            Add(ref V(dx)[input], g[output] / count[output]);
    }

    // A term more of a sum; see Real.Sum.
    private static void Add(ref Real sum, Real term) =>
        sum = new Real(sum.Value + term.Value, sum.Error + term.Error + Math.Abs(term.Value));

    // A fast algorithm makes a tile of up to 4 x 4 outputs from sums of all their inputs: each may lose as much as the tile's largest.
    // Those of an input gradient with strides are as many pixels apart.
    private static void ShareErrors(Conv2DGeometry g, int height, int width, int step, Span<Real> target)
    {
        if (g is not ({ KernelHeight: > 1, KernelWidth: > 1, StrideH: 1, StrideW: 1 } or { KernelHeight: > 3, KernelWidth: > 3, StrideH: 2, StrideW: 2 }))
            return;
        int channels = target.Length / Math.Max(1, g.Batch * height * width);
        const int Reach = 3;
        Spread(target, height, width * channels, step * g.DilationH * width * channels, Reach);
        Spread(target, width, channels, step * g.DilationW * channels, Reach);
    }

    // Such an algorithm makes all taps between two channels from the same products.
    private static void ShareErrors(Conv2DGeometry g, Span<Real> kernel)
    {
        if (g is not { KernelHeight: > 1, KernelWidth: > 1, StrideH: 1, StrideW: 1 })
            return;
        int channels = g.GroupInChannels * g.OutChannels;
        Spread(kernel, g.KernelHeight, g.KernelWidth * channels, g.KernelWidth * channels, g.KernelHeight);
        Spread(kernel, g.KernelWidth, channels, channels, g.KernelWidth);
    }

    // The largest error within so many steps along an axis of so many positions.
    private static void Spread(Span<Real> target, int length, int stride, int step, int reach)
    {
        Real[] before = target.ToArray();
        for (int i = 0; i < target.Length; i++)
        {
            double error = 0;
            int first = i - (i / stride % length * stride);
            for (int k = -reach; k <= reach; k++)
            {
                int at = i + (k * step);
                if (at >= first && at < first + (length * stride))
                    error = Math.Max(error, before[at].Error);
            }

            target[i] = new Real(before[i].Value, double.IsFinite(before[i].Value) ? error : 0);
        }
    }

    private static IEnumerable<Tap> Taps(Conv2DGeometry g)
    {
        for (int b = 0; b < g.Batch; b++)
            for (int oy = 0; oy < g.OutHeight; oy++)
                for (int ox = 0; ox < g.OutWidth; ox++)
                    for (int i = 0; i < g.KernelHeight; i++)
                        for (int j = 0; j < g.KernelWidth; j++)
                        {
                            int iy = (oy * g.StrideH) + (i * g.DilationH) - g.PadTop, ix = (ox * g.StrideW) + (j * g.DilationW) - g.PadLeft;
                            if (iy < 0 || iy >= g.InHeight || ix < 0 || ix >= g.InWidth)
                                continue;
                            for (int o = 0; o < g.OutChannels; o++)
                                for (int c = 0; c < g.GroupInChannels; c++)
                                {
                                    int channel = (o / g.GroupOutChannels * g.GroupInChannels) + c;
                                    yield return new Tap(
                                        (((((b * g.InHeight) + iy) * g.InWidth) + ix) * g.InChannels) + channel,
                                        (((((i * g.KernelWidth) + j) * g.GroupInChannels) + c) * g.OutChannels) + o,
                                        (((((b * g.OutHeight) + oy) * g.OutWidth) + ox) * g.OutChannels) + o);
                                }
                        }
    }

    private static IEnumerable<(int Input, int Output, int Window)> Windows(Pool2DGeometry g)
    {
        for (int b = 0; b < g.Batch; b++)
            for (int oy = 0; oy < g.OutHeight; oy++)
                for (int ox = 0; ox < g.OutWidth; ox++)
                    for (int i = 0; i < g.PoolHeight; i++)
                        for (int j = 0; j < g.PoolWidth; j++)
                        {
                            int iy = (oy * g.StrideH) + i - g.PadTop, ix = (ox * g.StrideW) + j - g.PadLeft;
                            if (iy < 0 || iy >= g.InHeight || ix < 0 || ix >= g.InWidth)
                                continue;
                            for (int c = 0; c < g.Channels; c++)
                            {
                                yield return (
                                    (((((b * g.InHeight) + iy) * g.InWidth) + ix) * g.Channels) + c,
                                    (((((b * g.OutHeight) + oy) * g.OutWidth) + ox) * g.Channels) + c,
                                    (i * g.PoolWidth) + j);
                            }
                        }
    }

    private readonly record struct Tap(int X, int W, int Y);
}
