using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Numerics.Backends.Cuda;

/// <summary>cuDNN's functions, as cudnn_graph.h, cudnn_ops.h and cudnn_cnn.h of version 9 declare them; most return a cudnnStatus_t.</summary>
internal static unsafe partial class CuDnn
{
    private const string Library = CudaLibraries.DnnName;

    [LibraryImport(Library)]
    internal static partial nuint cudnnGetVersion();

    [LibraryImport(Library)]
    internal static partial byte* cudnnGetErrorString(int status);

    [LibraryImport(Library)]
    internal static partial int cudnnCreate(nint* handle);

    [LibraryImport(Library)]
    internal static partial int cudnnDestroy(nint handle);

    [LibraryImport(Library)]
    internal static partial int cudnnSetStream(nint handle, nint stream);

    [LibraryImport(Library)]
    internal static partial int cudnnCreateTensorDescriptor(nint* descriptor);

    [LibraryImport(Library)]
    internal static partial int cudnnSetTensor4dDescriptor(nint descriptor, int format, int type, int n, int c, int h, int w);

    [LibraryImport(Library)]
    internal static partial int cudnnDestroyTensorDescriptor(nint descriptor);

    [LibraryImport(Library)]
    internal static partial int cudnnCreateFilterDescriptor(nint* descriptor);

    [LibraryImport(Library)]
    internal static partial int cudnnSetFilter4dDescriptor(nint descriptor, int type, int format, int k, int c, int h, int w);

    [LibraryImport(Library)]
    internal static partial int cudnnDestroyFilterDescriptor(nint descriptor);

    [LibraryImport(Library)]
    internal static partial int cudnnCreateConvolutionDescriptor(nint* descriptor);

    [LibraryImport(Library)]
    internal static partial int cudnnSetConvolution2dDescriptor(
        nint descriptor, int padH, int padW, int strideH, int strideW, int dilationH, int dilationW, int mode, int computeType);

    [LibraryImport(Library)]
    internal static partial int cudnnSetConvolutionGroupCount(nint descriptor, int groups);

    [LibraryImport(Library)]
    internal static partial int cudnnSetConvolutionMathType(nint descriptor, int mathType);

    [LibraryImport(Library)]
    internal static partial int cudnnDestroyConvolutionDescriptor(nint descriptor);

    [LibraryImport(Library)]
    internal static partial int cudnnGetConvolutionForwardAlgorithm_v7(
        nint handle, nint x, nint w, nint convolution, nint y, int requested, int* returned, Performance* results);

    [LibraryImport(Library)]
    internal static partial int cudnnGetConvolutionBackwardDataAlgorithm_v7(
        nint handle, nint w, nint dy, nint convolution, nint dx, int requested, int* returned, Performance* results);

    [LibraryImport(Library)]
    internal static partial int cudnnGetConvolutionBackwardFilterAlgorithm_v7(
        nint handle, nint x, nint dy, nint convolution, nint dw, int requested, int* returned, Performance* results);

    [LibraryImport(Library)]
    internal static partial int cudnnFindConvolutionForwardAlgorithmEx(
        nint handle, nint x, ulong xData, nint w, ulong wData, nint convolution, nint y, ulong yData, int requested, int* returned, Performance* results, ulong workspace, nuint workspaceBytes);

    [LibraryImport(Library)]
    internal static partial int cudnnFindConvolutionBackwardDataAlgorithmEx(
        nint handle, nint w, ulong wData, nint dy, ulong dyData, nint convolution, nint dx, ulong dxData, int requested, int* returned, Performance* results, ulong workspace, nuint workspaceBytes);

    [LibraryImport(Library)]
    internal static partial int cudnnFindConvolutionBackwardFilterAlgorithmEx(
        nint handle, nint x, ulong xData, nint dy, ulong dyData, nint convolution, nint dw, ulong dwData, int requested, int* returned, Performance* results, ulong workspace, nuint workspaceBytes);

    [LibraryImport(Library)]
    internal static partial int cudnnConvolutionForward(
        nint handle, void* alpha, nint x, ulong xData, nint w, ulong wData, nint convolution, int algorithm, ulong workspace, nuint workspaceBytes, void* beta, nint y, ulong yData);

    [LibraryImport(Library)]
    internal static partial int cudnnConvolutionBackwardData(
        nint handle, void* alpha, nint w, ulong wData, nint dy, ulong dyData, nint convolution, int algorithm, ulong workspace, nuint workspaceBytes, void* beta, nint dx, ulong dxData);

    [LibraryImport(Library)]
    internal static partial int cudnnConvolutionBackwardFilter(
        nint handle, void* alpha, nint x, ulong xData, nint dy, ulong dyData, nint convolution, int algorithm, ulong workspace, nuint workspaceBytes, void* beta, nint dw, ulong dwData);

    /// <summary>cudnnConvolutionFwdAlgoPerf_t and its two siblings.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Performance
    {
        public int Algorithm;
        public int Status;
        public float Milliseconds;
        public nuint WorkspaceBytes;
        public int Determinism;
        public int MathType;
        public Reserved Unused;
    }

    /// <summary>Three words for later versions.</summary>
    [InlineArray(3)]
    internal struct Reserved
    {
        private int _word;
    }
}
