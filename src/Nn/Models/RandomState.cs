using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The state of <see cref="RandomGenerator.Default"/>.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Position">The number of keys handed out.</param>
internal readonly record struct RandomState(ulong Seed, ulong Position)
{
    /// <summary>The state at this moment.</summary>
    public static RandomState Now => new(RandomGenerator.Default.Seed, RandomGenerator.Default.Position);

    /// <summary>Brings the generator back to this state.</summary>
    public void Restore() => RandomGenerator.Default = new RandomGenerator(Seed, Position);
}
