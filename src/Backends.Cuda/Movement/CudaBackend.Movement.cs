using Numerics.Tensors;

namespace Numerics.Backends.Cuda;

/// <content>Ops that move and convert elements.</content>
public sealed unsafe partial class CudaBackend
{
    private const int Tile = 32, VectorBytes = 16;

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

        bool isNarrow = IsRounded(x);
        using Operand from = AsOperand(x, isNarrow);
        using Result result = AsResult(y, isNarrow);
        LaunchWalk(from.Address, result.Address, StoredSize(x), y.Count, dims, steps);
        Finish(result);
    }

    /// <inheritdoc/>
    /// <remarks>An index outside the axis takes the nearest row: the indices are on the device, and looking at them would wait for it.</remarks>
    public override void Gather(Tensor x, Tensor indices, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(y);
        bool isNarrow = IsRounded(x);
        using Operand from = AsOperand(x, isNarrow);
        using Result result = AsResult(y, isNarrow);
        (string unit, int size) = UnitOf(StoredSize(x), from.Address, result.Address, x.Shape[2]);
        int count = y.Count / size;
        Each(KernelFamily.Movement, "gather" + unit, count, from.Address, indices, result.Address, x.Shape[1], indices.Count, x.Shape[2] / size, count);
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
        int blocks = dx.Shape[0] * Ceiling(dx.Shape[1], Lanes) * Ceiling(dx.Shape[2], 4 * Lanes);
        Launch(KernelFamily.Movement, "scatter_add", blocks, new CudaDim(Lanes, RowsOfBlock), dy, indices, Output(dx), dx.Shape[1], indices.Count, dx.Shape[2]);
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
        int size = StoredSize(x);
        CopyRuns(from.Address + ((ulong)start * (ulong)inner * (ulong)size), x.Shape[1] * inner, result.Address, run, size, run, y.Count);
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
        int size = isNarrow ? sizeof(ushort) : x.DType.Size();
        CopyRuns(from.Address, run, result.Address + ((ulong)start * (ulong)inner * (ulong)size), y.Shape[1] * inner, size, run, x.Count);
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

    private static int StoredSize(Tensor x) => IsRounded(x) ? sizeof(ushort) : x.DType.Size();

    /// <summary>
    /// What a thread copies at a time where elements of some size stand in runs: 16 bytes, if runs and the steps between them are multiples of
    /// that and begin at such.
    /// </summary>
    /// <returns>The end of the kernel's name, and how many elements that are.</returns>
    private static (string Name, int Elements) UnitOf(int size, ulong from, ulong to, params ReadOnlySpan<int> steps)
    {
        int elements = VectorBytes / size;
        bool isWhole = (from | to) % VectorBytes == 0;
        foreach (int step in steps)
            isWhole &= step % elements == 0;
        return isWhole ? ("_vectors", elements) : (size switch { 1 => "_bytes", 2 => "_halves", _ => "_words" }, 1);
    }

    /// <summary>Copies elements of some size from where the steps lead to.</summary>
    private void LaunchWalk(ulong from, ulong to, int size, int count, int[] dims, int[] steps)
    {
        bool isSpread = steps[^1] == 0 && dims[^1] > 1 && size > 1;
        (string unit, int elements) = isSpread
            ? UnitOf(size, 0, to, dims[^1])
            : steps[^1] == 1 ? UnitOf(size, from, to, [dims[^1], .. steps[..^1]]) : UnitOf(size, 1, to);
        string name = "walk" + unit;
        if (elements > 1)
        {
            dims = [.. dims[..^1], dims[^1] / elements];
            if (isSpread)
                name = size == sizeof(ushort) ? "spread_halves" : "spread_words";
            else
                steps = [.. steps[..^1].Select(step => step / elements), 1];
        }

        Each(KernelFamily.Movement, name, count / elements, from, to, count / elements, Walk.Words(dims, steps, steps));
    }

    private void CopyRuns(ulong from, int stepFrom, ulong to, int stepTo, int size, int run, int count)
    {
        (string unit, int elements) = UnitOf(size, from, to, stepFrom, stepTo, run);
        int items = count / elements;
        Each(KernelFamily.Movement, "copy_runs" + unit, items, from, stepFrom / elements, to, stepTo / elements, run / elements, items);
    }

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
