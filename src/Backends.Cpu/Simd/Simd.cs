using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Which micro-kernels this process uses: the best that machine and runtime have, or less where
/// <see cref="CpuBackend.SimdVariable"/> says so. Decided once. By the time a kernel is compiled with optimisations a backend
/// exists, and with it the decision, so the JIT sees a constant.
/// </summary>
internal static class Simd
{
    private static readonly (SimdLevel Level, string? Error) s_choice =
        Choose(Environment.GetEnvironmentVariable(CpuBackend.SimdVariable), Available);

    /// <summary>The level in use.</summary>
    public static readonly SimdLevel Level = s_choice.Level;

    /// <summary>The best level of this machine and runtime.</summary>
    public static SimdLevel Available =>
        Vector512.IsHardwareAccelerated ? SimdLevel.Avx512
        : Vector256.IsHardwareAccelerated ? SimdLevel.Avx2
        : Vector128.IsHardwareAccelerated ? SimdLevel.Vector128
        : SimdLevel.Scalar;

    /// <summary>How many vector registers the level has.</summary>
    public static int Registers
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Level == SimdLevel.Avx512 || AdvSimd.Arm64.IsSupported ? 32 : 16;
    }

    /// <summary>Fails where the variable asks for what is not there: a run must not measure or test something else than it says.</summary>
    /// <exception cref="ArgumentException">The variable's text is no level, or one that machine or runtime lack.</exception>
    public static void ThrowIfNotAvailable()
    {
        if (s_choice.Error is not null)
            throw new ArgumentException(s_choice.Error);
    }

    /// <summary>The name of a level, as the variable has it.</summary>
    public static string Name(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 => "avx512",
        SimdLevel.Avx2 => "avx2",
        SimdLevel.Vector128 => "vector128",
        _ => "scalar",
    };

    /// <summary>The level that a text asks for, or what is wrong with it.</summary>
    /// <param name="text">The variable's text; null or blank for the best level.</param>
    /// <param name="available">The best level of machine and runtime.</param>
    /// <returns>The level, and a message if the text does not name one that is available.</returns>
    internal static (SimdLevel Level, string? Error) Choose(string? text, SimdLevel available)
    {
        if (string.IsNullOrWhiteSpace(text))
            return (available, null);
        foreach (SimdLevel level in Enum.GetValues<SimdLevel>())
        {
            if (!string.Equals(text.Trim(), Name(level), StringComparison.OrdinalIgnoreCase))
                continue;
            return level <= available
                ? (level, null)
                : (available, $"{CpuBackend.SimdVariable}: {Name(level)} asked for, but machine and runtime have {Names(available)} only");
        }

        return (available, $"{CpuBackend.SimdVariable}: expected {Names(SimdLevel.Avx512)}, got '{text}'");
    }

    private static string Names(SimdLevel best) =>
        string.Join(", ", Enum.GetValues<SimdLevel>().Where(level => level <= best).OrderDescending().Select(Name));
}
