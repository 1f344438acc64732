using static Numerics.Backends.Cuda.CuDnn;

namespace Numerics.Backends.Cuda;

/// <summary>cuDNN's descriptors of a convolution and its three tensors.</summary>
internal sealed unsafe class DnnDescriptors : IDisposable
{
    /// <summary>CUDNN_DEFAULT_MATH: Float32 operands may be rounded to TF32.</summary>
    public const int DefaultMath = 0;

    // CUDNN_FMA_MATH, CUDNN_TENSOR_NHWC, cudnnDataType_t, CUDNN_CROSS_CORRELATION.
    private const int FmaMath = 3;
    private const int Nhwc = 1;
    private const int Real32 = 0;
    private const int RealBrain16 = 9;
    private const int CrossCorrelation = 1;

    public DnnDescriptors(in DnnConvolution c)
    {
        int type = c.Type == CudaDataType.BFloat16 ? RealBrain16 : Real32;
        X = Tensor(type, c.N, c.C, c.H, c.W);
        Y = Tensor(type, c.N, c.K, c.P, c.Q);
        nint created;
        NativeCudaApi.CheckDnn(cudnnCreateFilterDescriptor(&created), nameof(cudnnCreateFilterDescriptor));
        W = created;
        NativeCudaApi.CheckDnn(cudnnSetFilter4dDescriptor(W, type, Nhwc, c.K, c.C / c.Groups, c.R, c.S), nameof(cudnnSetFilter4dDescriptor));
        NativeCudaApi.CheckDnn(cudnnCreateConvolutionDescriptor(&created), nameof(cudnnCreateConvolutionDescriptor));
        Convolution = created;
        NativeCudaApi.CheckDnn(
            cudnnSetConvolution2dDescriptor(Convolution, c.PadH, c.PadW, c.StrideH, c.StrideW, c.DilationH, c.DilationW, CrossCorrelation, Real32),
            nameof(cudnnSetConvolution2dDescriptor));
        NativeCudaApi.CheckDnn(cudnnSetConvolutionGroupCount(Convolution, c.Groups), nameof(cudnnSetConvolutionGroupCount));
    }

    public nint X { get; }

    public nint W { get; }

    public nint Y { get; }

    public nint Convolution { get; }

    /// <summary>The arithmetic without TF32; for bfloat16 the default, which is exact for its operands.</summary>
    public static int StrictMath(in DnnConvolution c) => c.Type == CudaDataType.BFloat16 ? DefaultMath : FmaMath;

    public void SetMathType(int mathType) =>
        NativeCudaApi.CheckDnn(cudnnSetConvolutionMathType(Convolution, mathType), nameof(cudnnSetConvolutionMathType));

    public void Dispose()
    {
        _ = cudnnDestroyTensorDescriptor(X);
        _ = cudnnDestroyTensorDescriptor(Y);
        _ = cudnnDestroyFilterDescriptor(W);
        _ = cudnnDestroyConvolutionDescriptor(Convolution);
    }

    private static nint Tensor(int type, int n, int c, int h, int w)
    {
        nint created;
        NativeCudaApi.CheckDnn(cudnnCreateTensorDescriptor(&created), nameof(cudnnCreateTensorDescriptor));
        NativeCudaApi.CheckDnn(cudnnSetTensor4dDescriptor(created, Nhwc, type, n, c, h, w), nameof(cudnnSetTensor4dDescriptor));
        return created;
    }
}
