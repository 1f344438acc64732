namespace Numerics.Data;

/// <summary>A file that a data set leaves out.</summary>
/// <param name="Path">The file; within an archive, the archive's path and the name in it.</param>
/// <param name="Reason">Why, such as "empty file".</param>
public sealed record DroppedFile(string Path, string Reason)
{
    /// <summary>Path and reason in one line.</summary>
    public override string ToString() => $"{Path}: {Reason}";
}
