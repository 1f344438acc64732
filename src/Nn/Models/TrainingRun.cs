using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>How far a call of Fit has come: what a checkpoint holds besides the model.</summary>
internal sealed class TrainingRun
{
    /// <summary>The batches.</summary>
    public required TrainingFeed Feed { get; init; }

    /// <summary>What is evaluated on, or null.</summary>
    public required IBatchSource? ValidationData { get; init; }

    /// <summary>The results of the epochs that are done.</summary>
    public required History History { get; init; }

    /// <summary>The callbacks in their order.</summary>
    public required IReadOnlyList<Callback> Callbacks { get; init; }

    /// <summary>The epoch that is under way or comes next, from 0.</summary>
    public int Epoch { get; set; }

    /// <summary>The steps of that epoch that are done.</summary>
    public int Step { get; set; }

    /// <summary>Loss and metrics of its training, once only its validation is left; null before.</summary>
    public IReadOnlyDictionary<string, double>? TrainingLogs { get; set; }
}
