using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Reorders axes. Axes that stay neighbours are merged first; what is left is either a copy of whole runs, or transpositions
/// of matrices between the axis that is innermost in the source and the one that is innermost in the result.
/// </summary>
/// <typeparam name="T">An element of the right size.</typeparam>
internal unsafe struct PermuteWork<T> : IShardedWork
    where T : unmanaged
{
    private const int MostAxes = 32;
    private const int Block = 16;

    private readonly T* _source;
    private readonly T* _target;
    private int _outerAxes;
    private fixed int _dims[MostAxes];
    private fixed long _sourceStrides[MostAxes];
    private fixed long _targetStrides[MostAxes];

    // The matrix: rows along the result's innermost axis, columns along the source's.
    private int _rows;
    private int _columns;
    private long _rowStride;
    private long _columnTargetStride;
    private int _matrices;
    private int _columnsOfShard;
    private int _matricesOfShard;

    /// <summary>Plans a reordering.</summary>
    /// <param name="source">The first element.</param>
    /// <param name="shape">The source's extents.</param>
    /// <param name="permutation">Which axis of the source each axis of the result is.</param>
    /// <param name="target">The result's first element.</param>
    /// <exception cref="ArgumentException">More than 32 axes.</exception>
    public PermuteWork(T* source, ReadOnlySpan<int> shape, ReadOnlySpan<int> permutation, T* target)
    {
        if (shape.Length > MostAxes)
            throw new ArgumentException($"a transposition of more than {MostAxes} axes");
        _source = source;
        _target = target;
        Span<long> strides = stackalloc long[MostAxes];
        long size = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = size;
            size *= shape[axis];
        }

        // The result's axes, outermost first, without those of extent 1, neighbours that stay so as one.
        int axes = 0;
        foreach (int axis in permutation)
        {
            if (shape[axis] == 1)
                continue;
            if (axes > 0 && _sourceStrides[axes - 1] == strides[axis] * shape[axis])
            {
                _dims[axes - 1] *= shape[axis];
                _sourceStrides[axes - 1] = strides[axis];
                continue;
            }

            (_dims[axes], _sourceStrides[axes]) = (shape[axis], strides[axis]);
            axes++;
        }

        if (axes == 0)
            (_dims[axes], _sourceStrides[axes++]) = (1, 1);
        long step = 1;
        for (int axis = axes - 1; axis >= 0; axis--)
        {
            _targetStrides[axis] = step;
            step *= _dims[axis];
        }

        // Take out the result's innermost axis, then the source's innermost one if it is another.
        (_rows, _rowStride) = (_dims[axes - 1], _sourceStrides[axes - 1]);
        (_columns, _columnTargetStride) = (1, 1);
        _outerAxes = 0;
        for (int axis = 0; axis < axes - 1; axis++)
        {
            if (_sourceStrides[axis] == 1)
            {
                (_columns, _columnTargetStride) = (_dims[axis], _targetStrides[axis]);
                continue;
            }

            int to = _outerAxes++;
            (_dims[to], _sourceStrides[to], _targetStrides[to]) = (_dims[axis], _sourceStrides[axis], _targetStrides[axis]);
        }

        _matrices = 1;
        for (int axis = 0; axis < _outerAxes; axis++)
            _matrices *= _dims[axis];
        int blocks = Math.Max(1, Shards.Size / Math.Max(1, _rows) / Block);
        _columnsOfShard = Math.Min(blocks * Block, Math.Max(1, _columns));
        _matricesOfShard = _columnsOfShard < _columns ? 1 : Math.Max(1, (int)(Shards.Size / Math.Max(1, (long)_rows * _columns)));
    }

    /// <summary>How many shards there are.</summary>
    public readonly int Count => Shards.Count(_columns, _columnsOfShard) * Shards.Count(_matrices, _matricesOfShard);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int block, int band) = Math.DivRem(shard, Shards.Count(_columns, _columnsOfShard));
        int column = band * _columnsOfShard, columns = Math.Min(_columnsOfShard, _columns - column);
        (nint matrix, nint end) = Shards.Range(_matrices, block, _matricesOfShard);
        for (; matrix < end; matrix++)
        {
            (nint from, nint to) = Offsets((int)matrix);
            T* source = _source + from + column, target = _target + to + (column * (nint)_columnTargetStride);
            if (_rowStride == 1)
                new ReadOnlySpan<T>(source, _rows).CopyTo(new Span<T>(target, _rows));
            else
                Transpose(source, (nint)_rowStride, _rows, columns, target, (nint)_columnTargetStride);
        }
    }

    private readonly (nint Source, nint Target) Offsets(int matrix)
    {
        long source = 0, target = 0;
        for (int axis = _outerAxes - 1; axis >= 0; axis--)
        {
            (matrix, int position) = Math.DivRem(matrix, _dims[axis]);
            source += position * _sourceStrides[axis];
            target += position * _targetStrides[axis];
        }

        return ((nint)source, (nint)target);
    }

    // target[column, row] = source[row, column], in blocks that keep the lines of both sides in L1.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(T* source, nint rowStride, int rows, int columns, T* target, nint columnStride)
    {
        if (sizeof(T) == sizeof(float))
        {
            Transposition.Run((float*)source, rowStride, 1, rows, columns, (float*)target, columnStride);
            return;
        }

        for (int firstColumn = 0; firstColumn < columns; firstColumn += Block)
        {
            int endColumn = Math.Min(firstColumn + Block, columns);
            for (int firstRow = 0; firstRow < rows; firstRow += Block)
            {
                int endRow = Math.Min(firstRow + Block, rows);
                for (int column = firstColumn; column < endColumn; column++)
                {
                    T* from = source + column, to = target + (column * columnStride);
                    for (int row = firstRow; row < endRow; row++)
                        to[row] = from[row * rowStride];
                }
            }
        }
    }
}
