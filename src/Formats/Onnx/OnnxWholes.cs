namespace Numerics.Formats;

/// <summary>A few whole numbers that a graph computes with: extents, and what is made of them.</summary>
/// <param name="Values">The numbers, row-major.</param>
/// <param name="Dims">How many there are in each dimension; none for a single one.</param>
internal sealed record OnnxWholes(long[] Values, int[] Dims)
{
    /// <summary>Stands for the batch's extent, which is not known before there is one.</summary>
    public const long Batch = long.MinValue;

    /// <summary>Stands for another extent that is not known.</summary>
    public const long Unknown = long.MinValue + 1;

    // Extents of values and of the padding around them.
    private const int MostNumbers = 64;

    /// <summary>Numbers in a row.</summary>
    public OnnxWholes(long[] values)
        : this(values, [values.Length])
    {
    }

    /// <summary>The result of a node, or null when it is not of this kind.</summary>
    /// <param name="node">The node.</param>
    /// <param name="inputs">Its inputs, null where they are something else.</param>
    /// <exception cref="InvalidDataException">The node asks for what is not there.</exception>
    public static OnnxWholes? Of(OnnxNode node, IReadOnlyList<OnnxWholes?> inputs)
    {
        if (inputs.Count == 0 || inputs[0] is not { } x)
            return null;
        long[]? Input(int i) => inputs.Count > i ? inputs[i]?.Values : null;
        return node.Op switch
        {
            "Cast" or "Identity" => x,
            "Unsqueeze" or "Squeeze" => new OnnxWholes(x.Values),
            "Gather" when node.Whole("axis", 0) == 0 && x.Dims.Length == 1 && Input(1) is { } places => new OnnxWholes([.. places.Select(place =>
                place >= -x.Values.Length && place < x.Values.Length ? x.Values[(place + x.Values.Length) % x.Values.Length] : throw node.Error($"there is no extent {place}"))]),
            "Mul" when x.Values is [> 0 and <= int.MaxValue and var a] && Input(1) is [> 0 and <= int.MaxValue and var b] => new OnnxWholes([a * b]),
            "Concat" when inputs.All(input => input is { Dims.Length: <= 1 }) => Checked([.. inputs.SelectMany(input => input!.Values)], node),
            "ConstantOfShape" when x.Values is [>= 0 and <= MostNumbers and var count] => new OnnxWholes(new long[count]),
            "Reshape" when Input(1) is [-1] => new OnnxWholes(x.Values),
            "Reshape" when Input(1) is [-1, > 0 and <= MostNumbers and var columns] && x.Values.Length % columns == 0 => x with { Dims = [x.Values.Length / (int)columns, (int)columns] },
            "Transpose" when x.Dims is [var rows, var columns] => new OnnxWholes(
                [.. Enumerable.Range(0, columns).SelectMany(column => Enumerable.Range(0, rows).Select(row => x.Values[(row * columns) + column]))], [columns, rows]),
            "Slice" when Input(1) is [var start] && Input(2) is [var end] && (Input(3) ?? [0]) is [0] && (Input(4) ?? [1]) is [(1 or -1) and var step] => x.Slice(start, end, (int)step),
            _ => null,
        };
    }

    private static OnnxWholes Checked(long[] values, OnnxNode node) => values.Length <= MostNumbers ? new OnnxWholes(values) : throw node.Error($"{values.Length} extents");

    // Rows from a place to another, the other not included, forwards or backwards.
    private OnnxWholes? Slice(long start, long end, int step)
    {
        if (Dims.Length == 0)
            return null;
        int count = Dims[0], length = count == 0 ? 0 : Values.Length / count;
        long Place(long place, long least, long most) => Math.Clamp(place < 0 ? place + count : place, least, most);
        long first = step > 0 ? Place(start, 0, count) : Place(start, -1, count - 1), last = end < -count ? -1 : step > 0 ? Place(end, 0, count) : Place(end, -1, count - 1);
        var values = new List<long>();
        int rows = 0;
        for (long row = first; step > 0 ? row < last : row > last; row += step, rows++)
            values.AddRange(Values.AsSpan((int)row * length, length));
        return new OnnxWholes([.. values], [rows, .. Dims[1..]]);
    }
}
