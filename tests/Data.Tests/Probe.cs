using Numerics.Tensors;

namespace Numerics.Data.Tests;

/// <summary>A source of numbers that counts what is asked of it and can fail.</summary>
internal sealed class Probe(int count, int failAt = -1) : Dataset
{
    private int _started, _made, _disposed;

    public int Started => Volatile.Read(ref _started);

    public int Made => Volatile.Read(ref _made);

    public int Disposed => Volatile.Read(ref _disposed);

    public override int? Cardinality => null;

    public override IEnumerator<DataItem> Enumerate(long epoch)
    {
        try
        {
            _ = Interlocked.Increment(ref _started);
            for (int i = 0; i < count; i++)
            {
                if (i == failAt)
                    Fail();
                _ = Interlocked.Increment(ref _made);
                yield return Numbers.Item(i);
            }
        }
        finally
        {
            _ = Interlocked.Increment(ref _disposed);
        }
    }

    private static void Fail() => throw new FormatException("the source fails");
}
