using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>CUDA graphs.</content>
public sealed unsafe partial class CudaBackend
{
    private CudaGraphRandom? _capturedRandom;

    /// <inheritdoc/>
    /// <exception cref="CudaException">The driver cannot capture the work; what it is may then differ with the driver's version.</exception>
    public override CapturedWork Capture(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        Activate();
        if (_capturedRandom is not null)
            throw new InvalidOperationException($"{Name}: work is being captured already");

        // Before the capture begins: what the program writes must be in no block that the work writes.
        var random = new CudaGraphRandom(this);
        FreeBlocks blocks = _pool.BeginCapture();
        nint graph = 0;
        try
        {
            _capturedRandom = random;
            _api.BeginCapture(_stream);
            try
            {
                work();
            }
            catch
            {
                AbandonCapture();
                throw;
            }

            graph = _api.EndCapture(_stream);
            return new CudaGraph(this, _api.InstantiateGraph(graph), random, blocks);
        }
        catch
        {
            random.Dispose();
            _pool.Forget(blocks);
            throw;
        }
        finally
        {
            _pool.EndCapture();
            _capturedRandom = null;
            random.Rewind();
            if (graph != 0)
                _api.DestroyGraph(graph);
        }
    }

    /// <summary>Gives the blocks of captured work back to everybody.</summary>
    internal void Forget(FreeBlocks blocks) => _pool.Forget(blocks);

    private void AbandonCapture()
    {
        try
        {
            _api.DestroyGraph(_api.EndCapture(_stream));
        }
        catch (CudaException)
        {
            // What the driver refused before has ended the capture already; that error is the one to report.
        }
    }

    // The driver would answer with a number.
    private void ThrowIfCapturing(string what)
    {
        if (_capturedRandom is not null)
            throw new InvalidOperationException($"{Name}: captured work {what}; it may only work on what is on the device");
    }
}
