using System.Text.Json;
using Numerics.Tensors;

namespace Numerics.Golden;

/// <summary>A reference tensor in float64.</summary>
/// <param name="Shape">The extents.</param>
/// <param name="Data">The elements, row-major.</param>
internal sealed record GoldenTensor(Shape Shape, double[] Data)
{
    /// <summary>The tensor in float32; inputs are exactly representable.</summary>
    public NDArray ToNDArray() => NDArray.From(Shape, [.. Data.Select(value => (float)value)]);

    /// <summary>Reads <c>{"shape": [...], "data": [...]}</c>.</summary>
    public static GoldenTensor Parse(JsonElement element)
    {
        int[] dims = [.. element.GetProperty("shape").EnumerateArray().Select(dim => dim.GetInt32())];
        double[] data = [.. element.GetProperty("data").EnumerateArray().Select(value => value.GetDouble())];
        return new Shape(dims).Size == data.Length
            ? new GoldenTensor(dims, data)
            : throw new InvalidDataException($"a golden tensor of shape [{string.Join(", ", dims)}] has {data.Length} values");
    }
}
