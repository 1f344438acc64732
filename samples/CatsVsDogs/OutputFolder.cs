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
            throw new UserException($"{path}: cannot be made: {Reason(path, exception)}", exception);
        }

        OutputFile.CheckWritable(Path.Combine(path, $"{Guid.NewGuid():N}.tmp"), option);
    }

    /// <summary>Why something cannot be written: the system only says that it could not find a part of the path, or not which one is in the way.</summary>
    /// <param name="path">What was to be made.</param>
    /// <param name="exception">What the system says.</param>
    public static string Reason(string path, Exception exception)
    {
        string place = Path.GetFullPath(path);
        do
            place = Path.GetDirectoryName(place) ?? place;
        while (!Path.Exists(place));
        if (File.Exists(place))
            return $"{place} is a file, not a folder";
        return exception is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException
            ? $"nothing can be written into {place}"
            : exception.Message;
    }
}
