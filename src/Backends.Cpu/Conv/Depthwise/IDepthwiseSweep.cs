namespace Numerics.Backends.Cpu;

/// <summary>
/// A micro-kernel that sweeps a vector of channels along rows of a picture; <see cref="DepthwiseSweepWork{TSweep}"/> runs it over all
/// rows and channels of a batch.
/// </summary>
internal interface IDepthwiseSweep
{
    /// <summary>How many rows a sweep writes.</summary>
    static abstract int Rows { get; }

    /// <summary>Rows that are read between those that one sweep reads first and those that the next one does.</summary>
    static abstract int Step { get; }

    /// <summary>Sweeps along the rows with as many vectors of channels as fit.</summary>
    /// <param name="x">The rows and the kernel.</param>
    /// <param name="channel">The first channel.</param>
    /// <returns>The first channel that is left.</returns>
    static abstract int Run<TLanes>(in SweepOperands x, int channel)
        where TLanes : unmanaged, ILanes<TLanes>;
}
