using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>
/// Finds NVIDIA's libraries when they are first called: in the folders of <see cref="PathVariable"/>, on the loader's own path,
/// in the folders where pip puts its wheels and in those of a CUDA toolkit; CUDA 13 before CUDA 12.
/// </summary>
public static class CudaLibraries
{
    /// <summary>The environment variable that names the folders to look in first, separated as in PATH.</summary>
    public const string PathVariable = "NUMERICS_CUDA_PATH";

    internal const string DriverName = "numerics-cuda-driver";
    internal const string BlasName = "numerics-cuda-blas";
    internal const string BlasLtName = "numerics-cuda-blas-lt";
    internal const string DnnName = "numerics-cuda-dnn";

    private static readonly ConcurrentDictionary<CudaLibrary, string> s_found = new();
    private static readonly Lock s_lock = new();
    private static bool s_registered;

    /// <summary>Where each library that has been needed was found.</summary>
    public static IReadOnlyDictionary<CudaLibrary, string> Found => s_found;

    /// <summary>The file names of a library, best first.</summary>
    /// <param name="library">Which library.</param>
    /// <param name="windows">Whether for Windows, else for Linux.</param>
    public static IReadOnlyList<string> FileNames(CudaLibrary library, bool windows) => (library, windows) switch
    {
        (CudaLibrary.Driver, false) => ["libcuda.so.1", "libcuda.so"],
        (CudaLibrary.Driver, true) => ["nvcuda.dll"],
        (CudaLibrary.Blas, false) => ["libcublas.so.13", "libcublas.so.12"],
        (CudaLibrary.Blas, true) => ["cublas64_13.dll", "cublas64_12.dll"],
        (CudaLibrary.BlasLt, false) => ["libcublasLt.so.13", "libcublasLt.so.12"],
        (CudaLibrary.BlasLt, true) => ["cublasLt64_13.dll", "cublasLt64_12.dll"],
        (CudaLibrary.Dnn, false) => ["libcudnn.so.9"],
        (CudaLibrary.Nccl, false) => ["libnccl.so.2"],
        (CudaLibrary.Nccl, true) => ["nccl.dll"],
        _ => ["cudnn64_9.dll"],
    };

    /// <summary>The paths that are tried for a library, in order; a bare name asks the loader.</summary>
    public static IReadOnlyList<string> Candidates(CudaLibrary library)
    {
        bool windows = OperatingSystem.IsWindows();
        IReadOnlyList<string> names = FileNames(library, windows);
        string? chosen = Environment.GetEnvironmentVariable(PathVariable);
        string[] first = chosen?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return
        [
            .. from folder in first from name in names select Path.Combine(folder, name),
            .. names,
            .. from folder in OtherFolders(windows) from name in names let path = Path.Combine(folder, name) where File.Exists(path) select path,
        ];
    }

    /// <summary>Where a library is, or which paths were tried in vain; for <c>info</c> commands.</summary>
    public static string Locate(CudaLibrary library)
    {
        try
        {
            _ = Load(library);
            return $"{Title(library)}: {s_found[library]}";
        }
        catch (BackendUnavailableException error)
        {
            return error.Message;
        }
    }

    /// <summary>Makes the bindings' names resolve; needed once, before the first call.</summary>
    internal static void Register()
    {
        lock (s_lock)
        {
            if (s_registered)
                return;
            NativeLibrary.SetDllImportResolver(typeof(CudaLibraries).Assembly, Resolve);
            s_registered = true;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name switch
    {
        DriverName => Load(CudaLibrary.Driver),
        BlasName => Load(CudaLibrary.Blas),
        BlasLtName => Load(CudaLibrary.BlasLt),
        DnnName => Load(CudaLibrary.Dnn),
        _ => 0,
    };

    /// <summary>Loads a library.</summary>
    /// <exception cref="BackendUnavailableException">It was not found; the message says what was tried.</exception>
    internal static nint Load(CudaLibrary library)
    {
        // cuBLAS depends on cuBLASLt, which the loader would not find in a wheel's folder by itself.
        if (library == CudaLibrary.Blas)
            _ = Load(CudaLibrary.BlasLt);
        IReadOnlyList<string> candidates = Candidates(library);
        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out nint handle))
            {
                s_found.TryAdd(library, candidate);
                return handle;
            }
        }

        throw new BackendUnavailableException($"{Title(library)} was not found; tried {string.Join(", ", candidates)}");
    }

    private static string Title(CudaLibrary library) => library switch
    {
        CudaLibrary.Driver => "the NVIDIA driver",
        CudaLibrary.Blas => "cuBLAS",
        CudaLibrary.BlasLt => "cuBLASLt",
        CudaLibrary.Nccl => "NCCL",
        _ => "cuDNN 9",
    };

    private static IEnumerable<string> OtherFolders(bool windows)
    {
        foreach (string site in SitePackages(windows))
        {
            // nvidia/cu13/lib, nvidia/cublas/lib, nvidia/cudnn/lib; on Windows bin, and since CUDA 13 bin/x86_64.
            foreach (string package in Folders(Path.Combine(site, "nvidia")).Order(StringComparer.Ordinal))
            {
                yield return Path.Combine(package, windows ? "bin" : "lib");
                if (windows)
                    yield return Path.Combine(package, "bin", "x86_64");
            }
        }

        string? toolkit = Environment.GetEnvironmentVariable("CUDA_PATH");
        if (!string.IsNullOrEmpty(toolkit))
            yield return Path.Combine(toolkit, windows ? "bin" : "lib64");
        if (windows)
            yield break;
        foreach (string folder in Folders("/usr/local").Where(folder => Path.GetFileName(folder).StartsWith("cuda", StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal))
            yield return Path.Combine(folder, "lib64");
        yield return "/usr/lib/wsl/lib";
    }

    private static IEnumerable<string> SitePackages(bool windows)
    {
        var roots = new List<string?>
        {
            Environment.GetEnvironmentVariable("VIRTUAL_ENV"),
            Environment.GetEnvironmentVariable("CONDA_PREFIX"),
        };
        if (!windows)
            roots.AddRange([Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local"), "/usr/local", "/usr"]);
        foreach (string root in roots.OfType<string>().Where(root => root.Length > 0))
        {
            if (windows)
            {
                yield return Path.Combine(root, "Lib", "site-packages");
                continue;
            }

            foreach (string python in Folders(Path.Combine(root, "lib")).Where(folder => Path.GetFileName(folder).StartsWith("python3", StringComparison.Ordinal)))
            {
                yield return Path.Combine(python, "site-packages");
                yield return Path.Combine(python, "dist-packages");
            }
        }
    }

    private static string[] Folders(string parent) => Directory.Exists(parent) ? Directory.GetDirectories(parent) : [];
}
