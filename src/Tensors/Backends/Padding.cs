namespace Numerics.Tensors;

/// <summary>What a sliding window does at the edge of a picture.</summary>
public enum Padding
{
    /// <summary>The window stays inside: out = ⌊(in - window) / stride⌋ + 1.</summary>
    Valid,

    /// <summary>The picture is padded so that out = ⌈in / stride⌉; an odd pixel goes to the end, as in TensorFlow.</summary>
    Same,
}
