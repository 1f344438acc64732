using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>One tensor as the header describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type as the format calls it, such as <c>F32</c>.</param>
/// <param name="Shape">Its extents.</param>
/// <param name="Begin">Its first byte, counted from the end of the header.</param>
/// <param name="End">The byte behind its last.</param>
internal sealed record SafetensorsEntry(string Name, string Type, Shape Shape, long Begin, long End)
{
    /// <summary>The type here; null for those that only the format has.</summary>
    public DType? DType => Type switch
    {
        "F32" => Tensors.DType.Float32,
        "I32" => Tensors.DType.Int32,
        "U8" => Tensors.DType.UInt8,
        _ => null,
    };

    /// <summary>The size of an element in bytes, or null for an unknown type.</summary>
    public static int? SizeOf(string type) => type switch
    {
        "BOOL" or "U8" or "I8" or "F8_E5M2" or "F8_E4M3" => 1,
        "I16" or "U16" or "F16" or "BF16" => 2,
        "I32" or "U32" or "F32" => 4,
        "I64" or "U64" or "F64" => 8,
        _ => null,
    };
}
