using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>How often the greatest prediction is at the place of the one-hot label's one. Shown as <c>accuracy</c>.</summary>
/// <param name="name">The name in logs.</param>
public sealed class CategoricalAccuracy(string name = "accuracy") : AccuracyMetric(name)
{
    internal override (float[] Right, Shape Examples) Judge(Tensor yTrue, Tensor yPred)
    {
        CheckClasses(yTrue, yPred);
        CheckSame(yTrue, yPred);
        NDArray expected = Floats(yTrue).ArgMax().ToNDArray(), actual = Floats(yPred).ArgMax().ToNDArray();
        return (Agreement(expected.AsSpan<int>(), actual.AsSpan<int>()), actual.Shape);
    }
}
