using Numerics.Nn;

namespace Numerics.Samples.CatsVsDogs.Benchmark;

/// <summary>
/// The arithmetic of a layer if every multiplication of the textbook's formulas is done: for an output of a convolution or a
/// dense layer, as many multiplications and additions as the kernel has weights for it.
/// </summary>
/// <param name="Name">The layer.</param>
/// <param name="Forward">Operations of the forward pass.</param>
/// <param name="Backward">Operations of the gradients: those of the weights, and those of the input where a layer before has weights.</param>
internal sealed record LayerArithmetic(string Name, long Forward, long Backward)
{
    /// <summary>The arithmetic of each layer that has any.</summary>
    /// <param name="model">A model that is built.</param>
    /// <param name="batch">The pictures of a batch.</param>
    public static IReadOnlyList<LayerArithmetic> Of(Sequential model, int batch)
    {
        var list = new List<LayerArithmetic>();
        foreach (Layer layer in model.Layers)
        {
            long forward = batch * layer switch
            {
                // Every pixel of the output takes the whole kernel; so does a row of a dense layer.
                Conv2D conv => 2L * conv.OutputShape![1] * conv.OutputShape[2] * conv.Kernel!.Shape.Size,
                Dense dense => 2L * dense.Kernel!.Shape.Size,
                _ => 0,
            };
            if (forward > 0)
                list.Add(new LayerArithmetic(layer.Name, forward, list.Count == 0 ? forward : 2 * forward));
        }

        return list;
    }
}
