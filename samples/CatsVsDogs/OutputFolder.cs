namespace Numerics.Samples.CatsVsDogs;

/// <summary>A folder for several files.</summary>
internal static class OutputFolder
{
    /// <summary>Makes the folder unless it is there, and checks that it takes files, before the long work that fills it.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="UserException">It cannot be made, or takes no files.</exception>
    public static void Create(string path, string option)
    {
        if (File.Exists(path))
            throw new UserException($"{path}: a file; {option} names a folder");
        try
        {
            _ = Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{path}: cannot be made: {exception.Message}", exception);
        }

        OutputFile.CheckWritable(Path.Combine(path, $"{Guid.NewGuid():N}.tmp"));
    }
}
