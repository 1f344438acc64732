using Microsoft.Win32.SafeHandles;

namespace Numerics.Data;

/// <summary>Opens files to read them.</summary>
internal static class InputFile
{
    /// <summary>Opens a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The path is a folder's, which the operating system only calls a lack of permission.</exception>
    public static SafeFileHandle Open(string path, FileOptions options)
    {
        try
        {
            return File.OpenHandle(path, options: options);
        }
        catch (UnauthorizedAccessException error) when (Directory.Exists(path))
        {
            throw new InvalidDataException($"{path}: a folder, expected a file", error);
        }
    }
}
