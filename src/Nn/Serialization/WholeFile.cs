namespace Numerics.Nn;

/// <summary>Files that are complete or not there: written beside their place and renamed.</summary>
internal static class WholeFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="IOException">The file cannot be written; what was there before still is. The message names the file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, Action<FileStream> write)
    {
        string full = Path.GetFullPath(path), temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        if (Directory.Exists(full))
            throw new IOException($"{path}: a folder, expected a file");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception error) when (error.Message.Contains(temporary, StringComparison.Ordinal))
        {
            // Nobody gave the file the name that the system complains of.
            string message = error.Message.Replace(temporary, full, StringComparison.Ordinal);
            throw error switch
            {
                UnauthorizedAccessException => new UnauthorizedAccessException(message, error),
                DirectoryNotFoundException => new DirectoryNotFoundException(message, error),
                IOException => new IOException(message, error),
                _ => error,
            };
        }
        finally
        {
            // Gone after the move; left over only by a failure. Where there is no folder, not even a deletion would do.
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }
}
