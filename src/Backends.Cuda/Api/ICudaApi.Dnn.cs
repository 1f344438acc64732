namespace Numerics.Backends.Cuda;

/// <content>cuDNN's convolutions. Pictures are NHWC, kernels KRSC: [out, height, width, in / groups].</content>
public partial interface ICudaApi
{
    /// <summary>A cuDNN handle (cudnnCreate).</summary>
    nint CreateDnn();

    /// <summary>Destroys a cuDNN handle (cudnnDestroy).</summary>
    void DestroyDnn(nint dnn);

    /// <summary>Chooses the stream that the handle's calls run on (cudnnSetStream).</summary>
    void SetDnnStream(nint dnn, nint stream);

    /// <summary>
    /// The ways to compute a convolution or one of its gradients, best first, by cuDNN's heuristics
    /// (cudnnGetConvolutionForwardAlgorithm_v7 and its siblings). The workspace is what the algorithm asks for.
    /// </summary>
    IReadOnlyList<DnnAlgorithm> GetAlgorithms(nint dnn, DnnDirection direction, in DnnConvolution convolution);

    /// <summary>
    /// The same list, measured on the caller's memory (cudnnFindConvolutionForwardAlgorithmEx and its siblings); overwrites the
    /// direction's output, and waits.
    /// </summary>
    /// <param name="dnn">The handle.</param>
    /// <param name="direction">Which of the three products.</param>
    /// <param name="convolution">The convolution.</param>
    /// <param name="x">Pictures.</param>
    /// <param name="w">Kernel.</param>
    /// <param name="y">Outputs.</param>
    /// <param name="workspace">Scratch memory, or 0.</param>
    /// <param name="workspaceBytes">Its size; algorithms that need more are left out.</param>
    IReadOnlyList<DnnAlgorithm> MeasureAlgorithms(
        nint dnn, DnnDirection direction, in DnnConvolution convolution, ulong x, ulong w, ulong y, ulong workspace, long workspaceBytes);

    /// <summary>y = x ∗ w (cudnnConvolutionForward).</summary>
    void ConvolutionForward(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong x, ulong w, ulong y, ulong workspace, long workspaceBytes);

    /// <summary>dx of y = x ∗ w (cudnnConvolutionBackwardData).</summary>
    void ConvolutionBackwardData(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong w, ulong dy, ulong dx, ulong workspace, long workspaceBytes);

    /// <summary>dw of y = x ∗ w (cudnnConvolutionBackwardFilter).</summary>
    void ConvolutionBackwardFilter(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong x, ulong dy, ulong dw, ulong workspace, long workspaceBytes);
}
