namespace Numerics.Samples.CatsVsDogs;

/// <summary>A file to be written at the end of a long run.</summary>
internal static class OutputFile
{
    /// <summary>Tries now whether the file can be written later: its folder is there and takes files.</summary>
    /// <param name="path">The file, which is not touched.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="UserException">It cannot.</exception>
    public static void CheckWritable(string path, string option)
    {
        if (Directory.Exists(path))
            throw new UserException($"{path}: a folder; {option} names a file");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (File.Exists(folder))
            throw new UserException($"{path}: cannot be written, {folder} is a file, not a folder");
        if (!Directory.Exists(folder))
            throw new UserException($"{path}: cannot be written, there is no folder {folder}");
        try
        {
            string probe = Path.Combine(folder, $".{Guid.NewGuid():N}.tmp");
            new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path}: cannot be written: {OutputFolder.Reason(path, exception)}", exception);
        }

        try
        {
            if (File.Exists(path))
                File.Open(path, FileMode.Open, FileAccess.Write).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path}: is there already and cannot be replaced: {exception.Message}", exception);
        }
    }
}
