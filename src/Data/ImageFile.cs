namespace Numerics.Data;

/// <summary>
/// A file of an image directory. Data sets split from one another share these objects, and so what is known of damage.
/// </summary>
/// <param name="path">The path.</param>
/// <param name="label">The index of its class.</param>
internal sealed class ImageFile(string path, int label)
{
    private volatile string? _damage;

    public string Path => path;

    public int Label => label;

    /// <summary>Why the file cannot be decoded; null as long as nobody has found that.</summary>
    public string? Damage
    {
        get => _damage;
        set => _damage = value;
    }
}
