using System.Collections;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Tells how far the items of an epoch have been taken.</summary>
/// <param name="items">The items.</param>
/// <param name="start">Where they begin.</param>
/// <param name="moved">Is told each new position.</param>
internal sealed class PositionedEnumerator(IEnumerator<DataItem> items, DataPosition start, Action<PositionedEnumerator, DataPosition> moved)
    : IEnumerator<DataItem>
{
    private DataPosition _position = start;
    private bool _ended;

    public DataItem Current => items.Current;

    object IEnumerator.Current => Current;

    public bool MoveNext()
    {
        bool any = items.MoveNext();
        if (any)
            _position = _position with { Items = _position.Items + 1 };
        else if (!_ended)
            (_position, _ended) = (new DataPosition(_position.Epoch + 1, 0), true);
        moved(this, _position);
        return any;
    }

    public void Reset() => throw new NotSupportedException("a data set is enumerated again by asking it for a new enumerator");

    public void Dispose() => items.Dispose();
}
