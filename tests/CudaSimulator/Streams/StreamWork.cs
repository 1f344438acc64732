namespace Numerics.CudaSimulator.Streams;

/// <summary>One piece of work on a stream.</summary>
internal sealed class StreamWork(Action run)
{
    public void Run() => run();
}
