namespace Numerics.Backends.Cuda;

/// <summary>
/// Blocks of device memory that no tensor uses, by size. Those of captured work are kept apart from the others: it writes into them
/// whenever it is repeated, so nothing else may be given them.
/// </summary>
internal sealed class FreeBlocks
{
    private readonly Dictionary<long, Stack<ulong>> _bySize = [];

    // Where blocks go instead, once the captured work is gone.
    private FreeBlocks? _successor;

    public bool TryTake(long size, out ulong address)
    {
        address = 0;
        if (_successor is not null)
            return _successor.TryTake(size, out address);
        return _bySize.TryGetValue(size, out Stack<ulong>? blocks) && blocks.TryPop(out address);
    }

    public void Add(long size, ulong address)
    {
        if (_successor is not null)
        {
            _successor.Add(size, address);
            return;
        }

        if (!_bySize.TryGetValue(size, out Stack<ulong>? blocks))
            _bySize[size] = blocks = new Stack<ulong>();
        blocks.Push(address);
    }

    /// <summary>Hands over all blocks, and those still in use when they are returned.</summary>
    public void HandOverTo(FreeBlocks other)
    {
        foreach ((long size, ulong address) in TakeAll())
            other.Add(size, address);
        _successor = other;
    }

    /// <summary>Takes the blocks away one after another.</summary>
    public IEnumerable<(long Size, ulong Address)> TakeAll()
    {
        foreach ((long size, Stack<ulong> blocks) in _bySize)
        {
            while (blocks.TryPop(out ulong address))
                yield return (size, address);
        }
    }
}
