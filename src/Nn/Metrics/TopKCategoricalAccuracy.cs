using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>How often the right class, given one-hot, is among the k greatest predictions; ties count in its favour.</summary>
public sealed class TopKCategoricalAccuracy : AccuracyMetric
{
    /// <summary>Creates the metric.</summary>
    /// <param name="k">How many predictions count, at least 1.</param>
    /// <param name="name">The name in logs.</param>
    public TopKCategoricalAccuracy(int k = 5, string name = "top_k_categorical_accuracy")
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        K = k;
    }

    /// <summary>How many predictions count.</summary>
    public int K { get; }

    internal override (float[] Right, Shape Examples) Judge(Tensor yTrue, Tensor yPred)
    {
        CheckClasses(yTrue, yPred);
        CheckSame(yTrue, yPred);
        NDArray labels = Floats(yTrue).ArgMax().ToNDArray();
        ReadOnlySpan<int> expected = labels.AsSpan<int>();
        float[] scores = yPred.ToArray();
        int classes = yPred.Shape[-1];
        var right = new float[expected.Length];
        for (int i = 0; i < right.Length; i++)
        {
            ReadOnlySpan<float> row = scores.AsSpan(i * classes, classes);
            float own = row[expected[i]];
            int greater = 0;
            foreach (float score in row)
                greater += score > own ? 1 : 0;
            right[i] = float.IsFinite(own) && greater < K ? 1 : 0;
        }

        return (right, labels.Shape);
    }
}
