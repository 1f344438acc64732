using System.Globalization;
using Numerics.Benchmarks.Kernels.Shapes;
using Numerics.Samples.CatsVsDogs.Benchmark;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Kernels.Losses;

/// <summary>Losses with their gradients: the terms, then the gradient of their sum, as a training step computes them.</summary>
internal static class LossTable
{
    private const int Rows = 65_536;
    private const int Classes = 1_000;
    private const int Pairs = 1 << 20;
    private const int Anchors = 1 << 24;

    /// <summary>Writes a line for each loss: name, milliseconds, GB/s of what must be read and written, per cent of copying.</summary>
    /// <param name="filter">Only losses whose name contains this.</param>
    /// <param name="output">Where to.</param>
    public static void Write(string filter, TextWriter output)
    {
        double copy = MachinePeak.CopyGigabytes(Environment.ProcessorCount);
        foreach ((string name, double floats, Func<Action> create) in Losses())
        {
            if (!name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                continue;
            using var scope = new TensorScope();
            double milliseconds = Timing.Fastest(create()), speed = sizeof(float) * floats / milliseconds / 1e6;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name},{milliseconds:F3},{speed:F1},{speed / copy * 100:F0}"));
        }
    }

    // Forward reads the logits, backward reads them again and writes as much; soft labels are read twice as well.
    private static IEnumerable<(string Name, double Floats, Func<Action> Create)> Losses()
    {
        var focal = new FocalTerm(2);
        const double Wide = (double)Rows * Classes;
        yield return ("focal of class numbers [65536 x 1000]", 3 * Wide, () => Categorical(Numbers(Rows, Classes), Rows, Classes, focal));
        yield return ("crossentropy of class numbers [65536 x 1000]", 3 * Wide, () => Categorical(Numbers(Rows, Classes), Rows, Classes, new FocalTerm(0)));
        yield return ("focal of one-hot labels [65536 x 1000]", 5 * Wide, () => Categorical(Tensor.OneHot(Numbers(Rows, Classes), Classes), Rows, Classes, focal));
        yield return ("focal of smoothed labels [65536 x 1000]", 5 * Wide, () => Categorical(
            (Tensor.OneHot(Numbers(Rows, Classes), Classes) * 0.9f) + (0.1f / Classes), Rows, Classes, focal));
        yield return ("focal of one-hot labels [1048576 x 2]", 10.0 * Pairs, () => Categorical(Tensor.OneHot(Numbers(Pairs, 2), 2), Pairs, 2, focal));
        yield return ("sigmoid focal [16777216]", 5.0 * Anchors, SigmoidFocal);
    }

    private static Tensor Numbers(int rows, int classes) => Tensor.From(rows, [.. Enumerable.Range(0, rows).Select(i => i % classes)]);

    private static Action Categorical(Tensor target, int rows, int classes, FocalTerm term)
    {
        Tensor logits = Tensor.RandomNormal((rows, classes), 0, 2, new RandomKey(1, 0)), alpha = Tensor.Full(1, 0.25f);
        Tensor loss = Tensor.Empty(logits.Backend, rows), outer = Tensor.Full(rows, 1f / rows), gradient = Tensor.Empty(logits.Backend, logits.Shape);
        return () =>
        {
            logits.Backend.SoftmaxCategoricalFocal(target, logits, alpha, term, loss);
            logits.Backend.SoftmaxCategoricalFocalGradient(target, logits, alpha, term, outer, gradient);
        };
    }

    private static Action SigmoidFocal()
    {
        Tensor logits = Tensor.RandomNormal(Anchors, 0, 2, new RandomKey(1, 0)), target = Tensor.RandomUniform(Anchors, 0, 1, new RandomKey(1, 1)) > 0.99f;
        Tensor loss = Tensor.Empty(logits.Backend, Anchors), outer = Tensor.Full(Anchors, 1f / Anchors), gradient = Tensor.Empty(logits.Backend, Anchors);
        var term = new BinaryFocalTerm(2, 2, 0.25f, 0.75f);
        return () =>
        {
            logits.Backend.SigmoidBinaryFocal(target, logits, term, loss);
            logits.Backend.SigmoidBinaryFocalGradient(target, logits, term, outer, gradient);
        };
    }
}
