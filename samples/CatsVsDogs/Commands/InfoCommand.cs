using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Numerics.Backends.Cpu;
using Numerics.Backends.Cuda;
using Numerics.Samples.CatsVsDogs.Drawings;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>info</c>: what the program runs on.</summary>
internal static class InfoCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("info", "Shows version, backend, machine and default paths.");
        command.SetAction(_ => Run(terminal.Out));
        return command;
    }

    private static void Run(TextWriter writer)
    {
        Backend backend = Backend.Default;
        string version = typeof(Tensor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        writer.WriteLine($"numerics   {version.Split('+')[0]}");
        writer.WriteLine($"backend    {backend.Name}: {backend.Description}");
        foreach (string line in CudaLines())
            writer.WriteLine($"cuda       {line}");
        writer.WriteLine($"cores      {Environment.ProcessorCount}");
        writer.WriteLine($"vectors    {CpuBackend.VectorBits} bits");
        writer.WriteLine($"memory     {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30):F1} GiB for this process");
        writer.WriteLine($"runtime    {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
        string drawings = DrawingSet.DefaultPath, weights = Path.GetFullPath(TrainCommand.DefaultOutput);
        writer.WriteLine($"drawings   {drawings}{(DrawingSet.Exists(drawings) ? "" : " (not drawn yet)")}");
        writer.WriteLine($"weights    {weights}{(File.Exists(weights) ? "" : " (not written yet)")}");
    }

    // Each device with its libraries, or why there is none.
    private static IEnumerable<string> CudaLines()
    {
        try
        {
            using var api = new NativeCudaApi();
            int devices = api.DeviceCount;
            if (devices == 0)
                return [$"{api.Description}, no device"];
            return
            [
                .. Enumerable.Range(0, devices).Select(device =>
                {
                    CudaDeviceInfo info = api.GetDeviceInfo(device);
                    return $"cuda:{device}: {info.Name}, compute capability {info.ComputeCapability / 10}.{info.ComputeCapability % 10}, "
                        + $"{info.Multiprocessors} multiprocessors, {info.MemoryBytes >> 20} MiB; {api.Description}";
                }),
                .. new[] { CudaLibrary.Blas, CudaLibrary.BlasLt, CudaLibrary.Dnn }.Select(CudaLibraries.Locate),
            ];
        }
        catch (BackendUnavailableException error)
        {
            return [$"none: {error.Message}"];
        }
    }
}
