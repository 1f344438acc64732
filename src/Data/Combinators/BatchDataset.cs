using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Runs of items stacked along a new first axis.</summary>
internal sealed class BatchDataset : DerivedDataset, IRecyclingDataSource
{
    private readonly int _size;
    private readonly bool _dropRemainder;
    private readonly BatchMemory _memory = new();

    public BatchDataset(Dataset source, int size, bool dropRemainder)
        : base(source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        (_size, _dropRemainder) = (size, dropRemainder);
    }

    public override int? Cardinality => Source.Cardinality is not { } items ? null
        : (items / _size) + (_dropRemainder || items % _size == 0 ? 0 : 1);

    internal override string? Fingerprint => Source.Fingerprint is { } source ? $"{source} Batch({_size}, {_dropRemainder})" : null;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start)
    {
        var batch = new List<DataItem>();
        long first = checked(start * _size);
        using var items = Source.Enumerate(epoch, first);
        while (items.MoveNext())
        {
            batch.Add(items.Current);
            if (batch.Count < _size)
                continue;
            yield return Stack(batch, first, _memory);
            first += _size;
            batch.Clear();
        }

        if (batch.Count > 0 && !_dropRemainder)
            yield return Stack(batch, first, _memory);
    }

    public void Recycle(DataItem batch) => _memory.Return(batch);

    internal override Dataset? PartOfBatches(int parts, int first, int count) => Source.PositionCount is { } positions
        ? new BatchPartsDataset(Source, positions, _size, _dropRemainder, parts, first, first + count)
        : null;

    /// <summary>Stacks items along a new first axis.</summary>
    /// <param name="batch">The items, at least one.</param>
    /// <param name="first">The number of the first of them, for messages.</param>
    /// <param name="memory">Where the arrays come from.</param>
    internal static DataItem Stack(List<DataItem> batch, long first, BatchMemory memory) => new(
        StackAll(batch.ConvertAll(item => item.Inputs), nameof(DataItem.X), first, memory),
        StackAll(batch.ConvertAll(item => item.Targets), nameof(DataItem.Y), first, memory),
        StackWeights(batch.ConvertAll(item => item.SampleWeight), first, memory));

    private static NDArray[] StackAll(List<IReadOnlyList<NDArray>> items, string name, long first, BatchMemory memory)
    {
        int count = items[0].Count;
        int odd = items.FindIndex(item => item.Count != count);
        if (odd >= 0)
        {
            throw new ShapeMismatchException(
                $"Batch: item {first + odd} has {items[odd].Count} arrays as {name}, but item {first}, the first of its batch, has {count}");
        }

        return [.. Enumerable.Range(0, count).Select(
            part => Stack(items.ConvertAll(item => item[part]), count == 1 ? name : FormattableString.Invariant($"{name}[{part}]"), first, memory))];
    }

    private static NDArray? StackWeights(List<NDArray?> weights, long first, BatchMemory memory)
    {
        if (weights.Find(weight => weight is not null) is not { } known)
            return null;
        NDArray? one = null;
        return Stack(weights.ConvertAll(weight => weight ?? (one ??= Ones(known.Shape))), nameof(DataItem.SampleWeight), first, memory);
    }

    private static NDArray Ones(Shape shape)
    {
        var ones = new NDArray(shape);
        ones.AsSpan<float>().Fill(1f);
        return ones;
    }

    private static NDArray Stack(List<NDArray> arrays, string name, long first, BatchMemory memory)
    {
        NDArray model = arrays[0];
        NDArray stacked = memory.Take(model.Shape.Prepend(arrays.Count), model.DType);
        int length = model.Bytes.Length;
        for (int i = 0; i < arrays.Count; i++)
        {
            NDArray array = arrays[i];
            if (array.Shape != model.Shape || array.DType != model.DType)
            {
                throw new ShapeMismatchException(
                    $"Batch: {name} of item {first + i} is {array}, but that of item {first}, the first of its batch, is {model}");
            }

            array.Bytes.CopyTo(stacked.Bytes.Slice(i * length, length));
        }

        return stacked;
    }
}
