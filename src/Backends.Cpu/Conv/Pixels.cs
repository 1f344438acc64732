using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>The elements of pictures where they lie: floats, or bytes that become floats when a kernel reads them.</summary>
/// <param name="data">The first element.</param>
/// <param name="type">Float32, UNorm8 or UInt8.</param>
internal readonly unsafe struct Pixels(void* data, DType type)
{
    /// <summary>Floats.</summary>
    public Pixels(float* floats)
        : this(floats, DType.Float32)
    {
    }

    /// <summary>Whether the elements are bytes.</summary>
    public bool AreBytes => type != DType.Float32;

    /// <summary>The first element.</summary>
    public byte* Address => (byte*)data;

    /// <summary>The first element, of floats.</summary>
    public float* Floats => (float*)data;

    /// <summary>What bytes are multiplied by.</summary>
    public ByteScale Scale => ByteScale.Of(type);

    /// <summary>The elements after so many.</summary>
    public Pixels Skip(nint count) => new((byte*)data + (count * type.Size()), type);

    /// <summary>Writes elements as floats.</summary>
    public void CopyTo(float* target, int count)
    {
        if (AreBytes)
            Scale.Convert((byte*)data, target, count);
        else
            new ReadOnlySpan<float>(data, count).CopyTo(new Span<float>(target, count));
    }
}
