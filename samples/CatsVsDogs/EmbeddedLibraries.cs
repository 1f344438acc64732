using System.Reflection;
using System.Runtime.InteropServices;
using HarfBuzzSharp;
using SkiaSharp;

namespace Numerics.Samples.CatsVsDogs;

/// <summary>
/// The native libraries that the program carries inside when it is published as one file compiled ahead of time: written to the user's
/// cache when one is first needed, as the runtime does for its own single files. Otherwise they lie beside the program, and nothing
/// happens here.
/// </summary>
internal static class EmbeddedLibraries
{
    private const string Prefix = "native/";

    /// <summary>Makes the libraries known to those who call them.</summary>
    public static void Register()
    {
        if (!Assembly.GetExecutingAssembly().GetManifestResourceNames().Any(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
            return;
        NativeLibrary.SetDllImportResolver(typeof(SKImageInfo).Assembly, Resolve);
        NativeLibrary.SetDllImportResolver(typeof(Blob).Assembly, Resolve);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        Assembly program = Assembly.GetExecutingAssembly();
        string? resource = program.GetManifestResourceNames().FirstOrDefault(
            candidate => candidate.StartsWith(Prefix, StringComparison.Ordinal) && Path.GetFileNameWithoutExtension(candidate) == name);
        if (resource is null)
            return 0;

        // A build has a folder of its own, so that a file that is there is the right one.
        string file = Path.Combine(
            UserCache.Path, "numerics", $"native-{program.ManifestModule.ModuleVersionId:N}", resource[Prefix.Length..]);
        using (Stream library = program.GetManifestResourceStream(resource)!)
        {
            if (!File.Exists(file) || new FileInfo(file).Length != library.Length)
            {
                byte[] content = new byte[library.Length];
                library.ReadExactly(content);
                _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                WholeFile.Write(file, content);
            }
        }

        return NativeLibrary.Load(file);
    }
}
