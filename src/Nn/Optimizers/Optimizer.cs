using System.Diagnostics;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Changes weights along their gradients. Its state, such as running means of the gradients, is made when it first sees a
/// weight and released by <see cref="Dispose()"/>. What all optimizers can do besides, clipping, weight decay, averaging of weights,
/// accumulation and loss scaling, is set as properties: <c>new Adam(0.001f) { ClipNorm = 1 }</c>.
/// </summary>
public abstract partial class Optimizer : IDisposable
{
    private readonly Dictionary<Variable, OptimizerState> _states = [];
    private readonly List<Variable> _variables = [];
    private LearningRateSchedule _schedule;
    private long _calls;

    /// <summary>Creates an optimizer.</summary>
    /// <param name="name">The prefix of its state's names, such as <c>adam</c>.</param>
    /// <param name="learningRate">The step size, a number of at least 0 or a schedule.</param>
    protected Optimizer(string name, LearningRateSchedule learningRate)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(learningRate);
        Name = name;
        _schedule = learningRate;
    }

    /// <summary>The prefix of the state's names.</summary>
    public string Name { get; }

    /// <summary>The size of the next step; may be changed between steps unless a schedule gives it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number of at least 0.</exception>
    /// <exception cref="InvalidOperationException">Set while a schedule gives the rate.</exception>
    public virtual float LearningRate
    {
        get => (float)_schedule.Call(_calls);
        set => _schedule = _schedule is ConstantRate
            ? value
            : throw new InvalidOperationException(
                $"{Name}: the learning rate comes from {_schedule.GetType().Name} and cannot be set; create the optimizer with a number instead");
    }

    /// <summary>What gives the step size.</summary>
    public virtual LearningRateSchedule Schedule => _schedule;

    /// <summary>The number of steps taken; set it when a run is resumed.</summary>
    public virtual long Iterations
    {
        get => _calls / (GradientAccumulationSteps ?? 1);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _calls = value * (GradientAccumulationSteps ?? 1);
        }
    }

    /// <summary>The state, in the order of the weights it belongs to: what a checkpoint holds besides
    /// <see cref="Iterations"/>.</summary>
    public virtual IReadOnlyList<Variable> Variables => _variables;

    /// <summary>How often <see cref="Apply"/> was called: <see cref="Iterations"/> unless gradients are accumulated.</summary>
    internal virtual long Calls
    {
        get => _calls;
        set => _calls = value;
    }

    /// <summary>The names of the state tensors that each weight has.</summary>
    protected abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>What a state tensor begins with.</summary>
    /// <param name="name">Which of <see cref="StateNames"/>.</param>
    private protected virtual float InitialState(string name) => 0;

    /// <summary>The share that the weight at hand loses before its update: rate · weight decay, or 0.</summary>
    private protected float CurrentDecay { get; private set; }

    /// <summary>Whether <see cref="Update"/> takes <see cref="CurrentDecay"/> off by itself.</summary>
    private protected virtual bool AppliesDecay => false;

    /// <summary>Makes the state of weights that have none yet, zeros; <see cref="Apply"/> does so by itself.</summary>
    /// <param name="variables">The weights.</param>
    public virtual void Build(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        foreach (Variable variable in variables)
            _ = StateOf(variable);
    }

    /// <summary>Takes one step, and brings weights back to their <see cref="Variable.Constraint"/>.</summary>
    /// <param name="gradients">The gradient of each weight, of its shape.</param>
    /// <param name="variables">The weights; changed in place.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    /// <exception cref="ShapeMismatchException">A gradient's shape differs from its weight's; nothing has been changed.</exception>
    public virtual void Apply(IReadOnlyList<Tensor> gradients, IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        ArgumentNullException.ThrowIfNull(variables);
        if (gradients.Count != variables.Count)
            throw new ArgumentException($"{Name}: {gradients.Count} gradients for {variables.Count} variables", nameof(gradients));
        for (int i = 0; i < gradients.Count; i++)
        {
            if (gradients[i].Shape != variables[i].Shape)
            {
                throw new ShapeMismatchException(
                    $"{Name}: variable '{variables[i].Name}' is {variables[i].Shape}, its gradient {gradients[i].Shape}");
            }
        }

        if (!ChangesGradients)
        {
            Step(gradients, variables);
        }
        else
        {
            using var scope = new TensorScope();
            if (GradientTape.StopRecording(() => Prepare(gradients, variables)) is { } prepared)
                Step(prepared, variables);
        }

        AverageWeights(variables);
        foreach (Variable variable in variables)
            Constrain(variable);
        _calls++;
    }

    /// <summary>Gives back the memory of the state.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A number within limits, or an error that names the argument.</summary>
    internal static float Range(float value, float minimum, float maximum, string name) => value >= minimum && value <= maximum
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is in [{minimum}, {maximum}]");

    /// <summary>A decay rate: a number in [0, 1).</summary>
    private protected static float Decay(float value, string name) => value is >= 0 and < 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is in [0, 1)");

    /// <summary>Called before the weights of a step are updated; works out what they share.</summary>
    /// <param name="step">The number of the step, from 1.</param>
    protected virtual void BeginStep(long step)
    {
    }

    /// <summary>Updates one weight and its state in place.</summary>
    /// <param name="weights">The weight.</param>
    /// <param name="gradient">Its gradient.</param>
    /// <param name="state">Its state, in the order of <see cref="StateNames"/>.</param>
    protected abstract void Update(Tensor weights, Tensor gradient, ReadOnlySpan<Variable> state);

    /// <summary>Replaces a weight by what tensor operators make of it, without a trace on tapes; for updates that have no op of their own.</summary>
    /// <param name="weights">The weight.</param>
    /// <param name="next">Its new value; may assign to the state as well.</param>
    protected static void Replace(Tensor weights, Func<Tensor> next)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(next);
        using var scope = new TensorScope();
        _ = GradientTape.StopRecording(() =>
        {
            Tensor value = next();
            weights.Backend.Copy(value, weights);
            return value;
        });
    }

    /// <summary>Gives back the state.</summary>
    /// <param name="disposing">Always true: optimizers have no finaliser.</param>
    protected virtual void Dispose(bool disposing)
    {
        foreach (Variable variable in _variables)
            variable.Dispose();
        _variables.Clear();
        _states.Clear();
    }

    private void Step(IReadOnlyList<Tensor> gradients, IReadOnlyList<Variable> variables)
    {
        BeginStep(Iterations + 1);
        float decay = WeightDecay > 0 ? LearningRate * WeightDecay : 0;
        for (int i = 0; i < gradients.Count; i++)
        {
            using Activity? activity = Tracing.Start(
                gradients[i].PendingProduct is null ? Tracing.Update : Tracing.GradientUpdate, variables[i].Name);
            CurrentDecay = decay > 0 && _excluded?.Invoke(variables[i]) != true ? decay : 0;
            if (CurrentDecay > 0 && !AppliesDecay)
                Shrink(variables[i], CurrentDecay);
            Update(variables[i].Value, gradients[i], StateOf(variables[i]).Own);
        }
    }

    private OptimizerState StateOf(Variable variable)
    {
        if (_states.TryGetValue(variable, out OptimizerState? state))
            return state;
        Variable Make(string name, float value = 0) =>
            new($"{Name}/{variable.Name}/{name}", Tensor.Full(variable.Shape, value, variable.Value.Backend), trainable: false);
        state = new OptimizerState(
            [.. StateNames.Select(name => Make(name, InitialState(name)))],
            GradientAccumulationSteps is null ? null : Make("gradient_accumulator"),
            UseEma ? Make("average") : null);
        _states.Add(variable, state);
        _variables.AddRange(state.All);
        return state;
    }
}
