namespace Numerics.Backends.Cuda;

/// <content>cuDNN 9, for which there is no package.</content>
public sealed partial class ManagedCudaApi
{
    /// <inheritdoc/>
    public nint CreateDnn() => _native.CreateDnn();

    /// <inheritdoc/>
    public void DestroyDnn(nint dnn) => _native.DestroyDnn(dnn);

    /// <inheritdoc/>
    public void SetDnnStream(nint dnn, nint stream) => _native.SetDnnStream(dnn, stream);

    /// <inheritdoc/>
    public IReadOnlyList<DnnAlgorithm> GetAlgorithms(nint dnn, DnnDirection direction, in DnnConvolution convolution) =>
        _native.GetAlgorithms(dnn, direction, convolution);

    /// <inheritdoc/>
    public IReadOnlyList<DnnAlgorithm> MeasureAlgorithms(
        nint dnn, DnnDirection direction, in DnnConvolution convolution, ulong x, ulong w, ulong y, ulong workspace, long workspaceBytes) =>
        _native.MeasureAlgorithms(dnn, direction, convolution, x, w, y, workspace, workspaceBytes);

    /// <inheritdoc/>
    public void ConvolutionForward(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong x, ulong w, ulong y, ulong workspace, long workspaceBytes) =>
        _native.ConvolutionForward(dnn, convolution, algorithm, x, w, y, workspace, workspaceBytes);

    /// <inheritdoc/>
    public void ConvolutionBackwardData(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong w, ulong dy, ulong dx, ulong workspace, long workspaceBytes) =>
        _native.ConvolutionBackwardData(dnn, convolution, algorithm, w, dy, dx, workspace, workspaceBytes);

    /// <inheritdoc/>
    public void ConvolutionBackwardFilter(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong x, ulong dy, ulong dw, ulong workspace, long workspaceBytes) =>
        _native.ConvolutionBackwardFilter(dnn, convolution, algorithm, x, dy, dw, workspace, workspaceBytes);
}
