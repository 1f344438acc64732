using Numerics.Tensors;

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

    /// <summary>
    /// Whether the callback is called in every process of a training by several (<see cref="Model.Strategy"/>), as what decides on
    /// the training has to be; else in the first one only, as suits what writes or prints.
    /// </summary>
    public virtual bool RunsOnEveryProcess => true;

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

    /// <summary>
    /// After the last whole step, when training is cancelled through its token; neither <see cref="OnEpochEnd"/> nor
    /// <see cref="OnTrainEnd"/> follow.
    /// </summary>
    public virtual void OnTrainInterrupted()
    {
    }

    /// <summary>
    /// When an exception ends training, be it of the data, the model or a callback: gives back what <see cref="OnTrainBegin"/> and what
    /// followed took, such as files. Every callback is told, also those that training had not begun for yet; neither
    /// <see cref="OnEpochEnd"/> nor <see cref="OnTrainEnd"/> follow.
    /// </summary>
    /// <param name="error">The exception, which <c>Fit</c> throws again afterwards.</param>
    public virtual void OnTrainFailed(Exception error)
    {
    }

    /// <summary>Before an evaluation, also one after an epoch.</summary>
    public virtual void OnTestBegin()
    {
    }

    /// <summary>Before a step of evaluation.</summary>
    /// <param name="batch">Counted from 0 within the evaluation.</param>
    public virtual void OnTestBatchBegin(int batch)
    {
    }

    /// <summary>After a step of evaluation.</summary>
    /// <param name="batch">Counted from 0 within the evaluation.</param>
    /// <param name="logs">Loss and metrics so far.</param>
    public virtual void OnTestBatchEnd(int batch, IReadOnlyDictionary<string, double> logs)
    {
    }

    /// <summary>Before the first batch of a prediction.</summary>
    public virtual void OnPredictBegin()
    {
    }

    /// <summary>After the last batch of a prediction.</summary>
    public virtual void OnPredictEnd()
    {
    }

    /// <summary>Before a batch of a prediction.</summary>
    /// <param name="batch">Counted from 0.</param>
    public virtual void OnPredictBatchBegin(int batch)
    {
    }

    /// <summary>After a batch of a prediction.</summary>
    /// <param name="batch">Counted from 0.</param>
    /// <param name="outputs">The batch's outputs, one unless the model has several.</param>
    public virtual void OnPredictBatchEnd(int batch, IReadOnlyList<NDArray> outputs)
    {
    }

    /// <summary>Writes down what the callback has to remember in a run that is interrupted; nothing by default.</summary>
    /// <param name="state">Where to.</param>
    public virtual void SaveState(TrainingState state)
    {
    }

    /// <summary>Takes back what <see cref="SaveState"/> wrote, after <see cref="OnTrainBegin"/>.</summary>
    /// <param name="state">Where from.</param>
    public virtual void LoadState(TrainingState state)
    {
    }

    /// <summary>After an evaluation.</summary>
    /// <param name="logs">Loss and metrics.</param>
    public virtual void OnTestEnd(IReadOnlyDictionary<string, double> logs)
    {
    }
}
