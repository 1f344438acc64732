using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>Training by several processes.</content>
public partial class Model
{
    private DistributionStrategy? _strategy;

    /// <summary>How several processes train this model together; null when there is one.</summary>
    /// <remarks>
    /// Fit and Evaluate are then called by all processes with the same arguments, and return the same in each. Callbacks that write
    /// or print are called in the first process only (<see cref="Callback.RunsOnEveryProcess"/>). A model that is not built yet is
    /// built for the first batch.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The model is compiled with <c>jitCompile</c>.</exception>
    public DistributionStrategy? Strategy
    {
        get => _strategy;
        set
        {
            CheckCapture(JitCompile, value);
            _strategy = value;
        }
    }

    /// <summary>The loss of a batch, for strategies.</summary>
    internal Tensor LossOf(TensorBatch batch, IReadOnlyList<Tensor> predictions) => ComputeLoss(batch, predictions);

    /// <summary>Takes a batch into loss and metrics, for strategies.</summary>
    internal IReadOnlyDictionary<string, double> LogsWith(TensorBatch batch, IReadOnlyList<Tensor> predictions, Tensor loss)
    {
        UpdateMetrics(batch, predictions, loss);
        return ComputeLogs();
    }

    /// <summary>The states that a call in training changes, such as moving averages; not the weights that are frozen.</summary>
    internal IReadOnlyList<Variable> ChangingStates() => [.. AllLayers().SelectMany(layer => layer.Layer.OwnStates()).Distinct()];

    /// <summary>The layers that draw from random numbers of their own.</summary>
    internal IReadOnlyList<Layer> RandomLayers() => [.. AllLayers().Select(layer => layer.Layer).Where(layer => layer.OwnRandom is not null).Distinct()];

    // The exchange of gradients begins in the middle of the backward pass, and nothing of it can be repeated by the device alone.
    private void CheckCapture(bool jitCompile, DistributionStrategy? strategy)
    {
        if (jitCompile && strategy is not null)
        {
            throw new InvalidOperationException(
                $"{Title}: steps that processes take together are not captured; compile the model without jitCompile, or train it without {strategy.GetType().Name}");
        }
    }

    private IBatchSource Distributed(IBatchSource data)
    {
        if (Strategy is not { } strategy)
            return data;
        return data is UploadedBatches batches
            ? batches.SharedOut(strategy)
            : throw new NotSupportedException($"{Title}: arrays that are on a device cannot be shared out to processes; give a data source");
    }

    // Between two batches; of several processes all stop where one is told to.
    private void ThrowIfCancelled(CancellationToken cancellationToken)
    {
        if (Strategy is null)
            cancellationToken.ThrowIfCancellationRequested();
        else if (Strategy.Any(cancellationToken.IsCancellationRequested))
            throw new OperationCanceledException(cancellationToken.IsCancellationRequested ? "the training was cancelled" : "another process was told to stop", cancellationToken);
    }

    /// <summary>Builds the model for the first batch of the data, which is given back.</summary>
    private void BuildFor(IBatchSource data)
    {
        if (Built)
            return;
        DataPosition? position = data.Resumable?.Position;
        using (IEnumerator<Func<TensorBatch>> items = data.GetEnumerator())
        {
            using var scope = new TensorScope();
            if (items.MoveNext())
                Build([.. items.Current().Inputs.Select(x => x.Shape)]);
        }

        if (position is { } place)
            data.Resumable!.Position = place;
    }

    /// <summary>Brings all processes to the state of the first one, whose callbacks may have restored it.</summary>
    private void Synchronize(DistributionStrategy strategy)
    {
        const string Where = "the first process's state";
        TrainingState state = StateBroadcast.Send(strategy, strategy.Rank == 0 ? Checkpoint.Capture(this) : null, Where);
        if (strategy.Rank != 0)
            Checkpoint.Restore(this, state, Where);
    }
}
