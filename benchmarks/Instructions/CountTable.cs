using System.Globalization;
using Numerics.Backends.Cuda;
using Numerics.CudaSimulator;
using Numerics.CudaSimulator.Ptx;
using Numerics.Tensors;

namespace Numerics.Benchmarks.Instructions;

/// <summary>
/// A table of what kernels execute for an element of their input: instructions of the committed PTX that a warp issues, for all its 32 lanes,
/// whether they take part or not, since an idle lane takes as long as a busy one; and bytes of the sectors that accesses to global memory touch,
/// beside those that the op has to move. Live registers are an estimate of those that a thread needs, of which a multiprocessor has 65,536.
/// </summary>
internal sealed class CountTable : IDisposable
{
    private const int Lanes = 32, SectorBytes = 32;

    private static readonly InstructionClass[] s_classes =
    [
        InstructionClass.Float32, InstructionClass.Integer, InstructionClass.Float64, InstructionClass.Conversion, InstructionClass.Division,
        InstructionClass.Shuffle, InstructionClass.Shared, InstructionClass.Global, InstructionClass.Control,
    ];

    private readonly string _wanted;
    private readonly SimulatedCudaApi _api = new() { ComputeCapability = 80, CountInstructions = true };
    private readonly CudaBackend _backend;

    public CountTable(string wanted, CudaPrecision precision = CudaPrecision.Float32)
    {
        (_wanted, _backend) = (wanted, new CudaBackend(_api, options: new CudaOptions(precision)));
        Console.WriteLine($"| op | input | all | {string.Join(" | ", s_classes.Select(c => c.ToString().ToLowerInvariant()))} | busy lanes, % | live registers | bytes touched | needed |");
        Console.WriteLine($"| --- | --- |{string.Concat(Enumerable.Repeat(" --- |", s_classes.Length + 5))}");
    }

    public Tensor Uniform(int rows, int columns, uint stream) => Tensor.RandomUniform((rows, columns), 0.01f, 0.99f, new RandomKey(1, stream), _backend);

    /// <summary>What a convolution gives, in the precision's type.</summary>
    public Tensor Stored(int rows, int columns, uint stream) =>
        Uniform(rows, columns, stream).Reshape(1, rows, columns, 1).Conv2D(Tensor.Ones((1, 1, 1, 1), _backend)).Reshape(rows, columns);

    public Tensor Empty(int rows, int columns) => Tensor.Empty(_backend, (rows, columns));

    public void Count(string op, string input, double neededBytes, int elements, Action<CudaBackend> launch)
    {
        if (!op.Contains(_wanted, StringComparison.Ordinal))
            return;
        _backend.Synchronize();
        _ = _api.TakeProfiles();
        launch(_backend);
        _backend.Synchronize();
        IReadOnlyCollection<KernelProfile> profiles = [.. _api.TakeProfiles().Values];

        // Moves of registers and reads of arguments are what a device's compiler removes.
        InstructionCount[] counts = [.. profiles.SelectMany(profile => profile.Instructions).Where(count => count.Class != InstructionClass.Move)];
        double scale = (double)Lanes / elements, all = counts.Sum(count => count.Issued);
        string classes = string.Join(" | ", s_classes.Select(c => Number(scale * counts.Where(count => count.Class == c).Sum(count => count.Issued))));
        double touched = (double)SectorBytes * profiles.Sum(profile => profile.LoadedSectors + profile.StoredSectors) / elements;
        Console.WriteLine($"| {op} | {input} | {Number(scale * all)} | {classes} | {100 * counts.Sum(count => count.Lanes) / (Lanes * all):F0} | {profiles.Max(profile => profile.LiveRegisters)} | {Number(touched)} | {Number(neededBytes)} |");
    }

    public void Dispose()
    {
        _backend.Dispose();
        _api.Dispose();
    }

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
