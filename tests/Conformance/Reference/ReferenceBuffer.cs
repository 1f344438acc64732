using Numerics.Tensors;

namespace Numerics.Tests.Reference;

/// <summary>One number for every byte's worth of element, filled with NaN so that what an op leaves unwritten is seen.</summary>
public sealed class ReferenceBuffer : TensorBuffer
{
    public ReferenceBuffer(long byteLength)
        : base(byteLength)
    {
        // Sized for one-byte elements; wider ones use the front part.
        Values = new Real[Math.Max(byteLength, 1)];
        Array.Fill(Values, double.NaN);
    }

    public Real[] Values { get; }

    protected override void ReturnMemory()
    {
    }
}
