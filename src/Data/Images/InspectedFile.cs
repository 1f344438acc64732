namespace Numerics.Data;

/// <summary>What is known of a picture's file after a look at all of it.</summary>
/// <param name="Path">The file; within an archive, the archive's path and the name in it.</param>
/// <param name="Label">The index of its class.</param>
/// <param name="Length">Its length in bytes, 0 when it cannot be read.</param>
/// <param name="Format">What it is by its content.</param>
/// <param name="Height">Its height in pixels as stored; 0 when that is not to be found out.</param>
/// <param name="Width">Its width in pixels as stored.</param>
/// <param name="Sha256">The hash of its content in hexadecimal; empty when it cannot be read.</param>
/// <param name="HasEarlyJfif">Whether <see cref="FilePolicy.Tfds"/> takes it, if it can be decoded.</param>
/// <param name="HasJfif">Whether <see cref="FilePolicy.Keras"/> takes it, if it can be decoded.</param>
/// <param name="Damage">Why it cannot be decoded; null when it can.</param>
public sealed record InspectedFile(
    string Path, int Label, int Length, ImageFormat Format, int Height, int Width, string Sha256, bool HasEarlyJfif, bool HasJfif, string? Damage)
{
    /// <summary>Whether a policy takes the file.</summary>
    /// <param name="policy">The policy; <see cref="FilePolicy.Strict"/> counts as <see cref="FilePolicy.Decodable"/> here.</param>
    public bool IsTakenBy(FilePolicy policy) => Damage is null && policy switch
    {
        FilePolicy.Tfds => HasEarlyJfif,
        FilePolicy.Keras => HasJfif,
        _ => true,
    };
}
