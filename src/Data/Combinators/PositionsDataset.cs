using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>The items at marked positions, or those at the others.</summary>
/// <param name="source">The items.</param>
/// <param name="marks">A mark for every position; positions beyond count as unmarked.</param>
/// <param name="wanted">Whether the marked or the unmarked positions are kept.</param>
internal sealed class PositionsDataset(Dataset source, bool[] marks, bool wanted) : DerivedDataset(source)
{
    private readonly int _count = marks.Count(mark => mark == wanted);

    public override int? Cardinality => _count;

    public override IEnumerator<DataItem> Enumerate(long epoch)
    {
        using var items = Source.Enumerate(epoch);
        for (int position = 0; items.MoveNext(); position++)
        {
            if ((position < marks.Length && marks[position]) == wanted)
                yield return items.Current;
        }
    }
}
