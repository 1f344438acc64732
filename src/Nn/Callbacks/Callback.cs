namespace Numerics.Nn;

/// <summary>
/// What happens at certain moments of training. Logs hold loss and metrics by name; during an epoch they are means over its
/// examples so far.
/// </summary>
public abstract class Callback
{
    private Model? _model;

    /// <summary>The model that is trained or evaluated.</summary>
    /// <exception cref="InvalidOperationException">The callback is not in use yet.</exception>
    public Model Model
    {
        get => _model ?? throw new InvalidOperationException($"{GetType().Name} has no model before training or evaluation begins");
        internal set => _model = value;
    }

    /// <summary>Before the first epoch.</summary>
    public virtual void OnTrainBegin()
    {
    }

    /// <summary>After the last epoch.</summary>
    public virtual void OnTrainEnd()
    {
    }

    /// <summary>Before an epoch.</summary>
    /// <param name="epoch">Counted from 0.</param>
    public virtual void OnEpochBegin(int epoch)
    {
    }

    /// <summary>After an epoch and its validation.</summary>
    /// <param name="epoch">Counted from 0.</param>
    /// <param name="logs">Loss, metrics and their <c>val_</c> forms.</param>
    public virtual void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs)
    {
    }

    /// <summary>Before a step of training.</summary>
    /// <param name="batch">Counted from 0 within the epoch.</param>
    public virtual void OnTrainBatchBegin(int batch)
    {
    }

    /// <summary>After a step of training.</summary>
    /// <param name="batch">Counted from 0 within the epoch.</param>
    /// <param name="logs">Loss and metrics of the epoch so far.</param>
    public virtual void OnTrainBatchEnd(int batch, IReadOnlyDictionary<string, double> logs)
    {
    }

    /// <summary>Before an evaluation, also one after an epoch.</summary>
    public virtual void OnTestBegin()
    {
    }

    /// <summary>After an evaluation.</summary>
    /// <param name="logs">Loss and metrics.</param>
    public virtual void OnTestEnd(IReadOnlyDictionary<string, double> logs)
    {
    }
}
