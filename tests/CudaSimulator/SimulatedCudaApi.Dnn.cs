using Numerics.Backends.Cuda;
using Numerics.CudaSimulator.Libraries;
using Numerics.CudaSimulator.Streams;

namespace Numerics.CudaSimulator;

/// <content>cuDNN. Of its algorithms there are, as there, some that add in another order every time.</content>
public sealed unsafe partial class SimulatedCudaApi
{
    private const int DnnBadParameter = 2000;

    private static readonly DnnAlgorithm[] s_forward = [new(1, 4096, true, 0), new(0, 0, true, 0)];
    private static readonly DnnAlgorithm[] s_backwardData = [new(0, 0, false, 0), new(1, 8192, true, 0)];
    private static readonly DnnAlgorithm[] s_backwardFilter = [new(0, 0, false, 0), new(3, 1024, false, 0), new(1, 8192, true, 0)];

    /// <inheritdoc/>
    public nint CreateDnn()
    {
        lock (_lock)
        {
            Work(nameof(CreateDnn));
            return Add(new DnnHandle());
        }
    }

    /// <inheritdoc/>
    public void DestroyDnn(nint dnn)
    {
        lock (_lock)
        {
            Work(nameof(DestroyDnn));
            _ = Remove<DnnHandle>(dnn, "cudnnDestroy");
        }
    }

    /// <inheritdoc/>
    public void SetDnnStream(nint dnn, nint stream)
    {
        lock (_lock)
        {
            Work(nameof(SetDnnStream));
            Get<DnnHandle>(dnn, "cudnnSetStream").Stream = Get<SimulatedStream>(stream, "cudnnSetStream").Handle;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<DnnAlgorithm> GetAlgorithms(nint dnn, DnnDirection direction, in DnnConvolution convolution)
    {
        lock (_lock)
        {
            Work(nameof(GetAlgorithms));
            _ = Check(dnn, convolution);
            return Algorithms(direction);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<DnnAlgorithm> MeasureAlgorithms(
        nint dnn, DnnDirection direction, in DnnConvolution convolution, ulong x, ulong w, ulong y, ulong workspace, long workspaceBytes)
    {
        lock (_lock)
        {
            Work(nameof(MeasureAlgorithms));
            SimulatedStream stream = Get<SimulatedStream>(Check(dnn, convolution), "cudnnFindConvolutionAlgorithmEx");
            stream.Run();
            DnnConvolution c = convolution;
            int size = Rounding.Size(c.Type);
            (ulong output, long count) = direction switch
            {
                DnnDirection.Forward => (y, ConvolutionLoops.OutputCount(c)),
                DnnDirection.BackwardData => (x, ConvolutionLoops.InputCount(c)),
                _ => (w, ConvolutionLoops.KernelCount(c)),
            };

            // What was there is lost.
            new Span<byte>(Memory.Pointer(output, count * size), checked((int)(count * size))).Fill(0xFF);
            return [.. Algorithms(direction).Where(algorithm => algorithm.WorkspaceBytes <= workspaceBytes)];
        }
    }

    /// <inheritdoc/>
    public void ConvolutionForward(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong x, ulong w, ulong y, ulong workspace, long workspaceBytes)
    {
        lock (_lock)
        {
            Work(nameof(ConvolutionForward));
            DnnConvolution c = convolution;
            nint stream = Prepare(dnn, DnnDirection.Forward, c, algorithm, workspace, workspaceBytes, x, w, y);
            Enqueue(stream, () => Write(c, ConvolutionLoops.Forward(c, ReadInput(c, x), ReadKernel(c, w)), y), "cudnnConvolutionForward");
        }
    }

    /// <inheritdoc/>
    public void ConvolutionBackwardData(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong w, ulong dy, ulong dx, ulong workspace, long workspaceBytes)
    {
        lock (_lock)
        {
            Work(nameof(ConvolutionBackwardData));
            DnnConvolution c = convolution;
            nint stream = Prepare(dnn, DnnDirection.BackwardData, c, algorithm, workspace, workspaceBytes, dx, w, dy);
            Enqueue(stream, () => Write(c, ConvolutionLoops.BackwardData(c, ReadKernel(c, w), ReadOutput(c, dy)), dx), "cudnnConvolutionBackwardData");
        }
    }

    /// <inheritdoc/>
    public void ConvolutionBackwardFilter(
        nint dnn, in DnnConvolution convolution, DnnAlgorithm algorithm, ulong x, ulong dy, ulong dw, ulong workspace, long workspaceBytes)
    {
        lock (_lock)
        {
            Work(nameof(ConvolutionBackwardFilter));
            DnnConvolution c = convolution;
            nint stream = Prepare(dnn, DnnDirection.BackwardFilter, c, algorithm, workspace, workspaceBytes, x, dw, dy);
            int[] order = [.. Enumerable.Range(0, c.N)];
            if (!algorithm.Deterministic)
                _random.Shuffle(order);
            Enqueue(
                stream, () => Write(c, ConvolutionLoops.BackwardFilter(c, ReadInput(c, x), ReadOutput(c, dy), order), dw), "cudnnConvolutionBackwardFilter");
        }
    }

    private static DnnAlgorithm[] Algorithms(DnnDirection direction) => direction switch
    {
        DnnDirection.Forward => s_forward,
        DnnDirection.BackwardData => s_backwardData,
        _ => s_backwardFilter,
    };

    private nint Check(nint dnn, in DnnConvolution convolution)
    {
        nint stream = Get<DnnHandle>(dnn, "cudnn").Stream;
        if (stream == 0)
            throw DnnError("the handle has no stream");
        return ConvolutionLoops.Refusal(convolution) is { } refusal ? throw DnnError(refusal) : stream;
    }

    private nint Prepare(
        nint dnn, DnnDirection direction, in DnnConvolution c, DnnAlgorithm algorithm, ulong workspace, long workspaceBytes, ulong x, ulong w, ulong y)
    {
        nint stream = Check(dnn, c);
        if (!Algorithms(direction).Contains(algorithm))
            throw DnnError($"{algorithm} is none of the algorithms for {direction}");
        if (workspaceBytes < algorithm.WorkspaceBytes)
            throw DnnError($"a workspace of {workspaceBytes} bytes, the algorithm needs {algorithm.WorkspaceBytes}");
        int size = Rounding.Size(c.Type);
        _ = Memory.Find(x, ConvolutionLoops.InputCount(c) * size);
        _ = Memory.Find(w, ConvolutionLoops.KernelCount(c) * size);
        _ = Memory.Find(y, ConvolutionLoops.OutputCount(c) * size);
        if (workspaceBytes > 0)
            Scribble(workspace, workspaceBytes, stream, "cudnn");
        return stream;
    }

    private float[] ReadInput(in DnnConvolution c, ulong x) => Read(c, x, ConvolutionLoops.InputCount(c));

    private float[] ReadKernel(in DnnConvolution c, ulong w) => Read(c, w, ConvolutionLoops.KernelCount(c));

    private float[] ReadOutput(in DnnConvolution c, ulong y) => Read(c, y, ConvolutionLoops.OutputCount(c));

    private float[] Read(in DnnConvolution c, ulong address, long count) =>
        Rounding.Read(Memory.Pointer(address, count * Rounding.Size(c.Type)), count, c.Type, c.TensorFloat32);

    private void Write(in DnnConvolution c, float[] values, ulong address) =>
        Rounding.Write(values, Memory.Pointer(address, (long)values.Length * Rounding.Size(c.Type)), c.Type);

    private static CudaException DnnError(string reason) => new(CudaLibrary.Dnn, "cudnn", DnnBadParameter, reason);

    private sealed class DnnHandle
    {
        public nint Stream { get; set; }
    }
}
