namespace Numerics.Tensors;

/// <summary>The element type of a <see cref="Tensor"/> or an <see cref="NDArray"/>.</summary>
public enum DType
{
    /// <summary>IEEE 754 single precision; the type that arithmetic is done in.</summary>
    Float32,

    /// <summary>32-bit signed integers: labels and indices.</summary>
    Int32,

    /// <summary>Unsigned bytes: raw pixels 0..255, masks and window positions.</summary>
    UInt8,

    /// <summary>
    /// Normalised unsigned bytes, the graphics world's UNORM8: the byte b stands for the value b/255. Pictures are kept
    /// like this, a quarter of the size of floats, and become floats in [0, 1] where they are first read.
    /// </summary>
    UNorm8,
}

/// <summary>Facts about the element types.</summary>
public static class DTypeExtensions
{
    /// <summary>The size of one element in bytes.</summary>
    public static int Size(this DType dtype) => dtype switch
    {
        DType.Float32 or DType.Int32 => 4,
        DType.UInt8 or DType.UNorm8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "unknown element type"),
    };
}
