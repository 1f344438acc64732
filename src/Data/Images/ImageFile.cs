namespace Numerics.Data;

/// <summary>
/// A picture's file, in a folder or within an archive. Data sets split from one another share these objects, and so what is known
/// of a file that is left out.
/// </summary>
/// <param name="path">Its path; within an archive, the archive's path and the name in it.</param>
/// <param name="label">The index of its class.</param>
internal abstract class ImageFile(string path, int label)
{
    private volatile string? _dropped;

    public string Path => path;

    public int Label => label;

    /// <summary>Why the file is left out; null as long as nobody has found a reason.</summary>
    public string? Dropped
    {
        get => _dropped;
        set => _dropped = value;
    }

    /// <summary>What tells this content from another without reading it: lengths, times, checksums.</summary>
    public abstract string Fingerprint { get; }

    /// <summary>Reads the encoded picture.</summary>
    /// <param name="longest">The length from which on a file is not read.</param>
    /// <param name="damage">What is wrong with the file, if it is not read.</param>
    /// <exception cref="IOException">The file, or the archive, cannot be read.</exception>
    public abstract RentedBytes? Read(long longest, out string? damage);

    /// <summary>Refuses a length that is not wanted.</summary>
    protected static bool Fits(long length, long longest, out string? damage)
    {
        longest = Math.Min(longest, Array.MaxLength);
        damage = length == 0 ? "empty file" : length > longest ? $"refused: {length} bytes, more than the limit of {longest}" : null;
        return damage is null;
    }
}
