using System.Diagnostics;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A part of a model: weights, and a function of a batch. A layer of one's own overrides <see cref="Forward(Tensor, bool)"/>, and
/// <see cref="CreateWeights(Shape)"/> if it has weights; gradients follow from the tensor operators it uses.
/// </summary>
/// <example><code>
/// sealed class Scale : Layer
/// {
///     private Variable? _gain;
///     protected override void CreateWeights(Shape inputShape) => _gain = AddWeight("gain", inputShape[-1], new Ones());
///     protected override Tensor Forward(Tensor x, bool training) => x * _gain!;
/// }
/// </code></example>
public abstract partial class Layer : IDisposable
{
    private const string NamedKey = "Numerics.Nn.Layer";

    private readonly List<Weight> _weights = [];
    private readonly List<Layer> _sublayers = [];
    private ThreadLocal<List<Tensor>>? _addedLosses;
    private string _name;
    private bool _trainable = true;
    private bool _disposed;
    private Shape? _declaredSpec;

    /// <summary>Creates a layer.</summary>
    /// <param name="name">Its name, unique within a model; when null the model chooses one, such as <c>conv2d_1</c>.</param>
    protected Layer(string? name = null)
    {
        if (name is not null)
            CheckName(name);
        HasOwnName = name is not null;
        _name = name ?? LayerNames.Stem(GetType());
    }

    /// <summary>The name, unique within the model that the layer belongs to.</summary>
    public string Name
    {
        get => _name;
        internal set
        {
            _name = value;
            RenameWeights();
        }
    }

    /// <summary>Whether training changes the weights; applies to the layers inside, too.</summary>
    public bool Trainable
    {
        get => _trainable;
        set
        {
            _trainable = value;
            foreach (Weight weight in _weights)
                weight.Variable.Trainable = value && weight.Trainable;
            foreach (Layer layer in _sublayers)
                layer.Trainable = value;
        }
    }

    /// <summary>Whether the weights exist.</summary>
    public bool Built { get; private set; }

    /// <summary>The shape that the layer was built for, the batch extent unknown; null before.</summary>
    public Shape? InputShape { get; private set; }

    /// <summary>The shape of the output for <see cref="InputShape"/>; null before the layer is built.</summary>
    public Shape? OutputShape { get; private protected set; }

    /// <summary>All weights and states, in the order of their making; those of inner layers follow.</summary>
    public IReadOnlyList<Variable> Variables
    {
        get
        {
            var list = new List<Variable>();
            Collect(list, trainableOnly: false);
            return list;
        }
    }

    /// <summary>The weights that training changes.</summary>
    public IReadOnlyList<Variable> TrainableVariables
    {
        get
        {
            var list = new List<Variable>();
            Collect(list, trainableOnly: true);
            return list;
        }
    }

    /// <summary>The layers inside this one, in the order of their adding.</summary>
    internal IReadOnlyList<Layer> Sublayers => _sublayers;

    /// <summary>Whether the user chose the name.</summary>
    internal bool HasOwnName { get; }

    /// <summary>The layer's own random numbers, whose state a checkpoint holds; null when it has none.</summary>
    internal virtual RandomGenerator? OwnRandom
    {
        get => null;
        set => throw new NotSupportedException($"{Title} has no random numbers of its own");
    }

    /// <summary>The layer that this one is inside of.</summary>
    internal Layer? Parent { get; private set; }

    /// <summary>What the layer accepts, unknown extents standing for anything; null accepts any shape.</summary>
    protected Shape? InputSpec { get; set; }

    /// <summary>The prefix of the weights' names: the names of the layers from below the model down to this one.</summary>
    private string Path => Parent is null
        ? this is Model ? "" : _name
        : Parent.Path is { Length: > 0 } outer ? $"{outer}/{_name}" : _name;

    /// <summary>The layer's output for a batch. Builds the layer on the first call.</summary>
    /// <param name="x">
    /// The input, the batch being its first axis. Types other than Float32 are cast first, so that pictures kept as
    /// <see cref="DType.UNorm8"/> arrive as numbers in [0, 1]; a convolution reads bytes as these numbers without a cast where the backend can.
    /// </param>
    /// <param name="training">Whether the layer behaves as in training (dropout drops, batch normalisation uses the batch).</param>
    /// <returns>A tensor of the innermost scope.</returns>
    /// <exception cref="ShapeMismatchException">The input does not fit; the message names the layer and both shapes.</exception>
    public Tensor Call(Tensor x, bool training = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Call([x], training);
    }

    /// <summary>The output of a layer that joins several inputs, such as <see cref="Concatenate"/>.</summary>
    /// <param name="inputs">The inputs; the layers of this library take one each unless they say otherwise.</param>
    /// <param name="training">Whether the layer behaves as in training.</param>
    /// <inheritdoc cref="Call(Tensor, bool)"/>
    public Tensor Call(IReadOnlyList<Tensor> inputs, bool training = false)
    {
        Tensor[] outputs = CallAll(inputs, training);
        return outputs.Length == 1
            ? outputs[0]
            : throw Named(new ArgumentException($"there are {outputs.Length} outputs; CallAll gives all of them"));
    }

    /// <summary>Makes the weights for inputs of a shape; a second call does nothing.</summary>
    /// <param name="inputShape">The input's shape; its batch extent may be <see cref="Shape.Unknown"/> and does not matter.</param>
    /// <exception cref="ShapeMismatchException">The layer cannot take such an input.</exception>
    public void Build(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Build([inputShape]);
    }

    /// <summary>Makes the weights for several inputs; a second call does nothing.</summary>
    /// <param name="inputShapes">The inputs' shapes.</param>
    /// <inheritdoc cref="Build(Shape)"/>
    public void Build(IReadOnlyList<Shape> inputShapes)
    {
        ArgumentNullException.ThrowIfNull(inputShapes);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Built)
            return;
        Shape[] anyBatches = [.. inputShapes.Select(shape => shape.Rank == 0 ? shape : shape.With(0, Shape.Unknown))];
        Shape anyBatch = anyBatches[0];
        _declaredSpec = InputSpec;
        Layer[] unbuilt = [.. _sublayers.Where(layer => !layer.Built)];
        try
        {
            CheckInputs(anyBatches);
            CreateWeights(anyBatches);
            Built = true;
            InputShape = anyBatch;
            OutputShape = ComputeOutputShapes(anyBatches)[0];
        }
        catch (Exception error)
        {
            // Half-built weights must not survive: another shape may be tried after this one.
            Unbuild();
            foreach (Layer layer in unbuilt.Where(layer => layer.Built))
                layer.Unbuild();
            if (error is ArgumentException wrong && !error.Data.Contains(NamedKey))
                throw Named(wrong);
            throw;
        }
    }

    /// <summary>
    /// The output's shape for an input's shape. Unless overridden, the layer runs once on a single example of zeros.
    /// </summary>
    /// <param name="inputShape">The input's shape, extents that are not known being <see cref="Shape.Unknown"/>.</param>
    /// <exception cref="NotSupportedException">Not overridden, and an extent behind the batch is unknown.</exception>
    public virtual Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        Shape example = inputShape.Rank == 0 ? inputShape : inputShape.With(0, 1);
        if (!example.IsFullyKnown)
        {
            throw new NotSupportedException(
                $"{Title}: the output's shape for {inputShape} is only known from a real input; override ComputeOutputShape");
        }

        return GradientTape.StopRecording(() =>
        {
            using var scope = new TensorScope();
            Shape output = Call(Tensor.Zeros(example)).Shape;
            return output.Rank == 0 ? output : output.With(0, inputShape[0]);
        });
    }

    /// <summary>The output's shape for several inputs' shapes.</summary>
    /// <param name="inputShapes">The inputs' shapes, extents that are not known being <see cref="Shape.Unknown"/>.</param>
    /// <exception cref="ShapeMismatchException">The inputs do not fit together, or are too many.</exception>
    public virtual Shape ComputeOutputShape(IReadOnlyList<Shape> inputShapes) => ComputeOutputShape(Single(inputShapes));

    /// <summary>The number of weights and states.</summary>
    /// <exception cref="InvalidOperationException">The layer is not built yet.</exception>
    public long CountParams()
    {
        CheckHasWeights();
        return Variables.Sum(variable => (long)variable.Shape.Size);
    }

    /// <summary>Gives back the memory of the weights, and of the layers inside.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Type and name, such as <c>Conv2D 'conv2d_1'</c>.</summary>
    public override string ToString() => Title;

    /// <summary>Type and name, as messages begin.</summary>
    internal string Title => $"{GetType().Name} '{_name}'";

    /// <summary>Throws unless an input fits <see cref="InputSpec"/>.</summary>
    internal void CheckInput(Shape shape)
    {
        if (InputSpec is not { } spec || spec.Matches(shape))
            return;
        throw Named(new ShapeMismatchException($"expected input {LayerNames.DescribeInput(spec)}, got {shape}"));
    }

    /// <summary>The same error with the layer in front of its message.</summary>
    internal ArgumentException Named(ArgumentException error)
    {
        string message = $"{Title}: {error.Message}";
        ArgumentException named = error is ShapeMismatchException
            ? new ShapeMismatchException(message, error)
            : new ArgumentException(message, error);
        named.Data[NamedKey] = _name;
        return named;
    }

    /// <summary>All outputs for all inputs; only models have more than one output.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="training">Whether the layer behaves as in training.</param>
    /// <returns>Tensors of the innermost scope.</returns>
    /// <exception cref="ShapeMismatchException">The inputs do not fit; the message names the layer and the shapes.</exception>
    public Tensor[] CallAll(IReadOnlyList<Tensor> inputs, bool training = false)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count == 0)
            throw Named(new ArgumentException("there is no input"));
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!Built)
            Build([.. inputs.Select(input => input.Shape)]);
        CheckInputs([.. inputs.Select(input => input.Shape)]);
        if (Parent is null)
            ClearLosses();
        using Activity? activity = Tracing.Start(Tracing.Forward, Name);
        using var scope = new TensorScope();
        try
        {
            Tensor[] readable = [.. inputs.Select(Readable)];
            Tensor[] outputs = ForwardAll(readable, training);
            foreach (Tensor output in outputs)
            {
                if (ActivityRegularizer is { } regularizer)
                    AddLoss(output.Rank > 0 ? regularizer.Call(output) * (1f / Math.Max(1, output.Shape[0])) : regularizer.Call(output));
                _ = scope.Return(output);
            }

            return outputs;
        }
        catch (ArgumentException error) when (!error.Data.Contains(NamedKey))
        {
            throw Named(error);
        }
    }

    /// <summary>A call that computes layers behind this one as well.</summary>
    /// <param name="x">The input.</param>
    /// <param name="name">What profilers see.</param>
    /// <param name="forward">The function of all of them.</param>
    private protected Tensor CallAs(Tensor x, string name, Func<Tensor, Tensor> forward) => CallAs([x], name, inputs => forward(inputs[0]));

    /// <summary>The same of several inputs.</summary>
    private protected Tensor CallAs(IReadOnlyList<Tensor> inputs, string name, Func<IReadOnlyList<Tensor>, Tensor> forward)
    {
        CheckInputs([.. inputs.Select(input => input.Shape)]);
        using Activity? activity = Tracing.Start(Tracing.Forward, name);
        using var scope = new TensorScope();
        try
        {
            return scope.Return(forward([.. inputs.Select(Readable)]));
        }
        catch (ArgumentException error)
        {
            throw Named(error);
        }
    }

    /// <summary>The output shapes for the inputs' shapes.</summary>
    internal virtual Shape[] ComputeOutputShapes(IReadOnlyList<Shape> inputShapes) => [ComputeOutputShape(inputShapes)];

    /// <summary>Whether inputs of a type reach <see cref="Forward(Tensor, bool)"/> as they are; others are cast to Float32.</summary>
    private protected virtual bool Takes(DType type) => type == DType.Float32;

    /// <summary>An input as the layer reads it.</summary>
    private protected Tensor Readable(Tensor x) => Takes(x.DType) ? x : x.Cast(DType.Float32);

    /// <summary>The outputs for the inputs.</summary>
    private protected virtual Tensor[] ForwardAll(IReadOnlyList<Tensor> inputs, bool training) => [Forward(inputs, training)];

    /// <summary>Makes the weights of a layer with several inputs.</summary>
    /// <param name="inputShapes">The inputs' shapes, the batch extents unknown.</param>
    protected virtual void CreateWeights(IReadOnlyList<Shape> inputShapes) => CreateWeights(Single(inputShapes));

    /// <summary>The function of a layer with several inputs.</summary>
    /// <param name="inputs">The inputs, Float32.</param>
    /// <param name="training">Whether the layer behaves as in training.</param>
    protected virtual Tensor Forward(IReadOnlyList<Tensor> inputs, bool training) => Forward(Single(inputs), training);

    /// <summary>Makes the weights with <see cref="AddWeight"/> and sets <see cref="InputSpec"/>; nothing by default.</summary>
    /// <param name="inputShape">The input's shape, the batch extent unknown.</param>
    protected virtual void CreateWeights(Shape inputShape)
    {
    }

    /// <summary>The function of the layer.</summary>
    /// <param name="x">The input, Float32.</param>
    /// <param name="training">Whether the layer behaves as in training.</param>
    protected abstract Tensor Forward(Tensor x, bool training);

    /// <summary>Makes a weight or a state that the layer owns.</summary>
    /// <param name="name">Its name within the layer, such as <c>kernel</c>.</param>
    /// <param name="shape">Its extents.</param>
    /// <param name="initializer">Its first values.</param>
    /// <param name="trainable">Whether training changes it.</param>
    /// <param name="regularizer">What is added to the loss for it, or null.</param>
    /// <param name="constraint">What its values are brought back to after every step, or null.</param>
    protected Variable AddWeight(
        string name, Shape shape, Initializer initializer, bool trainable = true, Regularizer? regularizer = null, Constraint? constraint = null)
    {
        CheckName(name);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(initializer);
        if (!shape.IsFullyKnown)
            throw new ShapeMismatchException($"the weight '{name}' needs every extent, got {shape}");
        if (_weights.Any(weight => weight.Name == name))
            throw new ArgumentException($"there is a weight '{name}' already", nameof(name));
        Tensor value = GradientTape.StopRecording(() => (WeightPlaceholders.Take(shape) ?? initializer.Call(shape)).Keep());
        var variable = new Variable(FullName(name), value, trainable && Trainable);
        variable.Constraint = constraint is null ? null : constraint.Call;
        _weights.Add(new Weight(name, variable, trainable, regularizer));
        return variable;
    }

    /// <summary>Makes a layer part of this one, which owns it from now on and gives it a name of its own if it has none.</summary>
    /// <typeparam name="T">The layer's type.</typeparam>
    /// <param name="layer">A layer that belongs to no other.</param>
    /// <returns>The same layer.</returns>
    /// <exception cref="ArgumentException">The layer belongs to another one, or its name is taken.</exception>
    protected T AddLayer<T>(T layer)
        where T : Layer
    {
        ArgumentNullException.ThrowIfNull(layer);
        if (layer.Parent is { } parent)
            throw new ArgumentException($"{layer.Title} belongs to {parent.Title} already; a Model of inputs and outputs can share it", nameof(layer));
        if (layer == this)
            throw new ArgumentException("a layer cannot be part of itself", nameof(layer));
        string name = LayerNames.Unique(layer, _sublayers);
        layer.Parent = this;
        layer.Name = name;
        _sublayers.Add(layer);
        if (!Trainable)
            layer.Trainable = false;
        return layer;
    }

    /// <summary>Makes a layer part of this one that may belong to another model, which then goes on owning it.</summary>
    private protected void AddSharedLayer(Layer layer)
    {
        if (layer.Parent is null)
        {
            _ = AddLayer(layer);
            return;
        }

        if (_sublayers.Any(other => other.Name == layer.Name))
            throw new ArgumentException($"two layers are named '{layer.Name}'; every layer of a model needs a name of its own", nameof(layer));
        _sublayers.Add(layer);
    }

    /// <summary>Takes out the layer that was added last, which could not be built.</summary>
    private protected void RemoveLastLayer()
    {
        _sublayers[^1].Parent = null;
        _sublayers.RemoveAt(_sublayers.Count - 1);
    }

    /// <summary>Gives back what the layer owns.</summary>
    /// <param name="disposing">Always true: layers have no finaliser.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        DisposeWeights();
        ForgetAddedLosses();
        foreach (Layer layer in _sublayers.Where(layer => layer.Parent == this))
            layer.Dispose();
    }

    /// <summary>The layer's own states that a call in training changes: none where it is frozen.</summary>
    internal IEnumerable<Variable> OwnStates() => Trainable ? _weights.Where(weight => !weight.Trainable).Select(weight => weight.Variable) : [];

    private static void CheckName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException($"a name has no '/', which separates layers and weights: '{name}'", nameof(name));
    }

    private void Unbuild()
    {
        Built = false;
        InputShape = OutputShape = null;
        InputSpec = _declaredSpec;
        DisposeWeights();
    }

    private void DisposeWeights()
    {
        foreach (Weight weight in _weights)
            weight.Variable.Dispose();
        _weights.Clear();
    }

    private string FullName(string name) => Path is { Length: > 0 } path ? $"{path}/{name}" : name;

    private void RenameWeights()
    {
        foreach (Weight weight in _weights)
            weight.Variable.Name = FullName(weight.Name);
        foreach (Layer layer in _sublayers)
            layer.RenameWeights();
    }

    private void Collect(List<Variable> list, bool trainableOnly)
    {
        foreach (Weight weight in _weights)
        {
            if (!trainableOnly || weight.Variable.Trainable)
                list.Add(weight.Variable);
        }

        foreach (Layer layer in _sublayers)
            layer.Collect(list, trainableOnly);
    }

    private void CheckHasWeights()
    {
        if (!Built)
            throw new InvalidOperationException($"{Title}: call or build the layer first, its weights do not exist yet");
    }

    private static T Single<T>(IReadOnlyList<T> inputs) => inputs is [var only]
        ? only
        : throw new ShapeMismatchException($"expected one input, got {inputs.Count}");

    private void CheckInputs(Shape[] shapes)
    {
        if (shapes is [var only])
            CheckInput(only);
    }

    private sealed record Weight(string Name, Variable Variable, bool Trainable, Regularizer? Regularizer);
}
