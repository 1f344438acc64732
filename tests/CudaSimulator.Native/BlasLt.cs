using System.Runtime.InteropServices;
using Numerics.Backends.Cuda;
using static Numerics.CudaSimulator.Native.Simulator;

namespace Numerics.CudaSimulator.Native;

/// <summary>The functions of cublasLt.h.</summary>
public static unsafe class BlasLt
{
    private const ulong AlgorithmMark = 0x5EED_A160_0000_0001;
    private const ulong WorkspaceNeeded = 1 << 10;

    [UnmanagedCallersOnly(EntryPoint = "cublasLtCreate")]
    public static int cublasLtCreate(nint* handle) => Status(() => *handle = Api.CreateBlasLt());

    [UnmanagedCallersOnly(EntryPoint = "cublasLtDestroy")]
    public static int cublasLtDestroy(nint handle) => Status(() => Api.DestroyBlasLt(handle));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulDescCreate")]
    public static int cublasLtMatmulDescCreate(nint* description, int computeType, int scaleType) => Status(() =>
    {
        Require(scaleType == 0, "the scale is a float");
        *description = Handle(new Description { TensorFloat32 = Blas.IsTensorFloat32(computeType) });
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulDescDestroy")]
    public static int cublasLtMatmulDescDestroy(nint description) => Free(description);

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulDescSetAttribute")]
    public static int cublasLtMatmulDescSetAttribute(nint description, int attribute, void* value, nuint size) => Status(() =>
    {
        Description d = Object<Description>(description);
        Require(size == (attribute == 8 ? sizeof(ulong) : (nuint)sizeof(int)), "the size of an attribute");
        switch (attribute)
        {
            case 3:
                d.TransposeA = *(int*)value == 1;
                break;
            case 4:
                d.TransposeB = *(int*)value == 1;
                break;
            case 7:
                d.Epilogue = *(int*)value;
                break;
            case 8:
                d.Bias = *(ulong*)value;
                break;
            default:
                Require(false, $"unknown attribute {attribute}");
                break;
        }
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatrixLayoutCreate")]
    public static int cublasLtMatrixLayoutCreate(nint* layout, int type, ulong rows, ulong columns, long leading) =>
        Status(() => *layout = Handle(new Layout(Blas.Type(type), (int)rows, (int)columns, (int)leading)));

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatrixLayoutDestroy")]
    public static int cublasLtMatrixLayoutDestroy(nint layout) => Free(layout);

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulPreferenceCreate")]
    public static int cublasLtMatmulPreferenceCreate(nint* preference)
    {
        *preference = Handle(new Preference());
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulPreferenceDestroy")]
    public static int cublasLtMatmulPreferenceDestroy(nint preference) => Free(preference);

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulPreferenceSetAttribute")]
    public static int cublasLtMatmulPreferenceSetAttribute(nint preference, int attribute, void* value, nuint size) => Status(() =>
    {
        Require(attribute == 1 && size == sizeof(ulong), "the preference for a workspace");
        Object<Preference>(preference).WorkspaceBytes = *(ulong*)value;
    });

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmulAlgoGetHeuristic")]
    public static int cublasLtMatmulAlgoGetHeuristic(
        nint handle, nint description, nint a, nint b, nint c, nint d, nint preference, int requested, ulong* results, int* returned) => Status(() =>
        {
            _ = Problem(description, a, b, c, d);
            Require(requested >= 1, "no algorithm requested");

            // Eight words of algorithm, the workspace, status and waves, four words reserved: 96 bytes.
            results[0] = AlgorithmMark;
            results[8] = Math.Min(WorkspaceNeeded, Object<Preference>(preference).WorkspaceBytes);
            results[9] = 0;
            *returned = 1;
        });

    [UnmanagedCallersOnly(EntryPoint = "cublasLtMatmul")]
    public static int cublasLtMatmul(
        nint handle, nint description, float* alpha, ulong a, nint layoutA, ulong b, nint layoutB, float* beta, ulong c, nint layoutC, ulong d, nint layoutD,
        ulong* algorithm, ulong workspace, nuint workspaceBytes, nint stream) => Status(() =>
        {
            Description desc = Object<Description>(description);
            Require(*alpha == 1 && *beta == 0 && c == d && algorithm[0] == AlgorithmMark && workspaceBytes >= WorkspaceNeeded, "cublasLtMatmul");
            Require(desc.Epilogue is 4 or 6, "an epilogue with bias");
            Api.GemmBias(handle, Problem(description, layoutA, layoutB, layoutC, layoutD), a, b, desc.Bias, desc.Epilogue == 6, d, workspace, (long)workspaceBytes, stream);
        });

    private static GemmProblem Problem(nint description, nint a, nint b, nint c, nint d)
    {
        Description desc = Object<Description>(description);
        (Layout left, Layout right, Layout result) = (Object<Layout>(a), Object<Layout>(b), Object<Layout>(d));
        (int m, int k) = desc.TransposeA ? (left.Columns, left.Rows) : (left.Rows, left.Columns);
        (int k2, int n) = desc.TransposeB ? (right.Columns, right.Rows) : (right.Rows, right.Columns);
        Require(k == k2 && m == result.Rows && n == result.Columns && left.Type == right.Type && result.Type == CudaDataType.Float32, "layouts that do not fit");
        Require(Object<Layout>(c) == result, "C and D differ");
        return new GemmProblem(
            desc.TransposeA, desc.TransposeB, m, n, k, left.Leading, right.Leading, result.Leading, OperandType: left.Type, TensorFloat32: desc.TensorFloat32);
    }

    private sealed class Description
    {
        public bool TensorFloat32 { get; init; }

        public bool TransposeA { get; set; }

        public bool TransposeB { get; set; }

        public int Epilogue { get; set; } = 1;

        public ulong Bias { get; set; }
    }

    private sealed record Layout(CudaDataType Type, int Rows, int Columns, int Leading);

    private sealed class Preference
    {
        public ulong WorkspaceBytes { get; set; }
    }
}
