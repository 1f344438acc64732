using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Numbers of one stream, one after the other.</summary>
/// <param name="key">The stream.</param>
internal sealed class PhiloxStream(RandomKey key)
{
    private readonly Queue<uint> _words = new();
    private ulong _block;

    /// <summary>A uniform number in [0, 1).</summary>
    public float NextUniform() => Philox.ToUniform(Next());

    /// <summary>64 random bits.</summary>
    public ulong NextWord() => Next() | ((ulong)Next() << 32);

    /// <summary>A number from Beta(alpha, alpha): X/(X + Y) with X and Y from Gamma(alpha).</summary>
    public float NextBeta(float alpha)
    {
        // In logarithms, as gammas of small parameters are smaller than any float.
        double difference = NextLogGamma(alpha) - NextLogGamma(alpha);
        return (float)(1 / (1 + Math.Exp(-difference)));
    }

    // The logarithm of a number from Gamma(alpha). Source: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; below 1
    // by Gamma(alpha) = Gamma(alpha + 1)·U^(1/alpha).
    private double NextLogGamma(double alpha)
    {
        if (alpha < 1)
            return NextLogGamma(alpha + 1) + (Math.Log((Next() + 0.5) / 4294967296.0) / alpha);
        double d = alpha - (1 / 3.0), c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = Philox.ToNormal(Next(), Next()).First, v = 1 + (c * x);
            if (v <= 0)
                continue;
            v = v * v * v;
            double u = (Next() + 0.5) / 4294967296.0;
            if (Math.Log(u) < (0.5 * x * x) + (d * (1 - v + Math.Log(v))))
                return Math.Log(d * v);
        }
    }

    private uint Next()
    {
        if (_words.Count == 0)
        {
            var (x, y, z, w) = Philox.Block(key, _block++);
            foreach (uint word in (ReadOnlySpan<uint>)[x, y, z, w])
                _words.Enqueue(word);
        }

        return _words.Dequeue();
    }
}
