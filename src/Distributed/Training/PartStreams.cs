using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>
/// Random numbers of the parts of a batch: part 0 has those that a training without parts would have, each other one a stream of its
/// own, so that the numbers do not depend on which process computes a part. At the end, as many have been drawn in every process.
/// </summary>
internal sealed class PartStreams : IDisposable
{
    private readonly RandomGenerator _before = RandomGenerator.Default;
    private readonly ulong _position = RandomGenerator.Default.Position;
    private readonly (Layer Layer, RandomGenerator Before, ulong Position)[] _layers;

    public PartStreams(Model model) =>
        _layers = [.. model.RandomLayers().Select(layer => (layer, layer.OwnRandom!, layer.OwnRandom!.Position))];

    /// <summary>Begins a part.</summary>
    public void Begin(int part)
    {
        RandomGenerator.Default = new RandomGenerator(Seed(_before.Seed, part), _position);
        foreach ((Layer layer, RandomGenerator before, ulong position) in _layers)
            layer.OwnRandom = new RandomGenerator(Seed(before.Seed, part), position);
    }

    public void Dispose()
    {
        RandomGenerator.Default = new RandomGenerator(_before.Seed, RandomGenerator.Default.Position);
        foreach ((Layer layer, RandomGenerator before, _) in _layers)
            layer.OwnRandom = new RandomGenerator(before.Seed, layer.OwnRandom!.Position);
    }

    // The finaliser of SplitMix64: neighbouring parts get unrelated seeds.
    private static ulong Seed(ulong seed, int part)
    {
        if (part == 0)
            return seed;
        ulong z = seed + ((ulong)part * 0x9E3779B97F4A7C15);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
