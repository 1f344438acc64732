namespace Numerics.Data;

/// <summary>
/// Which input positions of one axis go into each output position, and with which weight. Sources: TensorFlow,
/// core/kernels/image/scale_and_translate_op.cc (antialiased and windowed kernels), resize_bicubic_op.cc, resize_area_op.cc,
/// resize_nearest_neighbor_op.cc, all with half-pixel centres.
/// </summary>
internal sealed class KernelAxis
{
    private readonly int[] _first;
    private readonly float[][] _weights;

    /// <summary>Lays out an axis.</summary>
    /// <param name="input">The input's extent.</param>
    /// <param name="output">The output's extent.</param>
    /// <param name="interpolation">The kernel.</param>
    /// <param name="antialias">Whether the kernel widens where the axis shrinks.</param>
    public KernelAxis(int input, int output, Interpolation interpolation, bool antialias)
    {
        _first = new int[output];
        _weights = new float[output][];
        double scale = (double)input / output;
        for (int i = 0; i < output; i++)
        {
            (_first[i], _weights[i]) = interpolation switch
            {
                Interpolation.Nearest => ((int)Math.Min(Math.Floor((i + 0.5) * scale), input - 1), [1f]),
                Interpolation.Area => Area(i * scale, (i + 1) * scale, input),
                _ => Kernel((i + 0.5) * scale, antialias ? Math.Max(scale, 1) : 1, input, interpolation),
            };
        }
    }

    public int Length => _first.Length;

    /// <summary>The first input position that goes into an output position.</summary>
    public int First(int output) => _first[output];

    /// <summary>The weights of that position and those after it; they sum to 1.</summary>
    public ReadOnlySpan<float> Weights(int output) => _weights[output];

    private static (int, float[]) Area(double begin, double end, int input)
    {
        int first = (int)Math.Floor(begin), last = Math.Min((int)Math.Ceiling(end), input);
        double[] weights = new double[last - first];
        for (int i = first; i < last; i++)
            weights[i - first] = Math.Min(i + 1, end) - Math.Max(i, begin);
        return (first, Normalised(weights));
    }

    private static (int, float[]) Kernel(double centre, double widening, int input, Interpolation interpolation)
    {
        double reach = Radius(interpolation) * widening;
        int first = Math.Clamp((int)Math.Ceiling(centre - reach - 0.5), 0, input - 1);
        int last = Math.Clamp((int)Math.Floor(centre + reach - 0.5), 0, input - 1);
        double[] weights = new double[last - first + 1];
        for (int i = first; i <= last; i++)
            weights[i - first] = Value(interpolation, Math.Abs(i + 0.5 - centre) / widening);
        return (first, Normalised(weights));
    }

    private static float[] Normalised(double[] weights)
    {
        double sum = weights.Sum();
        return [.. weights.Select(weight => (float)(weight / sum))];
    }

    private static double Radius(Interpolation interpolation) => interpolation switch
    {
        Interpolation.Bilinear => 1,
        Interpolation.Gaussian => 1.5,
        Interpolation.Lanczos3 => 3,
        Interpolation.Lanczos5 => 5,
        _ => 2,
    };

    private static double Value(Interpolation interpolation, double x) => interpolation switch
    {
        Interpolation.Bilinear => Math.Max(1 - x, 0),
        Interpolation.Gaussian => x < 1.5 ? Math.Exp(-2 * x * x) : 0,
        Interpolation.Lanczos3 => Lanczos(x, 3),
        Interpolation.Lanczos5 => Lanczos(x, 5),
        Interpolation.MitchellCubic => x >= 2 ? 0
            : x >= 1 ? (((((-7.0 / 18.0) * x) + 2) * x - (10.0 / 3.0)) * x) + (16.0 / 9.0)
            : (((7.0 / 6.0 * x) - 2) * x * x) + (8.0 / 9.0),
        _ => x >= 2 ? 0
            : x >= 1 ? (((((-0.5 * x) + 2.5) * x) - 4) * x) + 2
            : (((1.5 * x) - 2.5) * x * x) + 1,
    };

    private static double Lanczos(double x, double radius)
    {
        if (x > radius)
            return 0;
        if (x <= 1e-3)
            return 1;
        double angle = Math.PI * x;
        return radius * Math.Sin(angle) * Math.Sin(angle / radius) / (angle * angle);
    }
}
