using System.Text.Json;
using Numerics.Tensors;

namespace Numerics.Golden;

/// <summary>Reads the golden cases of tests/golden, which are copied next to the test assembly.</summary>
internal static class GoldenFile
{
    /// <summary>The cases of a file, by name, such as <c>conv2d</c>.</summary>
    public static IReadOnlyDictionary<string, JsonElement> Cases(string file)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "golden", $"{file}.json");
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.GetProperty("cases").EnumerateArray()
            .ToDictionary(item => item.GetProperty("name").GetString()!, item => item.Clone());
    }

    /// <summary>A tensor of a case as an array of floats.</summary>
    public static NDArray Array(JsonElement tensor) =>
        NDArray.From(Shape(tensor), System.Array.ConvertAll(Values(tensor), value => (float)value));

    /// <summary>The shape of a tensor of a case.</summary>
    public static Shape Shape(JsonElement tensor) =>
        tensor.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()).ToArray();

    /// <summary>The values of a tensor of a case.</summary>
    public static double[] Values(JsonElement tensor) =>
        [.. tensor.GetProperty("data").EnumerateArray().Select(value => value.GetDouble())];

    /// <summary>The norm of the difference over the norm of the expected values; the former alone where the latter is 0.</summary>
    public static double RelativeError(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        double difference = 0, norm = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }

        return Math.Sqrt(norm == 0 ? difference : difference / norm);
    }
}
