using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The accuracy that fits the shapes of the first batch it sees.</summary>
internal sealed class AccuracyByShape() : AccuracyMetric("accuracy")
{
    private AccuracyMetric? _chosen;

    internal override (float[] Right, Shape Examples) Judge(Tensor yTrue, Tensor yPred)
    {
        _chosen ??= yPred.Rank < 2 || yPred.Shape[-1] == 1 ? new BinaryAccuracy()
            : yTrue.Rank < yPred.Rank || yTrue.Shape[-1] == 1 ? new SparseCategoricalAccuracy()
            : new CategoricalAccuracy();
        return _chosen.Judge(yTrue, yPred);
    }
}
