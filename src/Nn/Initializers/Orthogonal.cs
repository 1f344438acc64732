using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A kernel whose rows or columns, whichever are fewer, are orthonormal times a gain; the axes before the last count as one.
/// Source: Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
/// ICLR 2014.
/// </summary>
/// <param name="gain">The length of the vectors.</param>
/// <param name="seed">The seed; see <see cref="Initializer"/>.</param>
public sealed class Orthogonal(float gain = 1, ulong? seed = null) : Initializer(seed)
{
    /// <summary>The length of the vectors.</summary>
    public float Gain => gain;

    /// <inheritdoc/>
    /// <exception cref="ShapeMismatchException">The shape has fewer than two axes.</exception>
    public override Tensor Call(Shape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (shape.Rank < 2)
            throw new ShapeMismatchException($"an orthogonal kernel has at least two axes, got {shape}");
        int rows = shape.Product(..^1), columns = shape[-1];
        int count = Math.Min(rows, columns), length = Math.Max(rows, columns);
        var normal = new float[count * length];
        Philox.FillNormal(NextKey(), 0, normal);
        double[][] vectors = [.. normal.Chunk(length).Select(vector => Array.ConvertAll(vector, value => (double)value))];
        Orthonormalise(vectors);

        var array = new NDArray(shape);
        Span<float> values = array.AsSpan<float>();
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                values[(i * columns) + j] = (float)(gain * (rows < columns ? vectors[i][j] : vectors[j][i]));
        }

        return Tensor.From(array);
    }

    // Gram-Schmidt, each vector projected twice: once leaves errors of the size of the cancellation, twice is enough (Kahan
    // and Parlett).
    private static void Orthonormalise(double[][] vectors)
    {
        for (int i = 0; i < vectors.Length; i++)
        {
            double[] vector = vectors[i];
            for (int pass = 0; pass < 2; pass++)
            {
                for (int k = 0; k < i; k++)
                {
                    double projection = TensorPrimitives.Dot<double>(vector, vectors[k]);
                    TensorPrimitives.MultiplyAdd(vectors[k], -projection, vector, vector);
                }
            }

            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), vector);
        }
    }
}
