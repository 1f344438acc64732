using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Class numbers out of targets: numbers themselves, yes/no labels, or one-hot rows.</summary>
internal static class ClassLabels
{
    /// <summary>
    /// The class that a single number means. Between 0 and 1 it is a soft yes/no label and counts for the nearer class, 0 in
    /// the middle; else it is an integer.
    /// </summary>
    /// <exception cref="ArgumentException">The number is neither.</exception>
    public static int FromNumber(float value, string what, int example)
    {
        float rounded = MathF.Round(value);
        return value == rounded || value is > 0 and < 1
            ? (int)rounded
            : throw new ArgumentException(
                FormattableString.Invariant($"{what}: the label {value} of example {example} is not a class number"));
    }

    /// <summary>The class that a row, one-hot or soft, means: that of its greatest element.</summary>
    /// <exception cref="ArgumentException">There is not one greatest.</exception>
    public static int FromRow(ReadOnlySpan<float> row, string what, int example)
    {
        int greatest = 0;
        bool single = !float.IsNaN(row[0]);
        for (int i = 1; i < row.Length; i++)
        {
            if (row[i] > row[greatest])
                (greatest, single) = (i, true);
            else if (!(row[i] < row[greatest]))
                single = false;
        }

        return single
            ? greatest
            : throw new ArgumentException($"{what}: the label of example {example} has not one greatest element, so it names no class");
    }

    /// <summary>The class of every example.</summary>
    /// <param name="labels">Numbers [examples] or [examples, 1], or rows [examples, classes].</param>
    /// <param name="what">The argument or the place, for messages.</param>
    /// <exception cref="ShapeMismatchException">The labels have another shape.</exception>
    public static int[] Read(NDArray labels, string what)
    {
        Shape shape = labels.Shape;
        if (shape.Rank is not (1 or 2) || (shape.Rank == 2 && shape[1] == 0))
            throw new ShapeMismatchException($"{what}: expected labels [examples], [examples, 1] or [examples, classes], got {shape}");
        float[] values = labels.ToFloats();
        var classes = new int[shape[0]];
        int columns = Columns(labels);
        for (int i = 0; i < classes.Length; i++)
            classes[i] = columns == 1 ? FromNumber(values[i], what, i) : FromRow(values.AsSpan(i * columns, columns), what, i);
        return classes;
    }

    /// <summary>The class of every example, none of them negative, and how many classes there are at least.</summary>
    /// <inheritdoc cref="Read"/>
    public static (int[] Labels, int Classes) ReadAll(NDArray labels, string what)
    {
        int[] read = Read(labels, what);
        int classes = Columns(labels) == 1 ? 0 : labels.Shape[1];
        for (int i = 0; i < read.Length; i++)
        {
            if (read[i] < 0)
                throw new ArgumentException($"{what}: the label {read[i]} of example {i} is negative", what);
            classes = Math.Max(classes, read[i] + 1);
        }

        return (read, classes);
    }

    /// <summary>The number of values that a label has.</summary>
    public static int Columns(NDArray labels) => labels.Shape.Rank == 2 ? labels.Shape[1] : 1;
}
