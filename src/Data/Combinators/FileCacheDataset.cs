using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Items kept in a file, which a later run finds again.</summary>
internal sealed class FileCacheDataset : DerivedDataset
{
    private readonly string _path, _key;
    private volatile CacheFile? _file;
    private int _isFilling;

    public FileCacheDataset(Dataset source, string path, string? key)
        : base(source)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
        string? fingerprint = source.Fingerprint;
        if (key is null && fingerprint is null)
        {
            throw new ArgumentException(
                "a cache file needs a key here: what a function makes of items cannot be told from settings and contents; change the key with the function",
                nameof(key));
        }

        _key = $"{fingerprint}\n{key}";
        _file = CacheFile.TryOpen(path, _key);
    }

    public override int? Cardinality => _file is { } file ? file.ItemCount : base.Cardinality;

    internal override int? IndexCount => _file is { } file ? file.Count : Source.IndexCount;

    internal override bool IsReshuffled => false;

    internal override string? Fingerprint => _key;

    public override IEnumerator<DataItem> Enumerate(long epoch) => Enumerate(epoch, 0);

    public override IEnumerator<DataItem> Enumerate(long epoch, long start)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        return IndexCount is { } count ? Kept(EnumerateAt(epoch, [.. Enumerable.Range(0, count)]), start) : Left(FillInOrder(), start);
    }

    internal override IEnumerator<DataItem?> EnumerateAt(long epoch, int[] order) =>
        _file is { } file ? file.Read(order) : Fill(order);

    // Always the source's epoch 0: what is cached must not depend on which epoch a run happens to start with.
    private IEnumerator<DataItem?> Fill(int[] order)
    {
        using var items = Source.EnumerateAt(epoch: 0, order);
        using Filling? filling = order.Length == Source.IndexCount ? Filling.TryBegin(this, order.Length) : null;
        for (int i = 0; items.MoveNext(); i++)
        {
            filling?.Write(order[i], items.Current);
            yield return items.Current;
        }

        filling?.Commit();
    }

    private IEnumerator<DataItem> FillInOrder()
    {
        using var items = Source.Enumerate(epoch: 0);
        using Filling? filling = Filling.TryBegin(this, 0);
        for (int i = 0; items.MoveNext(); i++)
        {
            filling?.Write(i, items.Current);
            yield return items.Current;
        }

        filling?.Commit();
    }

    // One enumeration writes; others beside it take from the source.
    private sealed class Filling : IDisposable
    {
        private readonly FileCacheDataset _owner;
        private readonly CacheFileWriter _writer;

        private Filling(FileCacheDataset owner, int count) => (_owner, _writer) = (owner, new CacheFileWriter(owner._path, owner._key, count));

        public static Filling? TryBegin(FileCacheDataset owner, int count)
        {
            if (Interlocked.CompareExchange(ref owner._isFilling, 1, 0) != 0)
                return null;
            try
            {
                return new Filling(owner, count);
            }
            catch
            {
                Volatile.Write(ref owner._isFilling, 0);
                throw;
            }
        }

        public void Write(int index, in DataItem? item) => _writer.Write(index, item);

        public void Commit() => _owner._file = _writer.Commit();

        public void Dispose()
        {
            _writer.Dispose();
            Volatile.Write(ref _owner._isFilling, 0);
        }
    }
}
