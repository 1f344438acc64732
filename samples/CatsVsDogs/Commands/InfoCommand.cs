using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Numerics.Backends.Cpu;
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
        writer.WriteLine("cuda       not built in yet");
        writer.WriteLine($"cores      {Environment.ProcessorCount}");
        writer.WriteLine($"vectors    {CpuBackend.VectorBits} bits");
        writer.WriteLine($"memory     {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30):F1} GiB for this process");
        writer.WriteLine($"runtime    {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
        writer.WriteLine($"drawings   {DrawingSet.DefaultPath}{(DrawingSet.Exists(DrawingSet.DefaultPath) ? "" : " (not drawn yet)")}");
        writer.WriteLine($"weights    {Path.GetFullPath(TrainCommand.DefaultOutput)}{(File.Exists(TrainCommand.DefaultOutput) ? "" : " (not written yet)")}");
    }
}
