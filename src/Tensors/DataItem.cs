namespace Numerics.Tensors;

/// <summary>One element of a data set: an example, or a batch of them stacked along a first axis.</summary>
public readonly record struct DataItem
{
    private readonly NDArray _x;
    private readonly NDArray _y;
    private readonly IReadOnlyList<NDArray>? _inputs;
    private readonly IReadOnlyList<NDArray>? _targets;

    /// <summary>Creates an element of one input and one target.</summary>
    /// <param name="x">The input, such as a picture [height, width, channels] or a batch [batch, height, width, channels].</param>
    /// <param name="y">The target, such as a one-hot label [classes] or a batch [batch, classes].</param>
    /// <param name="sampleWeight">The weight of each example, [] or [batch]; null means 1.</param>
    public DataItem(NDArray x, NDArray y, NDArray? sampleWeight = null) => (_x, _y, SampleWeight) = (x, y, sampleWeight);

    /// <summary>Creates an element for a model of several inputs or outputs.</summary>
    /// <param name="inputs">The inputs, in the order of the model's.</param>
    /// <param name="targets">The targets, in the order of the model's outputs.</param>
    /// <param name="sampleWeight">The weight of each example, [] or [batch]; null means 1.</param>
    /// <exception cref="ArgumentException">There is no input or no target.</exception>
    public DataItem(IReadOnlyList<NDArray> inputs, IReadOnlyList<NDArray> targets, NDArray? sampleWeight = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(targets);
        if (inputs.Count == 0 || targets.Count == 0)
            throw new ArgumentException("an element has an input and a target at least");
        (_x, _y, SampleWeight) = (inputs[0], targets[0], sampleWeight);
        _inputs = inputs.Count > 1 ? inputs : null;
        _targets = targets.Count > 1 ? targets : null;
    }

    /// <summary>The only input.</summary>
    /// <exception cref="InvalidOperationException">There are several.</exception>
    public NDArray X
    {
        get => _inputs is null ? _x : throw new InvalidOperationException($"the element has {_inputs.Count} inputs: use Inputs");
        init => (_x, _inputs) = (value, null);
    }

    /// <summary>The only target.</summary>
    /// <exception cref="InvalidOperationException">There are several.</exception>
    public NDArray Y
    {
        get => _targets is null ? _y : throw new InvalidOperationException($"the element has {_targets.Count} targets: use Targets");
        init => (_y, _targets) = (value, null);
    }

    /// <summary>The weight of each example, [] or [batch]; null means 1.</summary>
    public NDArray? SampleWeight { get; init; }

    /// <summary>All inputs.</summary>
    public IReadOnlyList<NDArray> Inputs => _inputs ?? [_x];

    /// <summary>All targets.</summary>
    public IReadOnlyList<NDArray> Targets => _targets ?? [_y];

    /// <summary>Inputs and targets, as Keras' <c>validation_data=(x, y)</c>.</summary>
    public static implicit operator DataItem((NDArray X, NDArray Y) pair) => new(pair.X, pair.Y);

    /// <summary>Inputs, targets and the weight of each example, as Keras' <c>validation_data=(x, y, sample_weight)</c>.</summary>
    public static implicit operator DataItem((NDArray X, NDArray Y, NDArray? SampleWeight) triple) => new(triple.X, triple.Y, triple.SampleWeight);

    /// <summary>Takes input and target apart: <c>foreach (var (x, y) in data)</c>.</summary>
    public void Deconstruct(out NDArray x, out NDArray y) => (x, y) = (X, Y);

    /// <summary>Takes input, target and weights apart.</summary>
    public void Deconstruct(out NDArray x, out NDArray y, out NDArray? sampleWeight) => (x, y, sampleWeight) = (X, Y, SampleWeight);

    /// <summary>Shapes and types.</summary>
    public override string ToString() =>
        $"inputs {string.Join(", ", Inputs)}, targets {string.Join(", ", Targets)}{(SampleWeight is { } weight ? $", weights {weight}" : "")}";
}
