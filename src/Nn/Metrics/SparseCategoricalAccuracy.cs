using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>How often the greatest prediction is at the place that the label, a class number, says. Shown as <c>accuracy</c>.</summary>
/// <param name="name">The name in logs.</param>
public sealed class SparseCategoricalAccuracy(string name = "accuracy") : AccuracyMetric(name)
{
    internal override (float[] Right, Shape Examples) Judge(Tensor yTrue, Tensor yPred)
    {
        int[] expected = Labels(yTrue, yPred);
        NDArray actual = Floats(yPred).ArgMax().ToNDArray();
        return (Agreement(expected, actual.AsSpan<int>()), actual.Shape);
    }
}
