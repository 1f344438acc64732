using Numerics.Tensors;

namespace Numerics.Data.Tests;

/// <summary>Data sets whose items are numbers, the simplest that show order: X is [n], Y is [10 n].</summary>
internal static class Numbers
{
    public static DataItem Item(int n) => new(new[] { (float)n }, new[] { 10f * n });

    public static Dataset UpTo(int count) => Dataset.From([.. Enumerable.Range(0, count).Select(Item)]);

    public static int Value(DataItem item) => (int)item.X.AsSpan<float>()[0];

    public static int[] Read(this IEnumerable<DataItem> items) => [.. items.Select(Value)];

    public static int[] Read(this Dataset data, long epoch)
    {
        var values = new List<int>();
        using var items = data.Enumerate(epoch);
        while (items.MoveNext())
            values.Add(Value(items.Current));
        return [.. values];
    }
}
