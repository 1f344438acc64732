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
        Each(KernelFamily.Cast, name, y.Count, x, y, y.Count);
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
            TransposeMatrices(x, y, dims.Length == 3 ? dims[0] : 1, dims[^1], dims[^2]);
        else
            Each(KernelFamily.Movement, Sized("walk", x), y.Count, x, y, y.Count, Walk.Words(dims, steps, steps));
    }

    /// <inheritdoc/>
    /// <remarks>An index outside the axis takes the nearest row: the indices are on the device, and looking at them would wait for it.</remarks>
    public override void Gather(Tensor x, Tensor indices, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Movement, Sized("gather", x), y.Count, x, indices, y, x.Shape[1], indices.Count, x.Shape[2], y.Count);
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
        Each(KernelFamily.Movement, "scatter_add", columns, dy, indices, dx, dx.Shape[1], indices.Count, dx.Shape[2], columns);
    }

    /// <inheritdoc/>
    public override void Slice(Tensor x, int start, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (y.Count == 0)
            return;
        int inner = x.Shape[2], run = y.Shape[1] * inner;
        ulong from = Address(x) + ((ulong)start * (ulong)inner * (ulong)x.DType.Size());
        Each(KernelFamily.Movement, Sized("copy_runs", x), y.Count, from, x.Shape[1] * inner, y, run, run, y.Count);
        GC.KeepAlive(x);
    }

    /// <inheritdoc/>
    public override void InsertSlice(Tensor x, int start, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        if (x.Count == 0)
            return;
        int inner = x.Shape[2], run = x.Shape[1] * inner;
        ulong to = Address(y) + ((ulong)start * (ulong)inner * (ulong)x.DType.Size());
        Each(KernelFamily.Movement, Sized("copy_runs", x), x.Count, x, run, to, y.Shape[1] * inner, run, x.Count);
        GC.KeepAlive(y);
    }

    /// <inheritdoc/>
    public override void OneHot(Tensor indices, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(y);
        Each(KernelFamily.Movement, "one_hot", y.Count, indices, y, y.Shape[1], y.Count);
    }

    private static string Sized(string name, Tensor x) => x.DType.Size() == 1 ? name + "_bytes" : name + "_words";

    /// <summary>y [matrices, columns, rows] of x [matrices, rows, columns].</summary>
    private void TransposeMatrices(Tensor x, Tensor y, int matrices, int rows, int columns) =>
        Launch(
            KernelFamily.Movement,
            Sized("transpose", x),
            matrices * Ceiling(rows, Tile) * Ceiling(columns, Tile),
            new CudaDim(Tile, RowsOfBlock),
            x,
            y,
            rows,
            columns);

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
