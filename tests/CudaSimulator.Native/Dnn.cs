using System.Runtime.InteropServices;
using Numerics.Backends.Cuda;
using static Numerics.CudaSimulator.Native.Simulator;

namespace Numerics.CudaSimulator.Native;

/// <summary>The functions of cudnn_ops.h and cudnn_cnn.h.</summary>
public static unsafe class Dnn
{
    private static readonly nint s_text = Marshal.StringToCoTaskMemUTF8("the simulator refused");

    [UnmanagedCallersOnly(EntryPoint = "cudnnGetVersion")]
    public static nuint cudnnGetVersion() => 91_000;

    [UnmanagedCallersOnly(EntryPoint = "cudnnGetErrorString")]
    public static nint cudnnGetErrorString(int status) => s_text;

    [UnmanagedCallersOnly(EntryPoint = "cudnnCreate")]
    public static int cudnnCreate(nint* handle) => Status(() => *handle = Api.CreateDnn());

    [UnmanagedCallersOnly(EntryPoint = "cudnnDestroy")]
    public static int cudnnDestroy(nint handle) => Status(() => Api.DestroyDnn(handle));

    [UnmanagedCallersOnly(EntryPoint = "cudnnSetStream")]
    public static int cudnnSetStream(nint handle, nint stream) => Status(() => Api.SetDnnStream(handle, stream));

    [UnmanagedCallersOnly(EntryPoint = "cudnnCreateTensorDescriptor")]
    public static int cudnnCreateTensorDescriptor(nint* descriptor) => Create(descriptor, new Pictures());

    [UnmanagedCallersOnly(EntryPoint = "cudnnSetTensor4dDescriptor")]
    public static int cudnnSetTensor4dDescriptor(nint descriptor, int format, int type, int n, int c, int h, int w) => Status(() =>
    {
        Require(format == 1, "NHWC");
        Object<Pictures>(descriptor).Set(Type(type), n, c, h, w);
    });

    [UnmanagedCallersOnly(EntryPoint = "cudnnDestroyTensorDescriptor")]
    public static int cudnnDestroyTensorDescriptor(nint descriptor) => Free(descriptor);

    [UnmanagedCallersOnly(EntryPoint = "cudnnCreateFilterDescriptor")]
    public static int cudnnCreateFilterDescriptor(nint* descriptor) => Create(descriptor, new Kernel());

    [UnmanagedCallersOnly(EntryPoint = "cudnnSetFilter4dDescriptor")]
    public static int cudnnSetFilter4dDescriptor(nint descriptor, int type, int format, int k, int c, int h, int w) => Status(() =>
    {
        Require(format == 1, "NHWC");
        Object<Kernel>(descriptor).Set(Type(type), k, c, h, w);
    });

    [UnmanagedCallersOnly(EntryPoint = "cudnnDestroyFilterDescriptor")]
    public static int cudnnDestroyFilterDescriptor(nint descriptor) => Free(descriptor);

    [UnmanagedCallersOnly(EntryPoint = "cudnnCreateConvolutionDescriptor")]
    public static int cudnnCreateConvolutionDescriptor(nint* descriptor) => Create(descriptor, new Convolution());

    [UnmanagedCallersOnly(EntryPoint = "cudnnSetConvolution2dDescriptor")]
    public static int cudnnSetConvolution2dDescriptor(
        nint descriptor, int padH, int padW, int strideH, int strideW, int dilationH, int dilationW, int mode, int computeType) => Status(() =>
        {
            Require(mode == 1 && computeType == 0, "cross-correlation with sums in floats");
            Convolution c = Object<Convolution>(descriptor);
            (c.PadH, c.PadW, c.StrideH, c.StrideW, c.DilationH, c.DilationW) = (padH, padW, strideH, strideW, dilationH, dilationW);
        });

    [UnmanagedCallersOnly(EntryPoint = "cudnnSetConvolutionGroupCount")]
    public static int cudnnSetConvolutionGroupCount(nint descriptor, int groups)
    {
        Object<Convolution>(descriptor).Groups = groups;
        return 0;
    }

    [UnmanagedCallersOnly(EntryPoint = "cudnnSetConvolutionMathType")]
    public static int cudnnSetConvolutionMathType(nint descriptor, int mathType) => Status(() =>
    {
        Require(mathType is 0 or 3, "default or FMA arithmetic");
        Object<Convolution>(descriptor).MathType = mathType;
    });

    [UnmanagedCallersOnly(EntryPoint = "cudnnDestroyConvolutionDescriptor")]
    public static int cudnnDestroyConvolutionDescriptor(nint descriptor) => Free(descriptor);

    [UnmanagedCallersOnly(EntryPoint = "cudnnGetConvolutionForwardAlgorithm_v7")]
    public static int cudnnGetConvolutionForwardAlgorithm(
        nint handle, nint x, nint w, nint convolution, nint y, int requested, int* returned, Performance* results) =>
        Algorithms(handle, DnnDirection.Forward, x, w, y, convolution, requested, returned, results);

    [UnmanagedCallersOnly(EntryPoint = "cudnnGetConvolutionBackwardDataAlgorithm_v7")]
    public static int cudnnGetConvolutionBackwardDataAlgorithm(
        nint handle, nint w, nint dy, nint convolution, nint dx, int requested, int* returned, Performance* results) =>
        Algorithms(handle, DnnDirection.BackwardData, dx, w, dy, convolution, requested, returned, results);

    [UnmanagedCallersOnly(EntryPoint = "cudnnGetConvolutionBackwardFilterAlgorithm_v7")]
    public static int cudnnGetConvolutionBackwardFilterAlgorithm(
        nint handle, nint x, nint dy, nint convolution, nint dw, int requested, int* returned, Performance* results) =>
        Algorithms(handle, DnnDirection.BackwardFilter, x, dw, dy, convolution, requested, returned, results);

    [UnmanagedCallersOnly(EntryPoint = "cudnnFindConvolutionForwardAlgorithmEx")]
    public static int cudnnFindConvolutionForwardAlgorithmEx(
        nint handle, nint x, ulong xData, nint w, ulong wData, nint convolution, nint y, ulong yData, int requested, int* returned, Performance* results,
        ulong workspace, nuint bytes) => Measure(handle, DnnDirection.Forward, x, xData, w, wData, y, yData, convolution, requested, returned, results, workspace, bytes);

    [UnmanagedCallersOnly(EntryPoint = "cudnnFindConvolutionBackwardDataAlgorithmEx")]
    public static int cudnnFindConvolutionBackwardDataAlgorithmEx(
        nint handle, nint w, ulong wData, nint dy, ulong dyData, nint convolution, nint dx, ulong dxData, int requested, int* returned, Performance* results,
        ulong workspace, nuint bytes) => Measure(handle, DnnDirection.BackwardData, dx, dxData, w, wData, dy, dyData, convolution, requested, returned, results, workspace, bytes);

    [UnmanagedCallersOnly(EntryPoint = "cudnnFindConvolutionBackwardFilterAlgorithmEx")]
    public static int cudnnFindConvolutionBackwardFilterAlgorithmEx(
        nint handle, nint x, ulong xData, nint dy, ulong dyData, nint convolution, nint dw, ulong dwData, int requested, int* returned, Performance* results,
        ulong workspace, nuint bytes) => Measure(handle, DnnDirection.BackwardFilter, x, xData, dw, dwData, dy, dyData, convolution, requested, returned, results, workspace, bytes);

    [UnmanagedCallersOnly(EntryPoint = "cudnnConvolutionForward")]
    public static int cudnnConvolutionForward(
        nint handle, float* alpha, nint x, ulong xData, nint w, ulong wData, nint convolution, int algorithm, ulong workspace, nuint bytes, float* beta, nint y,
        ulong yData) => Status(() =>
        {
            Require(*alpha == 1 && *beta == 0, "factors 1 and 0");
            DnnConvolution c = Describe(x, w, y, convolution);
            Api.ConvolutionForward(handle, c, Algorithm(handle, DnnDirection.Forward, c, algorithm), xData, wData, yData, workspace, (long)bytes);
        });

    [UnmanagedCallersOnly(EntryPoint = "cudnnConvolutionBackwardData")]
    public static int cudnnConvolutionBackwardData(
        nint handle, float* alpha, nint w, ulong wData, nint dy, ulong dyData, nint convolution, int algorithm, ulong workspace, nuint bytes, float* beta, nint dx,
        ulong dxData) => Status(() =>
        {
            Require(*alpha == 1 && *beta == 0, "factors 1 and 0");
            DnnConvolution c = Describe(dx, w, dy, convolution);
            Api.ConvolutionBackwardData(handle, c, Algorithm(handle, DnnDirection.BackwardData, c, algorithm), wData, dyData, dxData, workspace, (long)bytes);
        });

    [UnmanagedCallersOnly(EntryPoint = "cudnnConvolutionBackwardFilter")]
    public static int cudnnConvolutionBackwardFilter(
        nint handle, float* alpha, nint x, ulong xData, nint dy, ulong dyData, nint convolution, int algorithm, ulong workspace, nuint bytes, float* beta, nint dw,
        ulong dwData) => Status(() =>
        {
            Require(*alpha == 1 && *beta == 0, "factors 1 and 0");
            DnnConvolution c = Describe(x, dw, dy, convolution);
            Api.ConvolutionBackwardFilter(handle, c, Algorithm(handle, DnnDirection.BackwardFilter, c, algorithm), xData, dyData, dwData, workspace, (long)bytes);
        });

    private static int Create(nint* handle, object descriptor)
    {
        *handle = Handle(descriptor);
        return 0;
    }

    private static CudaDataType Type(int type) => type switch
    {
        0 => CudaDataType.Float32,
        9 => CudaDataType.BFloat16,
        _ => throw new CudaException(CudaLibrary.Dnn, "type", 3000, "not supported"),
    };

    private static int Algorithms(
        nint handle, DnnDirection direction, nint x, nint w, nint y, nint convolution, int requested, int* returned, Performance* results) =>
        Status(() => Write(Api.GetAlgorithms(handle, direction, Describe(x, w, y, convolution)), convolution, requested, returned, results));

    private static int Measure(
        nint handle, DnnDirection direction, nint x, ulong xData, nint w, ulong wData, nint y, ulong yData, nint convolution, int requested, int* returned,
        Performance* results, ulong workspace, nuint bytes) => Status(() => Write(
            Api.MeasureAlgorithms(handle, direction, Describe(x, w, y, convolution), xData, wData, yData, workspace, (long)bytes), convolution, requested, returned, results));

    // One that fails comes first, as cuDNN lists them too.
    private static void Write(IReadOnlyList<DnnAlgorithm> algorithms, nint convolution, int requested, int* returned, Performance* results)
    {
        Require(requested > algorithms.Count, "room for all algorithms");
        results[0] = new Performance { Algorithm = 7, Status = 3000, Determinism = 1 };
        for (int i = 0; i < algorithms.Count; i++)
        {
            results[i + 1] = new Performance
            {
                Algorithm = algorithms[i].Id,
                Milliseconds = i,
                Memory = (nuint)algorithms[i].WorkspaceBytes,
                Determinism = algorithms[i].Deterministic ? 1 : 0,
                MathType = Object<Convolution>(convolution).MathType,
            };
        }

        *returned = algorithms.Count + 1;
    }

    private static DnnAlgorithm Algorithm(nint handle, DnnDirection direction, in DnnConvolution c, int id)
    {
        foreach (DnnAlgorithm algorithm in Api.GetAlgorithms(handle, direction, c))
        {
            if (algorithm.Id == id)
                return algorithm;
        }

        throw new CudaException(CudaLibrary.Dnn, "algorithm", 3000, "not supported");
    }

    private static DnnConvolution Describe(nint x, nint w, nint y, nint convolution)
    {
        (Pictures input, Kernel kernel, Pictures output, Convolution c) =
            (Object<Pictures>(x), Object<Kernel>(w), Object<Pictures>(y), Object<Convolution>(convolution));
        Require(input.N == output.N && kernel.N == output.C && kernel.C * c.Groups == input.C, "channels that do not fit");
        Require(input.Type == kernel.Type && input.Type == output.Type, "one type");
        return new DnnConvolution(
            input.N, input.H, input.W, input.C, output.C, kernel.H, kernel.W, output.H, output.W, c.PadH, c.PadW, c.StrideH, c.StrideW, c.DilationH, c.DilationW,
            c.Groups, input.Type, c.MathType == 0 && input.Type == CudaDataType.Float32);
    }

    /// <summary>cudnnConvolutionFwdAlgoPerf_t as a C compiler lays it out.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 48)]
    public struct Performance
    {
        [FieldOffset(0)]
        public int Algorithm;

        [FieldOffset(4)]
        public int Status;

        [FieldOffset(8)]
        public float Milliseconds;

        [FieldOffset(16)]
        public nuint Memory;

        [FieldOffset(24)]
        public int Determinism;

        [FieldOffset(28)]
        public int MathType;
    }

    private class Pictures
    {
        public CudaDataType Type { get; private set; }

        public int N { get; private set; }

        public int C { get; private set; }

        public int H { get; private set; }

        public int W { get; private set; }

        public void Set(CudaDataType type, int n, int c, int h, int w) => (Type, N, C, H, W) = (type, n, c, h, w);
    }

    private sealed class Kernel : Pictures;

    private sealed class Convolution
    {
        public int PadH, PadW, StrideH, StrideW, DilationH, DilationW, Groups, MathType;
    }
}
