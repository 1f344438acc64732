using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>A penalty on the size of weights or of a layer's output, added to the loss. Keras' names convert:
/// <c>kernelRegularizer: "l2"</c>.</summary>
public abstract class Regularizer
{
    /// <summary>A regularizer by its name, with its default factor: l1, l2 or l1_l2.</summary>
    /// <exception cref="ArgumentException">There is no such regularizer.</exception>
    public static implicit operator Regularizer(string name) => name switch
    {
        "l1" => new L1(),
        "l2" => new L2(),
        "l1_l2" or "l1l2" => new L1L2(),
        _ => throw new ArgumentException($"there is no regularizer '{name}'; known are l1, l2 and l1_l2", nameof(name)),
    };

    /// <summary>The penalty, a scalar.</summary>
    /// <param name="x">The weights or the output.</param>
    public abstract Tensor Call(Tensor x);

    /// <summary>A factor, if it is a finite number of at least 0.</summary>
    private protected static float Factor(float value, string name) => value is >= 0 and < float.PositiveInfinity
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is a finite number of at least 0");
}
