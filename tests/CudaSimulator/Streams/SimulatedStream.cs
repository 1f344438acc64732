using Numerics.Backends.Cuda;

namespace Numerics.CudaSimulator.Streams;

/// <summary>
/// A stream at its slowest: work is done when somebody waits for it and not before, so that host code which reads a result or
/// reuses a buffer too early gets it wrong every time.
/// </summary>
internal sealed class SimulatedStream(nint handle)
{
    private readonly Queue<StreamWork> _queue = new();
    private List<StreamWork>? _captured;

    public nint Handle => handle;

    public bool IsCapturing => _captured is not null;

    public void Enqueue(StreamWork work)
    {
        if (_captured is not null)
            _captured.Add(work);
        else
            _queue.Enqueue(work);
    }

    /// <summary>Does everything.</summary>
    public void Run()
    {
        ThrowIfCapturing("wait for a stream that is being captured");
        while (_queue.TryDequeue(out StreamWork? work))
            work.Run();
    }

    /// <summary>Does everything up to a point, if that is in the queue.</summary>
    public void RunUntil(StreamWork point)
    {
        ThrowIfCapturing("wait for a stream that is being captured");
        if (!_queue.Contains(point))
            return;
        while (_queue.TryDequeue(out StreamWork? work))
        {
            work.Run();
            if (work == point)
                return;
        }
    }

    public void BeginCapture()
    {
        ThrowIfCapturing("begin a capture twice");
        _captured = [];
    }

    public IReadOnlyList<StreamWork> EndCapture()
    {
        List<StreamWork> captured = _captured ?? throw Error("cuStreamEndCapture", 401, "the stream is not being captured");
        _captured = null;
        return captured;
    }

    private void ThrowIfCapturing(string what)
    {
        if (IsCapturing)
            throw Error("stream", 900, "operation not permitted when stream is capturing: " + what);
    }

    private static CudaException Error(string call, int status, string reason) => new(CudaLibrary.Driver, call, status, reason);
}
