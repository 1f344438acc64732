using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A layer that joins inputs element by element; extents of 1 are repeated.</summary>
public abstract class ElementwiseMerge : Merge
{
    /// <summary>Creates the layer.</summary>
    /// <param name="name">The layer's name; chosen by the model when null.</param>
    private protected ElementwiseMerge(string? name)
        : base(name)
    {
    }

    /// <summary>Joins two of the inputs.</summary>
    private protected abstract Tensor Join(Tensor a, Tensor b);

    private protected override Shape MergeShapes(IReadOnlyList<Shape> shapes)
    {
        Shape joined = shapes[0];
        foreach (Shape shape in shapes.Skip(1))
            joined = Broadcast(joined, shape);
        return joined;
    }

    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs, bool training)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Tensor joined = inputs[0];
        for (int i = 1; i < inputs.Count; i++)
            joined = Join(joined, inputs[i]);
        return joined;
    }

    private static Shape Broadcast(Shape a, Shape b)
    {
        if (a.Rank != b.Rank)
            throw new ShapeMismatchException($"inputs of different ranks cannot be joined: {a} and {b}");
        int[] dims = new int[a.Rank];
        for (int i = 0; i < dims.Length; i++)
        {
            dims[i] = (a[i], b[i]) switch
            {
                var (x, y) when x == y => x,
                (1, var y) => y,
                (var x, 1) => x,
                (Shape.Unknown, var y) => y,
                (var x, Shape.Unknown) => x,
                _ => throw new ShapeMismatchException($"inputs cannot be joined: {a} and {b}"),
            };
        }

        return new Shape(dims);
    }
}
