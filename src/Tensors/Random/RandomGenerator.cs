namespace Numerics.Tensors;

/// <summary>
/// Hands out streams of random numbers in order. Its whole state is a seed and a count, so it can be saved, restored and
/// reproduced exactly. Safe for several threads.
/// </summary>
/// <param name="seed">The seed.</param>
/// <param name="position">The number of keys already handed out.</param>
public sealed class RandomGenerator(ulong seed, ulong position = 0)
{
    private ulong _position = position;

    /// <summary>
    /// The generator that layers and initialisers use when they are given no seed. It starts from seed 0: a program gives the
    /// same numbers on every run unless it asks for others with <see cref="SetSeed"/>.
    /// </summary>
    /// <remarks>Set it to bring a state back that was saved as <see cref="Seed"/> and <see cref="Position"/>.</remarks>
    public static RandomGenerator Default { get; set; } = new(0);

    /// <summary>The seed.</summary>
    public ulong Seed { get; } = seed;

    /// <summary>How many keys have been handed out.</summary>
    public ulong Position => Interlocked.Read(ref _position);

    /// <summary>Restarts <see cref="Default"/> from a seed, as <c>keras.utils.set_random_seed</c> does.</summary>
    /// <param name="seed">Any number.</param>
    public static void SetSeed(ulong seed) => Default = new RandomGenerator(seed);

    /// <summary>Passes over keys, as if they had been handed out.</summary>
    /// <param name="count">How many.</param>
    public void Skip(ulong count) => _ = Interlocked.Add(ref _position, count);

    /// <summary>The next stream.</summary>
    public RandomKey Next() => new(Seed, Interlocked.Increment(ref _position) - 1);
}
