using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Forward and backward pass of a model for batches of one shape, captured by the backend and repeated as a whole.</summary>
internal sealed class CapturedStep : IDisposable
{
    private readonly TensorBatch _batch;
    private readonly CapturedWork _work;
    private readonly StepResults _results;

    private CapturedStep(TensorBatch batch, CapturedWork work, StepResults results) => (_batch, _work, _results) = (batch, work, results);

    /// <summary>Captures the passes.</summary>
    /// <param name="like">A batch of the shape that all will have.</param>
    /// <param name="differentiate">The passes; what they return is out of all scopes.</param>
    /// <returns>Null where the backend captures nothing.</returns>
    /// <exception cref="InvalidOperationException">They do what cannot be captured; the message says what.</exception>
    public static CapturedStep? Capture(TensorBatch like, Func<TensorBatch, StepResults> differentiate)
    {
        var batch = new TensorBatch([.. like.Inputs.Select(Empty)], [.. like.Targets.Select(Empty)], like.SampleWeight is { } weight ? Empty(weight) : null);
        StepResults? results = null;
        try
        {
            CapturedWork? work = like.Inputs[0].Backend.Capture(() => results = differentiate(batch));
            if (work is not null)
                return new CapturedStep(batch, work, results!);
        }
        catch
        {
            Dispose(batch);
            throw;
        }

        Dispose(batch);
        return null;
    }

    /// <summary>Runs the passes on a batch of the same shape.</summary>
    /// <returns>What came out. Gradients are good until the next launch.</returns>
    public StepResults Launch(TensorBatch batch)
    {
        Copy(batch.Inputs, _batch.Inputs);
        Copy(batch.Targets, _batch.Targets);
        if (batch.SampleWeight is { } weight)
            Copy([weight], [_batch.SampleWeight!]);
        _work.Launch();
        return new StepResults(
            [.. _results.Predictions.Select(Copied)], Copied(_results.Loss), [.. _results.OutputLosses.Select(loss => loss is null ? null : Copied(loss))],
            [.. _results.Gradients.Select(gradient => gradient.PendingProduct?.Again() ?? gradient)]);
    }

    public void Dispose()
    {
        _work.Dispose();
        _results.Dispose();
        Dispose(_batch);
    }

    private static Tensor Empty(Tensor like) => Tensor.Empty(like.Backend, like.Shape, like.DType).Keep();

    private static Tensor Copied(Tensor source)
    {
        Tensor copy = Tensor.Empty(source.Backend, source.Shape, source.DType);
        source.Backend.Copy(source, copy);
        return copy;
    }

    private static void Copy(IReadOnlyList<Tensor> from, IReadOnlyList<Tensor> to)
    {
        for (int i = 0; i < to.Count; i++)
            to[i].Backend.Copy(from[i], to[i]);
    }

    private static void Dispose(TensorBatch batch)
    {
        foreach (Tensor tensor in batch.Inputs.Concat(batch.Targets))
            tensor.Dispose();
        batch.SampleWeight?.Dispose();
    }
}
