using System.Diagnostics;

namespace Numerics.Tensors;

/// <summary>Finds tensors that nobody disposed: made outside of every scope, then forgotten.</summary>
public static class TensorDiagnostics
{
    private static long s_forgotten;

    /// <summary>
    /// Whether every tensor remembers where it was made, so that a forgotten one can say so through <see cref="Trace"/>. Slow;
    /// for debugging. The environment variable NUMERICS_TRACE_TENSORS=1 turns it on from the start.
    /// </summary>
    public static bool TraceOrigins { get; set; } = Environment.GetEnvironmentVariable("NUMERICS_TRACE_TENSORS") == "1";

    /// <summary>How many tensors the garbage collector found undisposed so far. Their memory went back to the pool late.</summary>
    public static long ForgottenTensors => Interlocked.Read(ref s_forgotten);

    internal static void ReportForgotten(Tensor tensor, string? origin)
    {
        _ = Interlocked.Increment(ref s_forgotten);
        if (origin is not null)
            Trace.TraceWarning($"a tensor {tensor.DType} {tensor.Shape} was never disposed; it was made here:{Environment.NewLine}{origin}");
    }
}
