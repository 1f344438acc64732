using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// A layer, with those behind it that are computed together with it: a convolution with bias and ReLU and the max-pooling behind it; a sum or a
/// batch normalisation and the ReLU behind it; a normalisation, with its ReLU or without, and the convolution before it, whose kernel takes the
/// normalisation's factor as soon as that does not depend on the batch.
/// </summary>
internal sealed class LayerRun
{
    /// <summary>The most layers of a run.</summary>
    public const int MostLayers = 3;

    private readonly MaxPooling2D? _pool;
    private readonly BatchNormalization? _normalization;
    private readonly bool _relu;
    private readonly string _nameBehindFirst;

    private LayerRun(IReadOnlyList<Layer> layers, MaxPooling2D? pool, BatchNormalization? normalization, bool relu)
    {
        (Layers, _pool, _normalization, _relu) = (layers, pool, normalization, relu);
        _nameBehindFirst = string.Join(" + ", layers.Skip(1).Select(layer => layer.Name));
        Name = layers.Count == 1 ? layers[0].Name : $"{layers[0].Name} + {_nameBehindFirst}";
    }

    /// <summary>The layers, in order.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>What profilers see.</summary>
    public string Name { get; }

    /// <summary>The longest run that starts with a layer.</summary>
    /// <param name="chain">
    /// The layer and those behind it, up to <see cref="MostLayers"/>, each the only one that reads what the one before gives, and reading nothing else.
    /// </param>
    public static LayerRun Of(ReadOnlySpan<Layer> chain)
    {
        if (chain is [Conv2D { CanFusePooling: true }, MaxPooling2D { ActivityRegularizer: null } pool, ..])
            return new LayerRun([.. chain[..2]], pool, null, false);
        if (chain is [Add { ActivityRegularizer: null }, .. var behindSum] && StartsInRelu(behindSum))
            return new LayerRun([.. chain[..2]], null, null, true);
        int before = chain is [Convolution { TakesScale: true }, ..] ? 1 : 0;
        if (chain[before..] is not [BatchNormalization { ActivityRegularizer: null } normalization, .. var behind])
            return new LayerRun([chain[0]], null, null, false);
        bool relu = StartsInRelu(behind);
        int count = before + 1 + (relu ? 1 : 0);
        return new LayerRun([.. chain[..count]], null, count > 1 ? normalization : null, relu);
    }

    /// <summary>The last layer's outputs.</summary>
    /// <param name="inputs">The first layer's inputs.</param>
    /// <param name="training">Whether the layers behave as in training.</param>
    public Tensor[] Call(IReadOnlyList<Tensor> inputs, bool training)
    {
        Layer first = Layers[0];
        if (_pool is not null)
            return [((Conv2D)first).CallPooled(inputs[0], _pool, Name)];
        if (_normalization is null)
            return _relu ? [((Add)first).CallRelu(inputs, training, Name)] : first.CallAll(inputs, training);
        if (first == _normalization)
            return [_normalization.CallRelu(inputs[0], training, Name)];
        if (!_normalization.UsesBatch(training))
            return [((Convolution)first).CallNormalized(inputs[0], _normalization, _relu, Name)];
        Tensor y = first.Call(inputs, training);
        return [_relu ? _normalization.CallRelu(y, training, _nameBehindFirst) : _normalization.Call(y, training)];
    }

    private static bool StartsInRelu(ReadOnlySpan<Layer> layers) =>
        layers is [ReLU { IsPlain: true, ActivityRegularizer: null } or Activation { IsRelu: true, ActivityRegularizer: null }, ..];
}
