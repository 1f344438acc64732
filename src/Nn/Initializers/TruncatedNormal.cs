using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A normal distribution whose values beyond two standard deviations from the mean are drawn again.</summary>
/// <param name="mean">The mean.</param>
/// <param name="standardDeviation">The standard deviation before the cut.</param>
/// <param name="seed">The seed; see <see cref="Initializer"/>.</param>
public sealed class TruncatedNormal(float mean = 0, float standardDeviation = 0.05f, ulong? seed = null) : Initializer(seed)
{
    private const float Cut = 2;

    /// <summary>The mean.</summary>
    public float Mean => mean;

    /// <summary>The standard deviation before the cut.</summary>
    public float StandardDeviation => standardDeviation;

    /// <inheritdoc/>
    public override Tensor Call(Shape shape) => Draw(shape, mean, standardDeviation, NextKey());

    /// <summary>Takes the values of a normal stream in order and leaves out those beyond the cut.</summary>
    internal static Tensor Draw(Shape shape, float mean, float standardDeviation, RandomKey key)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var array = new NDArray(shape);
        Span<float> values = array.AsSpan<float>();
        Span<float> drawn = stackalloc float[1024];
        long position = 0;
        for (int filled = 0; filled < values.Length; position += drawn.Length)
        {
            Philox.FillNormal(key, position, drawn);
            for (int i = 0; i < drawn.Length && filled < values.Length; i++)
            {
                if (Math.Abs(drawn[i]) <= Cut)
                    values[filled++] = mean + (standardDeviation * drawn[i]);
            }
        }

        return Tensor.From(array);
    }
}
