using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <summary>A captured and instantiated CUDA graph.</summary>
/// <param name="backend">Whose work it is.</param>
/// <param name="executable">The instantiated graph, which is destroyed with this.</param>
/// <param name="random">Its random numbers.</param>
/// <param name="blocks">The memory that it writes and no tensor holds.</param>
internal sealed class CudaGraph(CudaBackend backend, nint executable, CudaGraphRandom random, FreeBlocks blocks) : CapturedWork
{
    private bool _disposed;

    public override void Launch()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        backend.Activate();
        random.Advance();
        backend.Api.LaunchGraph(executable, backend.Stream);
    }

    protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;

        // Its context and all that is in it are gone.
        if (backend.IsDisposed)
            return;
        backend.Synchronize();
        backend.Api.DestroyExecutable(executable);
        random.Dispose();
        backend.Forget(blocks);
    }
}
