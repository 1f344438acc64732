using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>Outputs, targets and weights of a whole batch, in every process: tensors of the innermost scope.</summary>
internal sealed class Collected
{
    private readonly Tensor[] _like;

    private Collected(Tensor[] outputs, TensorBatch batch, Tensor[] like, float meanAddedLoss) =>
        (Outputs, Batch, _like, MeanAddedLoss) = (outputs, batch, like, meanAddedLoss);

    /// <summary>The outputs, before a softmax or sigmoid.</summary>
    public Tensor[] Outputs { get; }

    /// <summary>The targets and weights of all; the inputs are this process's.</summary>
    public TensorBatch Batch { get; }

    /// <summary>The mean over the parts of what layers add to the loss.</summary>
    public float MeanAddedLoss { get; }

    /// <summary>Collects what all processes have.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="parts">The parts of the batch.</param>
    /// <param name="pieces">This process's outputs and where they belong; none for parts without rows.</param>
    /// <param name="like">The model's outputs for some rows.</param>
    /// <param name="own">This process's examples.</param>
    /// <param name="first">The place of the first of them.</param>
    /// <param name="isWeighted">Whether any process has weights.</param>
    /// <param name="addedLoss">This process's share of what layers add to the loss; null where they add nothing.</param>
    public static Collected Of(
        ProcessGroup group, BatchParts parts, IReadOnlyList<(int First, Tensor[]? Rows)> pieces, Tensor[] like, TensorBatch own, int first, bool isWeighted, double? addedLoss)
    {
        Backend backend = like[0].Backend;
        var underWay = new List<Communication>();
        Tensor Whole(Tensor shape, IEnumerable<(int First, Tensor Rows)> rows)
        {
            if (shape.Rank == 0)
                throw new ShapeMismatchException($"a model trained by several processes needs the batch as first axis of its outputs and targets, got {shape.Shape}");
            Tensor whole = Tensor.Empty(backend, shape.Shape.With(0, parts.Rows), shape.DType);
            foreach ((int place, Tensor piece) in rows)
                TensorRows.Copy(piece, whole, place);
            underWay.Add(group.AllGatherAsync(whole, parts.RowsOfRank));
            return whole;
        }

        var outputs = new Tensor[like.Length];
        for (int i = 0; i < like.Length; i++)
        {
            int output = i;
            outputs[i] = Whole(PartOfStep.LogitsOf(like[i]), pieces.Where(piece => piece.Rows is not null).Select(piece => (piece.First, piece.Rows![output])));
        }

        Tensor[] targets = [.. own.Targets.Select(y => Whole(y, [(first, y)]))];
        Tensor? weights = null;
        if (isWeighted)
        {
            Tensor mine = own.SampleWeight ?? Tensor.Ones(new Shape(own.Inputs[0].Shape[0]), backend);
            weights = Whole(mine, [(first, mine)]);
        }

        float mean = 0;
        if (addedLoss is { } share)
        {
            Tensor sum = Tensor.From(new Shape(1), [(float)share], backend);
            group.AllReduce(sum, ReduceOperation.Sum, group.AddsInFixedOrder ? ReductionOrder.Fixed : ReductionOrder.Library);
            mean = sum.Item();
        }

        foreach (Communication communication in underWay)
            communication.Wait();
        return new Collected(outputs, new TensorBatch(own.Inputs, targets, weights), like, mean);
    }

    /// <summary>The model's outputs for the whole batch.</summary>
    public Tensor[] Predictions() =>
        [.. Outputs.Select((output, i) => _like[i].SoftmaxLogits is not null ? output.Softmax() : _like[i].SigmoidLogits is not null ? output.Sigmoid() : output)];
}
