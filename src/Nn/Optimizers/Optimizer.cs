using System.Diagnostics;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Changes weights along their gradients. Its state, such as running means of the gradients, is made when it first sees a
/// weight and released by <see cref="Dispose()"/>.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private readonly Dictionary<Variable, Variable[]> _states = [];
    private readonly List<Variable> _variables = [];
    private float _learningRate;
    private long _iterations;

    /// <summary>Creates an optimizer.</summary>
    /// <param name="name">The prefix of its state's names, such as <c>adam</c>.</param>
    /// <param name="learningRate">The step size, at least 0.</param>
    protected Optimizer(string name, float learningRate)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        LearningRate = learningRate;
    }

    /// <summary>The prefix of the state's names.</summary>
    public string Name { get; }

    /// <summary>The step size; may be changed between steps.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number of at least 0.</exception>
    public float LearningRate
    {
        get => _learningRate;
        set => _learningRate = Range(value, 0, float.MaxValue, nameof(LearningRate));
    }

    /// <summary>The number of steps taken; set it when a run is resumed.</summary>
    public long Iterations
    {
        get => _iterations;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _iterations = value;
        }
    }

    /// <summary>The state, in the order of the weights it belongs to: what a checkpoint holds besides
    /// <see cref="Iterations"/>.</summary>
    public IReadOnlyList<Variable> Variables => _variables;

    /// <summary>The names of the state tensors that each weight has.</summary>
    protected abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>Makes the state of weights that have none yet, zeros; <see cref="Apply"/> does so by itself.</summary>
    /// <param name="variables">The weights.</param>
    public void Build(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        foreach (Variable variable in variables)
            _ = StateOf(variable);
    }

    /// <summary>Takes one step.</summary>
    /// <param name="gradients">The gradient of each weight, of its shape.</param>
    /// <param name="variables">The weights; changed in place.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    /// <exception cref="ShapeMismatchException">A gradient's shape differs from its weight's; nothing has been changed.</exception>
    public void Apply(IReadOnlyList<Tensor> gradients, IReadOnlyList<Variable> variables)
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

        _iterations++;
        BeginStep(_iterations);
        for (int i = 0; i < gradients.Count; i++)
        {
            using Activity? activity = Tracing.Start(
                gradients[i].PendingProduct is null ? Tracing.Update : Tracing.GradientUpdate, variables[i].Name);
            Update(variables[i].Value, gradients[i], StateOf(variables[i]));
        }
    }

    /// <summary>Gives back the memory of the state.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A number within limits, or an error that names the argument.</summary>
    private protected static float Range(float value, float minimum, float maximum, string name) => value >= minimum && value <= maximum
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

    /// <summary>Gives back the state.</summary>
    /// <param name="disposing">Always true: optimizers have no finaliser.</param>
    protected virtual void Dispose(bool disposing)
    {
        foreach (Variable variable in _variables)
            variable.Dispose();
        _variables.Clear();
        _states.Clear();
    }

    private Variable[] StateOf(Variable variable)
    {
        if (_states.TryGetValue(variable, out Variable[]? state))
            return state;
        state = [.. StateNames.Select(name =>
            new Variable($"{Name}/{variable.Name}/{name}", Tensor.Zeros(variable.Shape, variable.Value.Backend), trainable: false))];
        _states.Add(variable, state);
        _variables.AddRange(state);
        return state;
    }
}
