namespace Numerics.Backends.Cpu;

/// <summary>What a tile of a depthwise convolution, or of its input gradient, reads and writes.</summary>
internal unsafe struct DepthwiseOperands
{
    /// <summary>What the source offsets of the first pixel count from.</summary>
    public float* Source;

    /// <summary>Floats between what neighbouring pixels read.</summary>
    public nint SourceStep;

    /// <summary>The first pixel.</summary>
    public float* Target;

    /// <summary>Floats between pixels.</summary>
    public nint TargetStep;

    /// <summary>The kernel [taps][channels].</summary>
    public float* Weights;

    /// <summary>One float a channel, or null.</summary>
    public float* Bias;

    /// <summary>Channels.</summary>
    public int Channels;

    /// <summary>How many taps are inside the picture.</summary>
    public int Taps;

    /// <summary>Where each of them reads.</summary>
    public nint* SourceOffsets;

    /// <summary>Where its weights are.</summary>
    public nint* WeightOffsets;
}
