using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
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
        Option<bool> json = JsonOption.Create("all of it");
        var command = new Command("info", "Shows version, backend, machine and default paths.") { json };
        command.SetAction(arguments =>
        {
            if (arguments.GetValue(json))
                JsonOption.Write(terminal, Document());
            else
                Write(terminal.Out);
        });
        return command;
    }

    private static string Version =>
        typeof(Tensor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static long MemoryBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static string Weights => Path.GetFullPath(TrainCommand.DefaultOutput);

    private static void Write(TextWriter writer)
    {
        Backend backend = Backend.Default;
        writer.WriteLine($"numerics   {Version}");
        writer.WriteLine($"backend    {backend.Name}: {backend.Description}");
        foreach (string line in CudaLines())
            writer.WriteLine($"cuda       {line}");
        writer.WriteLine($"cores      {Environment.ProcessorCount}");
        writer.WriteLine($"vectors    {CpuBackend.VectorBits} bits");
        writer.WriteLine($"memory     {MemoryBytes / (double)(1L << 30):F1} GiB for this process");
        writer.WriteLine($"runtime    {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
        string drawings = DrawingSet.DefaultPath, weights = Weights;
        writer.WriteLine($"drawings   {drawings}{(DrawingSet.Exists(drawings) ? "" : " (not drawn yet)")}");
        writer.WriteLine($"weights    {weights}{(File.Exists(weights) ? "" : " (not written yet)")}");
    }

    private static JsonObject Document()
    {
        Backend backend = Backend.Default;
        string drawings = DrawingSet.DefaultPath, weights = Weights;
        return new JsonObject
        {
            ["version"] = Version,
            ["backend"] = new JsonObject { ["name"] = backend.Name, ["description"] = backend.Description },
            ["cuda"] = JsonOption.List(CudaLines().Select(line => (JsonNode?)line)),
            ["cores"] = Environment.ProcessorCount,
            ["vector_bits"] = CpuBackend.VectorBits,
            ["memory_bytes"] = MemoryBytes,
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["os"] = RuntimeInformation.OSDescription,
            ["drawings"] = new JsonObject { ["path"] = drawings, ["exists"] = DrawingSet.Exists(drawings) },
            ["weights"] = new JsonObject { ["path"] = weights, ["exists"] = File.Exists(weights) },
        };
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
