using System.Collections;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Batches in a list.</summary>
internal sealed class ListDataSource(params DataItem[] batches) : IDataSource
{
    public int? Cardinality => batches.Length;

    public IEnumerator<DataItem> GetEnumerator() => ((IEnumerable<DataItem>)batches).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
