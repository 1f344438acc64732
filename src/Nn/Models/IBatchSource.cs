using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// The batches of an epoch, each as a function that brings it to the backend, into the innermost scope: data that waits in ordinary
/// memory is uploaded only by the step that uses it.
/// </summary>
internal interface IBatchSource : IEnumerable<Func<TensorBatch>>
{
    /// <summary>The number of batches, or null when it is not known in advance.</summary>
    int? Cardinality { get; }

    /// <summary>The data, where it can tell how far it has been read.</summary>
    IResumableDataSource? Resumable { get; }
}
