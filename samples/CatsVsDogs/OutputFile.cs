namespace Numerics.Samples.CatsVsDogs;

/// <summary>A file to be written at the end of a long run.</summary>
internal static class OutputFile
{
    /// <summary>Tries now whether the file can be written later: its folder is there and takes files.</summary>
    /// <param name="path">The file, which is not touched.</param>
    /// <exception cref="UserException">It cannot.</exception>
    public static void CheckWritable(string path)
    {
        if (Directory.Exists(path))
            throw new UserException($"{path}: a folder; --output names a file");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
            throw new UserException($"{path}: cannot be written, there is no folder {folder}");
        try
        {
            string probe = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
            if (File.Exists(path))
                File.Open(path, FileMode.Open, FileAccess.Write).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path}: cannot be written: {exception.Message}", exception);
        }
    }
}
