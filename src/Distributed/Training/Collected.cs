using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>Outputs, targets and weights of a whole batch, in every process.</summary>
internal sealed class Collected : IDisposable
{
    private readonly bool _isSoftmax;
    private readonly bool _isSigmoid;

    private Collected(Tensor outputs, Tensor targets, Tensor? weights, bool isSoftmax, bool isSigmoid, float meanAddedLoss)
    {
        (Outputs, Targets, Weights, MeanAddedLoss) = (outputs, targets, weights, meanAddedLoss);
        (_isSoftmax, _isSigmoid) = (isSoftmax, isSigmoid);
    }

    /// <summary>The outputs, before a softmax or sigmoid.</summary>
    public Tensor Outputs { get; }

    /// <summary>The targets.</summary>
    public Tensor Targets { get; }

    /// <summary>The examples' weights, or null.</summary>
    public Tensor? Weights { get; }

    /// <summary>The mean over the parts of what layers add to the loss.</summary>
    public float MeanAddedLoss { get; }

    /// <summary>Collects what all processes have.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="parts">The parts of the batch.</param>
    /// <param name="pieces">This process's outputs and where they belong; none for parts without rows.</param>
    /// <param name="output">One of the model's outputs.</param>
    /// <param name="logits">What that is the softmax or sigmoid of, or the same.</param>
    /// <param name="y">This process's targets.</param>
    /// <param name="sampleWeight">Its weights, or null.</param>
    /// <param name="isWeighted">Whether any process has weights.</param>
    /// <param name="addedLoss">This process's share of what layers add to the loss; null where they add nothing.</param>
    public static Collected Of(
        ProcessGroup group, BatchParts parts, (int First, Tensor? Rows)[] pieces, Tensor output, Tensor logits, Tensor y, Tensor? sampleWeight, bool isWeighted, double? addedLoss)
    {
        Backend backend = output.Backend;
        if (logits.Rank == 0)
            throw new ShapeMismatchException($"a model trained by several processes needs an output with the batch as first axis, got {logits.Shape}");
        Tensor outputs = Tensor.Empty(backend, logits.Shape.With(0, parts.Rows));
        foreach ((int first, Tensor? rows) in pieces)
        {
            if (rows is not null)
                TensorRows.Copy(rows, outputs, first);
        }

        int start = pieces[0].First;
        Tensor targets = Tensor.Empty(backend, y.Shape.With(0, parts.Rows), y.DType);
        TensorRows.Copy(y, targets, start);
        var underWay = new List<Communication> { group.AllGatherAsync(outputs, parts.RowsOfRank), group.AllGatherAsync(targets, parts.RowsOfRank) };
        Tensor? weights = null;
        if (isWeighted)
        {
            Tensor own = sampleWeight ?? Tensor.Ones(new Shape(y.Shape[0]), backend);
            weights = Tensor.Empty(backend, own.Shape.With(0, parts.Rows), own.DType);
            TensorRows.Copy(own, weights, start);
            underWay.Add(group.AllGatherAsync(weights, parts.RowsOfRank));
        }

        float mean = 0;
        if (addedLoss is { } share)
        {
            using Tensor sum = Tensor.From(Shape.Scalar, [(float)share], backend);
            group.AllReduce(sum.Reshape(new Shape(1)), ReduceOperation.Sum, group.AddsInFixedOrder ? ReductionOrder.Fixed : ReductionOrder.Library);
            mean = sum.Item();
        }

        foreach (Communication communication in underWay)
            communication.Wait();
        return new Collected(outputs, targets, weights, output.SoftmaxLogits is not null, output.SigmoidLogits is not null, mean);
    }

    /// <summary>The model's output for the whole batch.</summary>
    public Tensor Prediction() => _isSoftmax ? Outputs.Softmax() : _isSigmoid ? Outputs.Sigmoid() : Outputs;

    public void Dispose()
    {
        Outputs.Dispose();
        Targets.Dispose();
        Weights?.Dispose();
    }
}
