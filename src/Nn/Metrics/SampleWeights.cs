using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The weights of examples as metrics use them.</summary>
internal static class SampleWeights
{
    /// <summary>The weights as numbers, or null for none.</summary>
    /// <param name="weights">[batch], [batch, 1], or a shape that begins the values' shape.</param>
    /// <param name="values">The shape of the values that they weigh; each weight counts for the same number of them.</param>
    /// <param name="metric">The metric's name, for the message.</param>
    /// <exception cref="ShapeMismatchException">The weights do not fit.</exception>
    public static float[]? Read(Tensor? weights, Shape values, string metric)
    {
        if (weights is null)
            return null;
        Shape shape = weights.Rank == values.Rank + 1 && weights.Shape[-1] == 1 ? weights.Shape.Without(-1) : weights.Shape;
        bool fits = shape.Rank <= values.Rank && values.Count > 0;
        for (int i = 0; fits && i < shape.Rank; i++)
            fits = shape[i] == values[i];
        return fits ? weights.ToArray() : throw new ShapeMismatchException($"{metric}: sample weights {weights.Shape} do not fit examples {values}");
    }
}
