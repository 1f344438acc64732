namespace Numerics.Backends.Cuda;

/// <summary>
/// A convolution as cuDNN describes it: cross-correlation, x [N, H, W, C], w [K, R, S, C / groups], y [N, P, Q, K], all packed,
/// padded by the same number of zeros on both sides: P = ⌊(H + 2·PadH - DilationH·(R - 1) - 1) / StrideH⌋ + 1.
/// </summary>
/// <param name="N">Pictures.</param>
/// <param name="H">Rows of the input.</param>
/// <param name="W">Columns of the input.</param>
/// <param name="C">Channels of the input.</param>
/// <param name="K">Channels of the output.</param>
/// <param name="R">Rows of the kernel.</param>
/// <param name="S">Columns of the kernel.</param>
/// <param name="P">Rows of the output.</param>
/// <param name="Q">Columns of the output.</param>
/// <param name="PadH">Zero rows above and below.</param>
/// <param name="PadW">Zero columns left and right.</param>
/// <param name="StrideH">Rows between windows.</param>
/// <param name="StrideW">Columns between windows.</param>
/// <param name="DilationH">Rows between taps.</param>
/// <param name="DilationW">Columns between taps.</param>
/// <param name="Groups">Independent channel groups.</param>
/// <param name="Type">The type of x, w and y; sums are Float32.</param>
/// <param name="TensorFloat32">
/// Whether Float32 operands may be rounded to 10 bits of mantissa (CUDNN_DEFAULT_MATH instead of CUDNN_FMA_MATH).
/// </param>
public readonly record struct DnnConvolution(
    int N,
    int H,
    int W,
    int C,
    int K,
    int R,
    int S,
    int P,
    int Q,
    int PadH,
    int PadW,
    int StrideH,
    int StrideW,
    int DilationH,
    int DilationW,
    int Groups,
    CudaDataType Type = CudaDataType.Float32,
    bool TensorFloat32 = false);
