using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// While it is open, the layers that this thread builds get zeros as weights, for a file is about to give them their values:
/// no random numbers are drawn for nothing, and a damaged description of a model cannot ask for more than the file holds.
/// </summary>
internal sealed class WeightPlaceholders : IDisposable
{
    [ThreadStatic]
    private static WeightPlaceholders? s_current;

    private readonly WeightPlaceholders? _outer;
    private long _left;

    /// <summary>Opens it.</summary>
    /// <param name="limit">How many numbers the weights may have together.</param>
    public WeightPlaceholders(long limit) => (_outer, _left, s_current) = (s_current, limit, this);

    /// <inheritdoc/>
    public void Dispose() => s_current = _outer;

    /// <summary>Zeros for a weight, or null when none is open.</summary>
    /// <exception cref="InvalidDataException">The weights have more numbers than the file.</exception>
    internal static Tensor? Take(Shape shape)
    {
        if (s_current is not { } current)
            return null;
        current._left -= shape.Size;
        return current._left >= 0
            ? Tensor.Zeros(shape)
            : throw new InvalidDataException($"a weight of {shape} is more than the file holds");
    }
}
