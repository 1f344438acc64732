using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>How often the right class, given one-hot, is among the k greatest predictions; ties count in its favour.</summary>
public sealed class TopKCategoricalAccuracy : AccuracyMetric
{
    private readonly int _k;

    /// <summary>Creates the metric.</summary>
    /// <param name="k">How many predictions count, at least 1.</param>
    /// <param name="name">The name in logs.</param>
    public TopKCategoricalAccuracy(int k = 5, string name = "top_k_categorical_accuracy")
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        _k = k;
    }

    internal override (float[] Right, Shape Examples) Judge(Tensor yTrue, Tensor yPred)
    {
        CheckClasses(yTrue, yPred);
        CheckSame(yTrue, yPred);
        NDArray labels = Floats(yTrue).ArgMax().ToNDArray();
        return (AmongGreatest(labels.AsSpan<int>(), yPred, _k), labels.Shape);
    }
}
