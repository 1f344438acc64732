namespace Numerics.Data;

/// <summary>A file in a tar archive.</summary>
/// <param name="Name">Its path within the archive.</param>
/// <param name="Offset">Where its content starts.</param>
/// <param name="Length">How many bytes it has.</param>
internal sealed record TarEntry(string Name, long Offset, long Length);
