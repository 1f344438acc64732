using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>Weights as arrays.</content>
public abstract partial class Layer
{
    /// <summary>The values of all weights and states, in the order of <see cref="Variables"/>.</summary>
    /// <returns>Copies.</returns>
    /// <exception cref="InvalidOperationException">The layer is not built yet.</exception>
    public NDArray[] GetWeights()
    {
        CheckHasWeights();
        return [.. Variables.Select(variable => variable.Value.ToNDArray())];
    }

    /// <summary>Overwrites all weights and states; nothing is changed where one does not fit.</summary>
    /// <param name="weights">Their values, in the order of <see cref="Variables"/>, as <see cref="GetWeights"/> gives them.</param>
    /// <exception cref="InvalidOperationException">The layer is not built yet.</exception>
    /// <exception cref="ArgumentException">There are more or fewer than the layer has.</exception>
    /// <exception cref="ShapeMismatchException">One has another shape or type; the message names the weight.</exception>
    public void SetWeights(IReadOnlyList<NDArray> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        CheckHasWeights();
        IReadOnlyList<Variable> variables = Variables;
        if (weights.Count != variables.Count)
            throw new ArgumentException($"{Title}: expected {variables.Count} arrays of weights, got {weights.Count}", nameof(weights));
        foreach ((Variable variable, NDArray value) in variables.Zip(weights))
        {
            ArgumentNullException.ThrowIfNull(value, nameof(weights));
            if (value.Shape != variable.Shape || value.DType != variable.Value.DType)
                throw new ShapeMismatchException($"{Title}: weight '{variable.Name}': expected {variable.Value.DType} {variable.Shape}, got {value.DType} {value.Shape}");
        }

        foreach ((Variable variable, NDArray value) in variables.Zip(weights))
            variable.Assign(value);
    }
}
