namespace Numerics.Backends.Cpu;

/// <summary>What the micro-kernels are made of, from the plainest to the widest; each includes those before it.</summary>
internal enum SimdLevel
{
    /// <summary>One float at a time.</summary>
    Scalar,

    /// <summary>Four floats: SSE, and NEON on ARM64.</summary>
    Vector128,

    /// <summary>Eight floats, with fused multiply-add.</summary>
    Avx2,

    /// <summary>Sixteen floats, and twice as many registers.</summary>
    Avx512,
}
