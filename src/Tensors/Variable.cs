namespace Numerics.Tensors;

/// <summary>
/// A named tensor that lives across steps and is updated in place: a weight, or the state of an optimizer or a layer.
/// Gradient tapes follow trainable variables without being asked.
/// </summary>
public sealed class Variable : IDisposable
{
    private bool _trainable;

    /// <summary>Creates a variable over a tensor, which it takes out of all scopes and owns from now on.</summary>
    /// <param name="name">The name, such as <c>kernel</c>.</param>
    /// <param name="initialValue">The first value, Float32.</param>
    /// <param name="trainable">Whether training changes it.</param>
    public Variable(string name, Tensor initialValue, bool trainable = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(initialValue);
        Name = name;
        Value = initialValue.Keep();
        Value.Buffer.IsVariable = true;
        Trainable = trainable;
    }

    /// <summary>The name; unique within a layer, and within a model once it is prefixed by the layer's name.</summary>
    public string Name { get; set; }

    /// <summary>The current value. The tensor stays the same; <see cref="Assign(Tensor)"/> and optimizers change its elements.</summary>
    public Tensor Value { get; }

    /// <summary>The extents.</summary>
    public Shape Shape => Value.Shape;

    /// <summary>Whether training changes this variable.</summary>
    public bool Trainable
    {
        get => _trainable;
        set => Value.IsTrainable = _trainable = value;
    }

    /// <summary>What optimizers bring the values back to after every step, such as unit norm; null for nothing.</summary>
    public Func<Tensor, Tensor>? Constraint { get; set; }

    /// <summary>A variable stands for its value in every op.</summary>
    public static implicit operator Tensor(Variable variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return variable.Value;
    }

    /// <summary>Overwrites the elements.</summary>
    /// <param name="value">The new elements, of the same shape and type.</param>
    /// <exception cref="ShapeMismatchException">The shapes differ.</exception>
    public void Assign(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        CheckAssignable(value.Shape, value.DType);
        if (value.Backend == Value.Backend)
            Value.Backend.Copy(value, Value);
        else
            Value.Backend.Upload(value.ToNDArray().Bytes, Value);
    }

    /// <summary>Overwrites the elements from managed memory.</summary>
    /// <inheritdoc cref="Assign(Tensor)"/>
    public void Assign(NDArray value)
    {
        ArgumentNullException.ThrowIfNull(value);
        CheckAssignable(value.Shape, value.DType);
        Value.Backend.Upload(value.Bytes, Value);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => Value.Dispose();

    /// <summary>Name and extents.</summary>
    public override string ToString() => $"{Name} {Shape}";

    private void CheckAssignable(Shape shape, DType dtype)
    {
        if (shape != Shape || dtype != Value.DType)
            throw new ShapeMismatchException($"variable '{Name}': expected {Value.DType} {Shape}, got {dtype} {shape}");
    }
}
