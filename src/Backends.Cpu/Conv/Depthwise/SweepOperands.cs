namespace Numerics.Backends.Cpu;

/// <summary>What a sweep of a depthwise convolution, or of its input gradient, reads and writes.</summary>
internal unsafe ref struct SweepOperands
{
    /// <summary>The rows that are read.</summary>
    public SweepRows Source;

    /// <summary>The rows that are written.</summary>
    public SweepRows Target;

    /// <summary>Pixels of a row that is read.</summary>
    public int Width;

    /// <summary>Pixels of a row that is written.</summary>
    public int Count;

    /// <summary>Columns by which the first pixel's first tap is before the picture.</summary>
    public int Left;

    /// <summary>Channels.</summary>
    public nint Channels;

    /// <summary>The weights [tap][channel]; those of the first tap.</summary>
    public float* Kernel;

    /// <summary>Floats between taps.</summary>
    public nint Tap;

    /// <summary>One float a channel, or null.</summary>
    public float* Bias;

    /// <summary>Whether to ask ahead for what is written as well.</summary>
    public bool FetchesTarget;
}
