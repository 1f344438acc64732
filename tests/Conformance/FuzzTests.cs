using System.Globalization;
using System.Runtime.InteropServices;
using Numerics.Backends.Cpu;
using Numerics.Tests.Reference;

namespace Numerics.Tests.Conformance;

/// <summary>
/// The CPU backend on random shapes, other ones in each run: against the reference, in guarded memory, and with several threads, more than
/// there are cores, against one. <c>NUMERICS_FUZZ_CASES</c> says how many cases of each kind; a failure says which
/// <c>NUMERICS_FUZZ_SEED</c> repeats it. An access beyond a block ends the process: <c>NUMERICS_FUZZ_LOG</c> names a file whose last line then
/// is the case.
/// </summary>
public sealed class FuzzTests
{
    private const int DefaultCases = 20;

    public static TheoryData<string> Kinds => [.. FuzzOps.Kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Random_shapes(string kind)
    {
        if (Variable("SEED") is { } seed)
        {
            Run(kind, int.Parse(seed, CultureInfo.InvariantCulture));
            return;
        }

        int cases = Variable("CASES") is { } count ? int.Parse(count, CultureInfo.InvariantCulture) : DefaultCases;
        for (int i = 0; i < cases; i++)
            Run(kind, Random.Shared.Next());
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable($"NUMERICS_FUZZ_{name}");

    private static void Run(string kind, int seed)
    {
        var shapes = new FuzzShapes(new Random(seed));
        FuzzCase fuzz = FuzzOps.Kinds[kind](shapes);
        int threads = shapes.Between(2, 8);
        string what = $"NUMERICS_FUZZ_SEED={seed}, {kind}: {fuzz.Name}";
        if (Variable("LOG") is { } log)
            File.AppendAllText(log, what + Environment.NewLine);

        List<float[]> single, several;
        using (var backend = new CpuBackend(1, GuardedMemory.Create(atEnd: true)))
            single = fuzz.Run(backend, (ulong)seed, tensor => tensor.ToArray());
        using (var backend = new CpuBackend(threads, GuardedMemory.Create(atEnd: shapes.Flip())))
            several = fuzz.Run(backend, (ulong)seed, tensor => tensor.ToArray());
        for (int part = 0; part < single.Count; part++)
        {
            Assert.True(
                MemoryMarshal.AsBytes(single[part].AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(several[part].AsSpan())),
                $"{what}: result {part} of {threads} threads has other bits than that of one");
        }

        if (fuzz.Tolerance == FuzzCase.None)
            return;
        using var reference = new ReferenceBackend();
        List<Real[]> expected = fuzz.Run(reference, (ulong)seed, ReferenceBackend.Read);
        for (int part = 0; part < expected.Count; part++)
        {
            for (int i = 0; i < expected[part].Length; i++)
            {
                Assert.True(
                    fuzz.Accepts(expected[part][i], single[part][i]),
                    $"{what}: element {i} of {expected[part].Length} of result {part} is {single[part][i]:G9}, expected {expected[part][i].Value:G9} with {expected[part][i].Error:G3} units of error");
            }
        }
    }
}
