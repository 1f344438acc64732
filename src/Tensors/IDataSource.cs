namespace Numerics.Tensors;

/// <summary>A sequence of examples or batches that can be enumerated again for every epoch.</summary>
public interface IDataSource : IEnumerable<DataItem>
{
    /// <summary>The number of elements an enumeration yields, or null when it is not known in advance.</summary>
    int? Cardinality { get; }
}
