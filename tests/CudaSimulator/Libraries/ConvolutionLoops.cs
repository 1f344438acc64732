using Numerics.Backends.Cuda;

namespace Numerics.CudaSimulator.Libraries;

/// <summary>Convolutions of NHWC pictures with KRSC kernels in plain loops.</summary>
internal static class ConvolutionLoops
{
    /// <summary>What cuDNN would refuse, or null.</summary>
    public static string? Refusal(in DnnConvolution c)
    {
        if (c.N < 1 || c.H < 1 || c.W < 1 || c.C < 1 || c.K < 1 || c.R < 1 || c.S < 1)
            return "an extent below 1";
        if (c.PadH < 0 || c.PadW < 0 || c.StrideH < 1 || c.StrideW < 1 || c.DilationH < 1 || c.DilationW < 1 || c.Groups < 1)
            return "padding below 0, or a stride, dilation or group count below 1";
        if (c.C % c.Groups != 0 || c.K % c.Groups != 0)
            return $"{c.C} and {c.K} channels in {c.Groups} groups";
        int p = ((c.H + (2 * c.PadH) - (c.DilationH * (c.R - 1)) - 1) / c.StrideH) + 1;
        int q = ((c.W + (2 * c.PadW) - (c.DilationW * (c.S - 1)) - 1) / c.StrideW) + 1;
        return p == c.P && q == c.Q ? null : $"the output is {p}×{q}, not {c.P}×{c.Q}";
    }

    public static long InputCount(in DnnConvolution c) => (long)c.N * c.H * c.W * c.C;

    public static long KernelCount(in DnnConvolution c) => (long)c.K * c.R * c.S * (c.C / c.Groups);

    public static long OutputCount(in DnnConvolution c) => (long)c.N * c.P * c.Q * c.K;

    /// <summary>y = x ∗ w.</summary>
    public static float[] Forward(DnnConvolution c, float[] x, float[] w)
    {
        int inGroup = c.C / c.Groups, outGroup = c.K / c.Groups;
        float[] y = new float[OutputCount(c)], rows = ByInput(c, w);
        ForEachTap(c, (image, place, output, tap) =>
        {
            for (int channel = 0; channel < c.C; channel++)
            {
                int group = channel / inGroup;
                Span<float> to = y.AsSpan((output * c.K) + (group * outGroup), outGroup);
                ReadOnlySpan<float> weights = rows.AsSpan((((tap * inGroup) + (channel % inGroup)) * c.K) + (group * outGroup), outGroup);
                TensorPrimitives.MultiplyAdd(weights, x[(place * c.C) + channel], to, to);
            }
        });
        return y;
    }

    /// <summary>dx of y = x ∗ w.</summary>
    public static float[] BackwardData(DnnConvolution c, float[] w, float[] dy)
    {
        int inGroup = c.C / c.Groups, outGroup = c.K / c.Groups, taps = c.R * c.S;
        float[] dx = new float[InputCount(c)];
        ForEachTap(c, (image, place, output, tap) =>
        {
            for (int channel = 0; channel < c.K; channel++)
            {
                Span<float> to = dx.AsSpan((place * c.C) + (channel / outGroup * inGroup), inGroup);
                TensorPrimitives.MultiplyAdd(w.AsSpan(((channel * taps) + tap) * inGroup, inGroup), dy[(output * c.K) + channel], to, to);
            }
        });
        return dx;
    }

    /// <summary>dw of y = x ∗ w.</summary>
    /// <param name="c">The convolution.</param>
    /// <param name="x">Pictures.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="order">The order in which the pictures' shares are added.</param>
    public static float[] BackwardFilter(DnnConvolution c, float[] x, float[] dy, int[] order)
    {
        int inGroup = c.C / c.Groups, outGroup = c.K / c.Groups, taps = c.R * c.S;
        float[][] shares = new float[c.N][];
        for (int n = 0; n < c.N; n++)
            shares[n] = new float[KernelCount(c)];
        ForEachTap(c, (image, place, output, tap) =>
        {
            for (int channel = 0; channel < c.K; channel++)
            {
                Span<float> to = shares[image].AsSpan(((channel * taps) + tap) * inGroup, inGroup);
                TensorPrimitives.MultiplyAdd(x.AsSpan((place * c.C) + (channel / outGroup * inGroup), inGroup), dy[(output * c.K) + channel], to, to);
            }
        });
        float[] dw = new float[KernelCount(c)];
        foreach (int n in order)
            TensorPrimitives.Add(dw, shares[n], dw);
        return dw;
    }

    // Calls with the picture, the input pixel, the output pixel and the kernel's tap; pictures in parallel.
    private static void ForEachTap(DnnConvolution c, Action<int, int, int, int> visit) => Parallel.For(0, c.N, image =>
    {
        for (int p = 0; p < c.P; p++)
        {
            for (int q = 0; q < c.Q; q++)
            {
                for (int r = 0; r < c.R; r++)
                {
                    int row = (p * c.StrideH) + (r * c.DilationH) - c.PadH;
                    if (row < 0 || row >= c.H)
                        continue;
                    for (int s = 0; s < c.S; s++)
                    {
                        int column = (q * c.StrideW) + (s * c.DilationW) - c.PadW;
                        if (column >= 0 && column < c.W)
                            visit(image, (((image * c.H) + row) * c.W) + column, (((image * c.P) + p) * c.Q) + q, (r * c.S) + s);
                    }
                }
            }
        }
    });

    // [K, taps, in of a group] as [taps, in of a group, K].
    private static float[] ByInput(DnnConvolution c, float[] w)
    {
        int row = c.R * c.S * (c.C / c.Groups);
        float[] result = new float[w.Length];
        for (int k = 0; k < c.K; k++)
        {
            for (int i = 0; i < row; i++)
                result[(i * c.K) + k] = w[(k * row) + i];
        }

        return result;
    }
}
