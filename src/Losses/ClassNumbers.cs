using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Losses;

/// <summary>Targets that name one class an example.</summary>
internal static class ClassNumbers
{
    /// <summary>No class: a row with this number has no label.</summary>
    private const int None = -1;

    /// <summary>The numbers, with <see cref="None"/> where the example is ignored.</summary>
    /// <param name="yTrue">Numbers of any type.</param>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="ignoreClass">The number that means no label.</param>
    /// <param name="loss">The loss' name, for the message.</param>
    /// <returns>Int32 [examples].</returns>
    /// <exception cref="ArgumentException">A number is neither a class nor the one that is ignored, or not whole.</exception>
    public static Tensor Read(Tensor yTrue, int classes, int? ignoreClass, string loss)
    {
        Tensor labels = (yTrue.DType == DType.Int32 ? yTrue : yTrue.Cast(DType.Int32)).View(yTrue.Count);
        int[] values = yTrue.DType == DType.Float32 ? Whole(yTrue, loss) : labels.ToNDArray().AsSpan<int>().ToArray();
        bool changed = false;
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] == ignoreClass)
                (values[i], changed) = (None, true);
            else if ((uint)values[i] >= (uint)classes)
                throw new ArgumentException($"{loss}: label {values[i]} of example {i} is not a class in 0..{classes - 1}", nameof(yTrue));
        }

        return changed ? Tensor.From(values.Length, values, labels.Backend) : labels;
    }

    // A cast would make some class of anything: 1.5 becomes 1, and what is not a number 0.
    private static int[] Whole(Tensor yTrue, string loss)
    {
        float[] values = yTrue.ToArray();
        int at = Array.FindIndex(values, value => value != MathF.Truncate(value));
        if (at >= 0)
        {
            string label = values[at].ToString(CultureInfo.InvariantCulture);
            throw new ArgumentException($"{loss}: label {label} of example {at} is not a class's number", nameof(yTrue));
        }

        return Array.ConvertAll(values, value => (int)value);
    }

    /// <summary>1 for each example that has a label, 0 for the others; null when none is ignored.</summary>
    public static Tensor? Labelled(Tensor yTrue, int? ignoreClass, Shape examples) => ignoreClass is { } none
        ? (yTrue.DType == DType.Float32 ? yTrue : yTrue.Cast(DType.Float32)).Reshape(examples).NotEqual(none)
        : null;
}
