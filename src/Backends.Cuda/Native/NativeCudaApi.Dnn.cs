using System.Runtime.InteropServices;
using static Numerics.Backends.Cuda.CuDnn;

namespace Numerics.Backends.Cuda;

/// <content>cuDNN.</content>
public sealed unsafe partial class NativeCudaApi
{
    private const int MaxAlgorithms = 16;

    private readonly Dictionary<DnnConvolution, DnnDescriptors> _descriptors = [];

    /// <inheritdoc/>
    public nint CreateDnn()
    {
        nint handle;
        CheckDnn(cudnnCreate(&handle), nameof(cudnnCreate));
        return handle;
    }

    /// <inheritdoc/>
    public void DestroyDnn(nint dnn) => CheckDnn(cudnnDestroy(dnn), nameof(cudnnDestroy));

    /// <inheritdoc/>
    public void SetDnnStream(nint dnn, nint stream) => CheckDnn(cudnnSetStream(dnn, stream), nameof(cudnnSetStream));

    /// <inheritdoc/>
    public IReadOnlyList<DnnAlgorithm> GetAlgorithms(nint dnn, DnnDirection direction, in DnnConvolution convolution)
    {
        DnnDescriptors d = Descriptors(convolution);
        d.SetMathType(convolution.TensorFloat32 ? DnnDescriptors.DefaultMath : DnnDescriptors.StrictMath(convolution));
        Performance* results = stackalloc Performance[MaxAlgorithms];
        int count = 0;
        switch (direction)
        {
            case DnnDirection.Forward:
                CheckDnn(
                    cudnnGetConvolutionForwardAlgorithm_v7(dnn, d.X, d.W, d.Convolution, d.Y, MaxAlgorithms, &count, results),
                    nameof(cudnnGetConvolutionForwardAlgorithm_v7));
                break;
            case DnnDirection.BackwardData:
                CheckDnn(
                    cudnnGetConvolutionBackwardDataAlgorithm_v7(dnn, d.W, d.Y, d.Convolution, d.X, MaxAlgorithms, &count, results),
                    nameof(cudnnGetConvolutionBackwardDataAlgorithm_v7));
                break;
            default:
                CheckDnn(
                    cudnnGetConvolutionBackwardFilterAlgorithm_v7(dnn, d.X, d.Y, d.Convolution, d.W, MaxAlgorithms, &count, results),
                    nameof(cudnnGetConvolutionBackwardFilterAlgorithm_v7));
                break;
        }

        return Usable(new ReadOnlySpan<Performance>(results, count));
    }

    /// <inheritdoc/>
    public IReadOnlyList<DnnAlgorithm> MeasureAlgorithms(
        nint dnn, DnnDirection direction, in DnnConvolution convolution, ulong x, ulong w, ulong y, ulong workspace, long workspaceBytes)
    {
        DnnDescriptors d = Descriptors(convolution);
        d.SetMathType(convolution.TensorFloat32 ? DnnDescriptors.DefaultMath : DnnDescriptors.StrictMath(convolution));
        Performance* results = stackalloc Performance[MaxAlgorithms];
        int count = 0;
        nuint bytes = (nuint)workspaceBytes;
        switch (direction)
        {
            case DnnDirection.Forward:
                CheckDnn(
                    cudnnFindConvolutionForwardAlgorithmEx(dnn, d.X, x, d.W, w, d.Convolution, d.Y, y, MaxAlgorithms, &count, results, workspace, bytes),
                    nameof(cudnnFindConvolutionForwardAlgorithmEx));
                break;
            case DnnDirection.BackwardData:
                CheckDnn(
                    cudnnFindConvolutionBackwardDataAlgorithmEx(dnn, d.W, w, d.Y, y, d.Convolution, d.X, x, MaxAlgorithms, &count, results, workspace, bytes),
                    nameof(cudnnFindConvolutionBackwardDataAlgorithmEx));
                break;
            default:
                CheckDnn(
                    cudnnFindConvolutionBackwardFilterAlgorithmEx(dnn, d.X, x, d.Y, y, d.Convolution, d.W, w, MaxAlgorithms, &count, results, workspace, bytes),
                    nameof(cudnnFindConvolutionBackwardFilterAlgorithmEx));
                break;
        }

        return Usable(new ReadOnlySpan<Performance>(results, count));
    }

    /// <inheritdoc/>
    public void ConvolutionForward(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong x, ulong w, ulong y, ulong workspace, long workspaceBytes)
    {
        DnnDescriptors d = Descriptors(convolution);
        d.SetMathType(algorithm.MathType);
        float one = 1, zero = 0;
        CheckDnn(
            cudnnConvolutionForward(dnn, &one, d.X, x, d.W, w, d.Convolution, algorithm.Id, workspace, (nuint)workspaceBytes, &zero, d.Y, y),
            nameof(cudnnConvolutionForward));
    }

    /// <inheritdoc/>
    public void ConvolutionBackwardData(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong w, ulong dy, ulong dx, ulong workspace, long workspaceBytes)
    {
        DnnDescriptors d = Descriptors(convolution);
        d.SetMathType(algorithm.MathType);
        float one = 1, zero = 0;
        CheckDnn(
            cudnnConvolutionBackwardData(dnn, &one, d.W, w, d.Y, dy, d.Convolution, algorithm.Id, workspace, (nuint)workspaceBytes, &zero, d.X, dx),
            nameof(cudnnConvolutionBackwardData));
    }

    /// <inheritdoc/>
    public void ConvolutionBackwardFilter(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong x, ulong dy, ulong dw, ulong workspace, long workspaceBytes)
    {
        DnnDescriptors d = Descriptors(convolution);
        d.SetMathType(algorithm.MathType);
        float one = 1, zero = 0;
        CheckDnn(
            cudnnConvolutionBackwardFilter(dnn, &one, d.X, x, d.Y, dy, d.Convolution, algorithm.Id, workspace, (nuint)workspaceBytes, &zero, d.W, dw),
            nameof(cudnnConvolutionBackwardFilter));
    }

    private static DnnAlgorithm[] Usable(ReadOnlySpan<Performance> results)
    {
        var usable = new List<DnnAlgorithm>();
        foreach (Performance result in results)
        {
            if (result.Status == 0)
                usable.Add(new DnnAlgorithm(result.Algorithm, (long)result.WorkspaceBytes, result.Determinism == 1, result.MathType));
        }

        return [.. usable];
    }

    private DnnDescriptors Descriptors(in DnnConvolution convolution)
    {
        if (!_descriptors.TryGetValue(convolution, out DnnDescriptors? descriptors))
            _descriptors[convolution] = descriptors = new DnnDescriptors(convolution);
        return descriptors;
    }

    internal static void CheckDnn(int status, string call)
    {
        if (status != 0)
            throw new CudaException(CudaLibrary.Dnn, call, status, Marshal.PtrToStringUTF8((nint)cudnnGetErrorString(status)) ?? "unknown");
    }
}
