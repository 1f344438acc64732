namespace Numerics.Tensors;

/// <summary>
/// A data source that tells how far it has been read and can go on from there, in another process too: the order of its items is
/// a function of its settings and the number of the epoch.
/// </summary>
public interface IResumableDataSource : IDataSource
{
    /// <summary>
    /// How far the enumeration that was started last has come: its epoch and the number of items taken from it, or the start of
    /// the next epoch once it has ended. Setting it makes the next enumeration start there and later ones go on from there; an
    /// enumeration that is under way does not change.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative.</exception>
    DataPosition Position { get; set; }
}
