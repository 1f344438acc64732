using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A <see cref="BroadcastPlan"/> that a job can carry: no references, and none made for the common pairs of shapes. The output
/// is walked row by row, a row being its innermost merged axis, along which each operand goes by 1 or stays.
/// </summary>
internal unsafe struct BroadcastWalk
{
    private const int MostAxes = 16;

    private int _outerAxes;
    private fixed int _dims[MostAxes];
    private fixed int _stridesA[MostAxes];
    private fixed int _stridesB[MostAxes];

    /// <summary>Plans the walk of two operands over their common output.</summary>
    /// <exception cref="ArgumentException">More than 16 axes are left after merging.</exception>
    public BroadcastWalk(Shape a, Shape b, Shape y)
    {
        Rows = 1;
        Inner = y.Count;
        (StepA, StepB) = (a.Count == y.Count ? 1 : 0, b.Count == y.Count ? 1 : 0);
        (IsContiguousA, IsContiguousB) = (StepA == 1, StepB == 1);
        (IsOneRowA, IsOneRowB) = (true, true);
        if ((IsContiguousA || a.Count == 1) && (IsContiguousB || b.Count == 1))
            return;
        if (IsContiguousA && IsSuffix(b, y))
            SetTwoAxes(b.Count, b.Count, 0);
        else if (IsContiguousB && IsSuffix(a, y))
            SetTwoAxes(a.Count, 0, a.Count);
        else
            Set(BroadcastPlan.Create(a, b), y.Count);
    }

    /// <summary>How many rows the output has.</summary>
    public int Rows { get; private set; }

    /// <summary>The elements of a row.</summary>
    public int Inner { get; private set; }

    /// <summary>The first operand's step within a row: 1, or 0 when it repeats one element.</summary>
    public int StepA { get; private set; }

    /// <summary>The second operand's step within a row.</summary>
    public int StepB { get; private set; }

    /// <summary>Whether the first operand lies as the output does.</summary>
    public bool IsContiguousA { get; }

    /// <summary>Whether the second operand lies as the output does.</summary>
    public bool IsContiguousB { get; }

    /// <summary>Whether the first operand is the same for every row.</summary>
    public bool IsOneRowA { get; private set; }

    /// <summary>Whether the second operand is the same for every row.</summary>
    public bool IsOneRowB { get; private set; }

    /// <summary>Where a row begins in each operand, in elements.</summary>
    public readonly (nint A, nint B) Offsets(int row)
    {
        nint a = 0, b = 0;
        for (int axis = _outerAxes - 1; axis >= 0; axis--)
        {
            (row, int position) = Math.DivRem(row, _dims[axis]);
            a += (nint)position * _stridesA[axis];
            b += (nint)position * _stridesB[axis];
        }

        return (a, b);
    }

    // Whether x, but for axes of extent 1 in front, is the end of y's shape: a bias.
    private static bool IsSuffix(Shape x, Shape y)
    {
        ReadOnlySpan<int> dims = x.Dims;
        while (!dims.IsEmpty && dims[0] == 1)
            dims = dims[1..];
        return y.Dims.EndsWith(dims);
    }

    private void SetTwoAxes(int inner, int strideA, int strideB)
    {
        (Rows, Inner, StepA, StepB) = (Inner / inner, inner, 1, 1);
        SetOuter(0, Rows, strideA, strideB);
    }

    private void Set(BroadcastPlan plan, int count)
    {
        int outer = plan.Dims.Length - 1;
        if (outer > MostAxes)
            throw new ArgumentException($"broadcasting over more than {MostAxes} axes that cannot be merged");
        for (int axis = 0; axis < outer; axis++)
            SetOuter(axis, plan.Dims[axis], plan.StridesA[axis], plan.StridesB[axis]);
        (Inner, StepA, StepB) = (plan.Dims[^1], plan.StridesA[^1], plan.StridesB[^1]);
        Rows = count / Inner;
    }

    private void SetOuter(int axis, int dim, int strideA, int strideB)
    {
        _outerAxes = axis + 1;
        (_dims[axis], _stridesA[axis], _stridesB[axis]) = (dim, strideA, strideB);
        IsOneRowA &= strideA == 0;
        IsOneRowB &= strideB == 0;
    }
}
