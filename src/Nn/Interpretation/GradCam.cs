using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Where in a picture a network sees a class: the channels of a convolution, weighted by how much each raises the class's score.
/// Source: Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization", ICCV 2017,
/// equations 1 and 2.
/// </summary>
public static class GradCam
{
    /// <summary>Computes a map for each picture.</summary>
    /// <param name="model">A <see cref="Sequential"/> or a model made of inputs and outputs, with one input, and scores or probabilities of classes
    /// as output.</param>
    /// <param name="pictures">[batch, h, w, channels].</param>
    /// <param name="classes">The class of each picture; the most probable one when null.</param>
    /// <param name="layer">The convolution's name; the last layer of the model whose output is a picture when null.</param>
    /// <returns>[batch, h, w] of the convolution's output, from 0 to 1; zeros where nothing speaks for the class.</returns>
    /// <exception cref="ArgumentException">There is no such layer, or none whose output is a picture.</exception>
    public static NDArray Compute(Model model, NDArray pictures, IReadOnlyList<int>? classes = null, string? layer = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pictures);
        Layer convolution = layer is not null
            ? model.GetLayer(layer)
            : model.Layers.LastOrDefault(candidate => candidate is Conv2D or SeparableConv2D or DepthwiseConv2D)
                ?? throw new ArgumentException($"{model} has no convolution", nameof(model));
        IReadOnlyList<KerasTensor> inputs = model.Inputs;
        using var features = new Model(inputs, [convolution.Output, model.Outputs[0]]);
        using var tape = new GradientTape();
        Tensor[] outputs = features.CallAll([pictures]);
        (Tensor maps, Tensor scores) = (outputs[0], outputs[1].SoftmaxLogits ?? outputs[1]);
        if (maps.Rank != 4 || scores.Rank != 2)
            throw new ArgumentException($"{convolution} gives {maps.Shape} and {model} {scores.Shape}; pictures and classes are needed", nameof(layer));
        using Tensor chosen = classes is null ? scores.ArgMax() : Tensor.From(classes.Count, [.. classes], scores.Backend);
        Tensor score = (scores * Tensor.OneHot(chosen, scores.Shape[1])).Sum();
        Tensor weights = tape.Gradient(score, maps).Mean([1, 2], keepDims: true);
        Tensor heat = (maps * weights).Sum(3).Relu();
        Tensor greatest = heat.Max([1, 2], keepDims: true);
        return Tensor.Where(greatest > 0f, heat / greatest.Maximum(float.Epsilon), heat).ToNDArray();
    }
}
