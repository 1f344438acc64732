using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cuda.Tests;

public sealed class CudaLibrariesTests
{
    [Fact]
    public void The_newer_version_comes_first()
    {
        Assert.Equal(["libcublas.so.13", "libcublas.so.12"], CudaLibraries.FileNames(CudaLibrary.Blas, windows: false));
        Assert.Equal(["cublasLt64_13.dll", "cublasLt64_12.dll"], CudaLibraries.FileNames(CudaLibrary.BlasLt, windows: true));
        Assert.Equal(["nvcuda.dll"], CudaLibraries.FileNames(CudaLibrary.Driver, windows: true));
        Assert.Equal(["libcudnn.so.9"], CudaLibraries.FileNames(CudaLibrary.Dnn, windows: false));
    }

    [Fact]
    public void The_folder_that_the_user_names_is_tried_before_the_loaders_path_and_wheels_after_it()
    {
        string root = Directory.CreateTempSubdirectory("numerics").FullName, wheel = Path.Combine(root, "lib", "python3.13", "site-packages", "nvidia", "cudnn", "lib");
        string? path = Environment.GetEnvironmentVariable(CudaLibraries.PathVariable), environment = Environment.GetEnvironmentVariable("VIRTUAL_ENV");
        try
        {
            Directory.CreateDirectory(wheel);
            File.WriteAllText(Path.Combine(wheel, "libcudnn.so.9"), "");
            Environment.SetEnvironmentVariable(CudaLibraries.PathVariable, $"/first{Path.PathSeparator}/second");
            Environment.SetEnvironmentVariable("VIRTUAL_ENV", root);
            if (OperatingSystem.IsWindows())
                return;
            IReadOnlyList<string> tried = CudaLibraries.Candidates(CudaLibrary.Dnn);
            Assert.Equal(["/first/libcudnn.so.9", "/second/libcudnn.so.9", "libcudnn.so.9", Path.Combine(wheel, "libcudnn.so.9")], tried.Take(4));
        }
        finally
        {
            Environment.SetEnvironmentVariable(CudaLibraries.PathVariable, path);
            Environment.SetEnvironmentVariable("VIRTUAL_ENV", environment);
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void Structures_have_the_sizes_of_the_headers()
    {
        Assert.Equal(64, Unsafe.SizeOf<CuBlasLt.Algorithm>());
        Assert.Equal(96, Unsafe.SizeOf<CuBlasLt.HeuristicResult>());
        Assert.Equal(48, Unsafe.SizeOf<CuDnn.Performance>());
    }
}
