using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>How often the right class, given as a number, is among the k greatest predictions; ties count in its favour.</summary>
public sealed class SparseTopKCategoricalAccuracy : AccuracyMetric
{
    /// <summary>Creates the metric.</summary>
    /// <param name="k">How many predictions count, at least 1.</param>
    /// <param name="name">The name in logs.</param>
    public SparseTopKCategoricalAccuracy(int k = 5, string name = "sparse_top_k_categorical_accuracy")
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        K = k;
    }

    /// <summary>How many predictions count.</summary>
    public int K { get; }

    internal override (float[] Right, Shape Examples) Judge(Tensor yTrue, Tensor yPred) =>
        (AmongGreatest(Labels(yTrue, yPred), yPred, K), yPred.Shape.Without(-1));
}
