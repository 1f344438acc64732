namespace Numerics.Backends.Cpu;

/// <summary>The labels of rows, soft or as class numbers, and the classes' weights.</summary>
/// <param name="soft">[rows, classes], or null.</param>
/// <param name="numbers">[rows], or null.</param>
/// <param name="alpha">The weights.</param>
/// <param name="alphas">How many there are: 1 or one a class.</param>
/// <param name="classes">Classes of a row.</param>
internal readonly unsafe struct FocalLabels(float* soft, int* numbers, float* alpha, int alphas, int classes)
{
    private const int ManyLabels = 8;

    /// <summary>The first class at or behind a place that has a label, or the number of classes.</summary>
    public int Next(nint row, int from)
    {
        if (numbers != null)
        {
            int number = numbers[row];
            return (uint)number < (uint)classes && number >= from ? number : classes;
        }

        return RowMath.IndexOfNonZero(soft + (row * classes), from, classes);
    }

    /// <summary>The label of a class.</summary>
    public double Of(nint row, int c) => numbers != null ? 1 : soft[(row * classes) + c];

    /// <summary>The weight of a class.</summary>
    public double Alpha(int c) => alpha[alphas == 1 ? 0 : c];

    /// <summary>Whether a row has so many labels that they are better taken vector by vector.</summary>
    public bool IsDense(nint row)
    {
        if (numbers != null || classes < ManyLabels)
            return false;
        int labels = 0;
        for (int c = Next(row, 0); c < classes && labels < ManyLabels; c = Next(row, c + 1))
            labels++;
        return labels == ManyLabels;
    }

    /// <summary>The class numbers, or null.</summary>
    public int* Numbers => numbers;

    /// <summary>A row's soft labels.</summary>
    public float* Row(nint row) => soft + (row * classes);

    /// <summary>The classes' weights, or null when one weight is everybody's.</summary>
    public float* Alphas => alphas == 1 ? null : alpha;
}
