using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>The slices of arrays along their first axis.</summary>
internal sealed class ArrayDataset : Dataset
{
    private readonly NDArray _x, _y;
    private readonly NDArray? _sampleWeight;
    private readonly int _count;

    public ArrayDataset(NDArray x, NDArray y, NDArray? sampleWeight)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Shape.Rank == 0)
            throw new ShapeMismatchException("x has no first axis to slice along: it is a scalar");
        _count = x.Shape[0];
        CheckFirstAxis(y, nameof(y));
        if (sampleWeight is not null)
            CheckFirstAxis(sampleWeight, nameof(sampleWeight));
        (_x, _y, _sampleWeight) = (x, y, sampleWeight);
    }

    public override int? Cardinality => _count;

    internal override int? IndexCount => _count;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start)
    {
        for (long i = start; i < _count; i++)
            yield return At((int)i);
    }

    internal override IEnumerator<DataItem?> EnumerateAt(long epoch, int[] order) => order.Select(i => (DataItem?)At(i)).GetEnumerator();

    private DataItem At(int i) => new(Slice(_x, i), Slice(_y, i), _sampleWeight is null ? null : Slice(_sampleWeight, i));

    private static NDArray Slice(NDArray array, int index)
    {
        var slice = new NDArray(array.Shape.Without(0), array.DType);
        int length = slice.Bytes.Length;
        array.Bytes.Slice(index * length, length).CopyTo(slice.Bytes);
        return slice;
    }

    private void CheckFirstAxis(NDArray array, string name)
    {
        if (array.Shape.Rank == 0 || array.Shape[0] != _count)
            throw new ShapeMismatchException($"{name} must have the {_count} entries of x along its first axis, got {array.Shape}");
    }
}
