using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Numerics.Backends.Cuda;

/// <summary>cuBLASLt's functions, as cublasLt.h declares them; all return a cublasStatus_t.</summary>
internal static unsafe partial class CuBlasLt
{
    private const string Library = CudaLibraries.BlasLtName;

    [LibraryImport(Library)]
    internal static partial int cublasLtCreate(nint* handle);

    [LibraryImport(Library)]
    internal static partial int cublasLtDestroy(nint handle);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulDescCreate(nint* description, int computeType, int scaleType);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulDescDestroy(nint description);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulDescSetAttribute(nint description, int attribute, void* value, nuint size);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatrixLayoutCreate(nint* layout, int type, ulong rows, ulong columns, long leading);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatrixLayoutDestroy(nint layout);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulPreferenceCreate(nint* preference);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulPreferenceDestroy(nint preference);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulPreferenceSetAttribute(nint preference, int attribute, void* value, nuint size);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmulAlgoGetHeuristic(
        nint handle, nint description, nint a, nint b, nint c, nint d, nint preference, int requested, HeuristicResult* results, int* returned);

    [LibraryImport(Library)]
    internal static partial int cublasLtMatmul(
        nint handle,
        nint description,
        void* alpha,
        ulong a,
        nint layoutA,
        ulong b,
        nint layoutB,
        void* beta,
        ulong c,
        nint layoutC,
        ulong d,
        nint layoutD,
        Algorithm* algorithm,
        ulong workspace,
        nuint workspaceBytes,
        nint stream);

    /// <summary>cublasLtMatmulAlgo_t: 64 opaque bytes.</summary>
    [InlineArray(8)]
    internal struct Algorithm
    {
        private ulong _word;
    }

    /// <summary>cublasLtMatmulHeuristicResult_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct HeuristicResult
    {
        public Algorithm Algorithm;
        public nuint WorkspaceBytes;
        public int State;
        public float Waves;
        public Reserved Unused;
    }

    /// <summary>Four words for later versions.</summary>
    [InlineArray(4)]
    internal struct Reserved
    {
        private int _word;
    }
}
