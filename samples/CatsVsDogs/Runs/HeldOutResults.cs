using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Runs;

/// <summary>How a network does on pictures that it has not learnt from.</summary>
/// <param name="Matrix">How often which class was taken for which.</param>
/// <param name="Mistakes">The most confident mistakes, the worst first.</param>
internal sealed record HeldOutResults(ConfusionMatrix Matrix, IReadOnlyList<Mistake> Mistakes)
{
    /// <summary>How many mistakes are kept.</summary>
    public const int Kept = 12;

    /// <summary>Looks at every picture once.</summary>
    /// <param name="model">The network.</param>
    /// <param name="batches">Pictures with one-hot labels.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    public static HeldOutResults Of(Model model, IDataSource batches, CancellationToken cancellationToken)
    {
        var matrix = new ConfusionMatrix();
        var worst = new PriorityQueue<Mistake, float>();
        foreach ((NDArray x, NDArray y) in batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            NDArray output = model.PredictOnBatch(x);
            using (new TensorScope())
                matrix.UpdateState(y, output);
            int classes = output.Shape[1];
            for (int i = 0; i < x.Shape[0]; i++)
            {
                ReadOnlySpan<float> shares = output.AsSpan<float>().Slice(i * classes, classes), label = y.AsSpan<float>().Slice(i * classes, classes);
                int said = IndexOfGreatest(shares), shown = IndexOfGreatest(label);
                if (said == shown)
                    continue;
                var picture = new NDArray(new Shape(x.Shape.Dims[1..]), x.DType);
                x.Slice(i, 1).Bytes.CopyTo(picture.Bytes);
                worst.Enqueue(new Mistake(picture, shown, said, shares[said]), shares[said]);
                if (worst.Count > Kept)
                    _ = worst.Dequeue();
            }
        }

        return new(matrix, [.. worst.UnorderedItems.Select(item => item.Element).OrderByDescending(mistake => mistake.Probability)]);
    }

    private static int IndexOfGreatest(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            best = values[i] > values[best] ? i : best;
        return best;
    }
}
