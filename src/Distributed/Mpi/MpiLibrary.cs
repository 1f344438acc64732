using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>
/// Finds the MPI library when it is first called: in the folders or files of <see cref="PathVariable"/>, then on the loader's path,
/// the launcher's own library first.
/// </summary>
public static class MpiLibrary
{
    /// <summary>The environment variable that names the folders or files to look in first, separated as in PATH.</summary>
    public const string PathVariable = "NUMERICS_MPI_PATH";

    internal const string Name = "numerics-mpi";

    private const string OpenMpiSymbol = "ompi_mpi_comm_world";

    private static readonly Lock s_lock = new();
    private static nint s_handle;
    private static string? s_path;

    /// <summary>Where the library was found; null before it has been needed.</summary>
    public static string? Path => s_path;

    /// <summary>The paths that are tried, in order; a bare name asks the loader.</summary>
    /// <param name="launcher">Whose launcher started this process, or null.</param>
    public static IReadOnlyList<string> Candidates(MpiKind? launcher)
    {
        string[] open = OperatingSystem.IsMacOS() ? ["libmpi.40.dylib", "libmpi.dylib"] : ["libmpi.so.40", "libmpi.so.80", "libmpi.so"];
        string[] mpich = OperatingSystem.IsMacOS() ? ["libmpi.12.dylib", "libmpich.12.dylib"] : ["libmpich.so.12", "libmpi.so.12", "libmpich.so"];
        string[] names = launcher == MpiKind.Mpich ? [.. mpich, .. open] : [.. open, .. mpich];
        string? chosen = Environment.GetEnvironmentVariable(PathVariable);
        string[] places = chosen?.Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return [.. places.SelectMany(place => File.Exists(place) ? [place] : names.Select(name => System.IO.Path.Combine(place, name))), .. names];
    }

    /// <summary>Loads the library.</summary>
    /// <returns>Its kind.</returns>
    /// <exception cref="BackendUnavailableException">There is none; the message says what was tried and what to install.</exception>
    internal static MpiKind Load()
    {
        lock (s_lock)
        {
            if (s_handle == 0)
            {
                NativeImports.Register();
                Open();
            }

            return NativeLibrary.TryGetExport(s_handle, OpenMpiSymbol, out _) ? MpiKind.OpenMpi : MpiKind.Mpich;
        }
    }

    /// <summary>The address of one of the library's objects.</summary>
    internal static nint Symbol(string name) => NativeLibrary.GetExport(s_handle, name);

    internal static nint Handle => s_handle;

    private static void Open()
    {
        IReadOnlyList<string> candidates = Candidates(MpiLaunch.Detect()?.Kind);
        foreach (string candidate in candidates)
        {
            if (!NativeLibrary.TryLoad(candidate, out nint handle))
                continue;
            if (NativeLibrary.TryGetExport(handle, "MPI_Init_thread", out _))
            {
                (s_handle, s_path) = (handle, candidate);
                return;
            }

            NativeLibrary.Free(handle);
        }

        throw new BackendUnavailableException(
            $"MPI was not found; tried {string.Join(", ", candidates.Distinct())}. Install Open MPI (apt-get install openmpi-bin) or MPICH (apt-get install mpich), or name its folder in {PathVariable}");
    }
}
