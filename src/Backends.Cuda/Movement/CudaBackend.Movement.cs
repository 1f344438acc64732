using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Ops that move and convert elements.</content>
public sealed unsafe partial class CudaBackend
{
    private const int Tile = 32;

    /// <inheritdoc/>
    public override void Cast(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        string name = $"cast_{x.DType.ToString().ToLowerInvariant()}_{y.DType.ToString().ToLowerInvariant()}";
        Each(KernelFamily.Cast, name, y.Count, x, Output(y), y.Count);
    }

    /// <inheritdoc/>
    public override void Transpose(Tensor x, ReadOnlySpan<int> permutation, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        (int[] dims, int[] steps) = MergedAxes(x.Shape.Dims, permutation);
        bool swapped = dims.Length >= 2 && steps[^2] == 1 && steps[^1] == dims[^2];
        if (swapped && (dims.Length == 2 || (dims.Length == 3 && steps[0] == dims[1] * dims[2])))
        {
            TransposeMatrices(x, y, dims.Length == 3 ? dims[0] : 1, dims[^1], dims[^2]);
            return;
        }

        KernelArgument from = KernelArgument.Stored(x, out bool isNarrow);
        using Result result = AsResult(y, isNarrow);
        Each(KernelFamily.Movement, Sized("walk", x), y.Count, from, result.Address, y.Count, Walk.Words(dims, steps, steps));
        Finish(result);
    }

    /// <inheritdoc/>
    /// <remarks>An index outside the axis takes the nearest row: the indices are on the device, and looking at them would wait for it.</remarks>
    public override void Gather(Tensor x, Tensor indices, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(y);
        KernelArgument from = KernelArgument.Stored(x, out bool isNarrow);
        using Result result = AsResult(y, isNarrow);
        Each(KernelFamily.Movement, Sized("gather", x), y.Count, from, indices, result.Address, x.Shape[1], indices.Count, x.Shape[2], y.Count);
        Finish(result);
    }

    /// <inheritdoc/>
    /// <remarks>An index outside the axis adds to the nearest row, as in <see cref="Gather"/>.</remarks>
    public override void ScatterAdd(Tensor dy, Tensor indices, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(dx);
        if (dy.Count == 0)
            return;
        int columns = dx.Shape[0] * dx.Shape[2];
        Each(KernelFamily.Movement, "scatter_add", columns, dy, indices, Output(dx), dx.Shape[1], indices.Count, dx.Shape[2], columns);
    }

    /// <inheritdoc/>
    public override void Slice(Tensor x, int start, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        int inner = x.Shape[2], run = y.Shape[1] * inner;
        bool isNarrow = IsRounded(x);
        using Operand from = AsOperand(x, isNarrow);
        using Result result = AsResult(y, isNarrow);
        ulong first = from.Address + ((ulong)start * (ulong)inner * StoredSize(x));
        Each(KernelFamily.Movement, Sized("copy_runs", x), y.Count, first, x.Shape[1] * inner, result.Address, run, run, y.Count);
        Finish(result);
    }

    /// <inheritdoc/>
    /// <remarks>What is rounded stays so between zeros, and beside what is rounded.</remarks>
    public override void InsertSlice(Tensor x, int start, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count == 0)
            return;
        int inner = x.Shape[2], run = x.Shape[1] * inner;
        var memory = (DeviceBuffer)y.Buffer;
        bool holdsZeros = memory.HoldsZeros, isNarrow = IsRounded(x) && IsWhole(y) && (holdsZeros || memory.IsEmpty || IsRounded(y));
        using Operand from = AsOperand(x, isNarrow);
        using Result result = AsResult(y, isNarrow);
        if (isNarrow && holdsZeros)
            _api.SetMemory(result.Address, 0, Ceiling(y.Count, 2), _stream);
        ulong to = result.Address + ((ulong)start * (ulong)inner * (isNarrow ? 2 : (ulong)x.DType.Size()));
        Each(KernelFamily.Movement, isNarrow ? "copy_runs_halves" : SizedByType("copy_runs", x), x.Count, from.Address, run, to, y.Shape[1] * inner, run, x.Count);
    }

    /// <inheritdoc/>
    public override void OneHot(Tensor indices, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Movement, "one_hot", y.Count, indices, Output(y), y.Shape[1], y.Count);
    }

    /// <summary>The kernel for elements of a tensor's type.</summary>
    private static string SizedByType(string name, Tensor x) => x.DType.Size() == 1 ? name + "_bytes" : name + "_words";

    /// <summary>The kernel for elements as they are stored.</summary>
    private static string Sized(string name, Tensor x) => IsRounded(x) ? name + "_halves" : SizedByType(name, x);

    private static ulong StoredSize(Tensor x) => IsRounded(x) ? sizeof(ushort) : (ulong)x.DType.Size();

    /// <summary>y [matrices, columns, rows] of x [matrices, rows, columns].</summary>
    private void TransposeMatrices(Tensor x, Tensor y, int matrices, int rows, int columns)
    {
        KernelArgument from = KernelArgument.Stored(x, out bool isNarrow);
        using Result result = AsResult(y, isNarrow);
        Launch(
            KernelFamily.Movement,
            Sized("transpose", x),
            matrices * Ceiling(rows, Tile) * Ceiling(columns, Tile),
            new CudaDim(Tile, RowsOfBlock),
            from,
            result.Address,
            rows,
            columns);
        Finish(result);
    }

    /// <summary>The output's axes with x's step along each; axes that stay neighbours become one.</summary>
    private static (int[] Dims, int[] Steps) MergedAxes(ReadOnlySpan<int> dims, ReadOnlySpan<int> permutation)
    {
        Span<int> steps = stackalloc int[dims.Length];
        for (int axis = dims.Length - 1, step = 1; axis >= 0; step *= dims[axis--])
            steps[axis] = step;
        var mergedDims = new List<int>();
        var mergedSteps = new List<int>();
        foreach (int axis in permutation)
        {
            if (dims[axis] == 1)
                continue;
            if (mergedDims.Count > 0 && mergedSteps[^1] == steps[axis] * dims[axis])
            {
                mergedDims[^1] *= dims[axis];
                mergedSteps[^1] = steps[axis];
                continue;
            }

            mergedDims.Add(dims[axis]);
            mergedSteps.Add(steps[axis]);
        }

        return mergedDims.Count == 0 ? ([1], [1]) : ([.. mergedDims], [.. mergedSteps]);
    }
}
