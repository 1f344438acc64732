using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// How several processes train one model: which part of the data each of them takes, and how their steps become one. Set as
/// <see cref="Model.Strategy"/>; <c>Numerics.Distributed</c> has one that shares out every batch. Every member but
/// <see cref="Rank"/> and <see cref="Size"/> is called by all processes, in the same order.
/// </summary>
public abstract class DistributionStrategy
{
    /// <summary>The number of this process, from 0. The first one writes, prints and saves.</summary>
    public abstract int Rank { get; }

    /// <summary>The number of processes.</summary>
    public abstract int Size { get; }

    /// <summary>The part of each batch that this process takes; some of them may have no examples.</summary>
    /// <param name="data">The batches of all processes together, the same in each.</param>
    protected internal abstract IDataSource Distribute(IDataSource data);

    /// <summary>Whether any process says yes.</summary>
    /// <param name="flag">What this one says.</param>
    protected internal abstract bool Any(bool flag);

    /// <summary>The first process's bytes, in every process.</summary>
    /// <param name="bytes">The bytes; those of other processes than the first do not matter.</param>
    protected internal abstract byte[] Broadcast(byte[] bytes);

    /// <summary>One step of training with the examples of all processes.</summary>
    /// <param name="model">The model, compiled and built.</param>
    /// <param name="batch">This process's examples; there may be none.</param>
    /// <returns>Loss and metrics over the examples of all processes.</returns>
    protected internal abstract IReadOnlyDictionary<string, double> TrainStep(Model model, TensorBatch batch);

    /// <summary>One step of evaluation with the examples of all processes.</summary>
    /// <inheritdoc cref="TrainStep"/>
    protected internal abstract IReadOnlyDictionary<string, double> TestStep(Model model, TensorBatch batch);

    /// <summary>Told when a call of Fit or Evaluate ends with an error that other processes do not know of.</summary>
    /// <param name="error">The error.</param>
    protected internal virtual void OnError(Exception error)
    {
    }
}
