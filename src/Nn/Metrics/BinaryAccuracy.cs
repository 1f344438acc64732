using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>How often predictions lie on the label's side of a threshold, averaged over the last axis. Shown as
/// <c>accuracy</c>.</summary>
/// <param name="threshold">Greater predictions count as 1; use 0 for logits.</param>
/// <param name="name">The name in logs.</param>
public sealed class BinaryAccuracy(float threshold = 0.5f, string name = "accuracy") : AccuracyMetric(name)
{
    /// <summary>What predictions are compared with; greater ones count as 1.</summary>
    public float Threshold => threshold;

    internal override (float[] Right, Shape Examples) Judge(Tensor yTrue, Tensor yPred)
    {
        bool columns = yPred.Rank == yTrue.Rank + 1 && yPred.Shape[-1] == 1;
        if (!columns)
            CheckSame(yTrue, yPred);
        float[] expected = yTrue.ToArray(), actual = yPred.ToArray();
        Shape examples = yPred.Rank > 1 ? yPred.Shape.Without(-1) : yPred.Shape;
        int each = yPred.Rank > 1 ? yPred.Shape[-1] : 1;
        var right = new float[examples.Size];
        for (int i = 0; i < right.Length; i++)
        {
            int hits = 0;
            for (int k = i * each; k < (i + 1) * each; k++)
                hits += expected[k] == (actual[k] > threshold ? 1 : 0) ? 1 : 0;
            right[i] = (float)hits / each;
        }

        return (right, examples);
    }
}
