namespace Numerics.Data;

/// <summary>A data set made from another one; it yields as many items in the same order unless a subclass says otherwise.</summary>
internal abstract class DerivedDataset : Dataset
{
    protected DerivedDataset(Dataset source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Source = source;
    }

    public override int? Cardinality => Source.Cardinality;

    internal override bool IsInfinite => Source.IsInfinite;

    internal override bool IsReshuffled => Source.IsReshuffled;

    protected Dataset Source { get; }
}
