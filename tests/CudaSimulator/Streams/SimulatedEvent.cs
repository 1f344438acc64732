namespace Numerics.CudaSimulator.Streams;

/// <summary>An event: a point in a stream.</summary>
internal sealed class SimulatedEvent
{
    /// <summary>The stream that it was recorded on last; null before.</summary>
    public SimulatedStream? Stream { get; set; }

    /// <summary>Its place there.</summary>
    public StreamWork? Point { get; set; }

    /// <summary>When it happened, in milliseconds; null while it has not.</summary>
    public double? Time { get; set; }
}
