namespace Numerics.Data;

/// <summary>A file that holds no whole picture.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">What is wrong with it, such as "empty file".</param>
public sealed record DamagedFile(string Path, string Reason)
{
    /// <summary>Path and reason in one line.</summary>
    public override string ToString() => $"{Path}: {Reason}";
}
