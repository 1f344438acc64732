namespace Numerics.Nn;

/// <summary>Examples that are all there, in arrays or on a backend, and can be cut into batches.</summary>
internal interface IExamples
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>The same examples with the weights of their classes multiplied in; the same where there are none.</summary>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or targets do not name classes.</exception>
    IExamples Weighted(IReadOnlyDictionary<int, float>? classWeight);

    /// <summary>Batches of some of them.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="count">How many.</param>
    /// <param name="batchSize">How many make a batch.</param>
    /// <param name="shuffle">Whether each epoch has another order.</param>
    IBatchSource Batches(int first, int count, int batchSize, bool shuffle);
}
