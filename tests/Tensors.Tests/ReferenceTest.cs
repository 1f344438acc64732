using Numerics.Tensors;
using Numerics.Tests.Reference;

namespace Numerics.Tests.Tensors;

/// <summary>Tests of the tensor layer alone, over the reference backend.</summary>
public abstract class ReferenceTest : IDisposable
{
    protected ReferenceBackend Backend { get; } = new();

    public void Dispose()
    {
        Backend.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Tensor Vector(params float[] values) => Tensor.From(values.Length, values, Backend);

    protected Variable Variable(params float[] values) => new("w", Vector(values));
}
