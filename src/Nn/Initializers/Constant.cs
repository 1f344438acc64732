using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Given values: one everywhere, or one for each place.</summary>
public sealed class Constant : Initializer
{
    private readonly float _value;
    private readonly NDArray? _values;

    /// <summary>Creates the initializer for one value.</summary>
    /// <param name="value">The value everywhere.</param>
    public Constant(float value = 0) => _value = value;

    /// <summary>Creates the initializer for a weight of one shape.</summary>
    /// <param name="values">The values, of the weight's shape.</param>
    public Constant(NDArray values)
    {
        ArgumentNullException.ThrowIfNull(values);
        _values = NDArray.From(values.Shape, values.ToFloats());
    }

    /// <summary>The value everywhere; null when there is one for each place.</summary>
    public float? Value => _values is null ? _value : null;

    /// <summary>The value of each place; null when one stands for all.</summary>
    public NDArray? Values => _values;

    /// <inheritdoc/>
    /// <exception cref="ShapeMismatchException">The values have another shape than the weight.</exception>
    public override Tensor Call(Shape shape)
    {
        if (_values is null)
            return Tensor.Full(shape, _value);
        return _values.Shape == shape
            ? Tensor.From(_values)
            : throw new ShapeMismatchException($"constant values {_values.Shape} were given for a weight {shape}");
    }
}
