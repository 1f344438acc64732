namespace Numerics.Tensors;

/// <summary>
/// A data source of batches that can make parts of them by itself, so that each of several processes reads and decodes its own part
/// only.
/// </summary>
public interface IPartitionedDataSource : IDataSource
{
    /// <summary>Some parts of every batch.</summary>
    /// <param name="parts">Into how many consecutive parts each batch is cut: part i of n rows begins at row n·i / parts, rounded down.</param>
    /// <param name="first">The first part that is wanted.</param>
    /// <param name="count">How many are wanted.</param>
    /// <returns>
    /// As many batches as this source yields, with the rows of these parts in their order, possibly none; null where parts cost as much as
    /// the whole.
    /// </returns>
    IDataSource? PartOfBatches(int parts, int first, int count);
}
