using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>Cuts a patch, rows of any length from 8 floats on, into tiles of <see cref="SparseTile"/>.</summary>
internal readonly struct SparseRows
{
    private const int MaxVectors = 8;
    private const int MaxRows = 3;

    private readonly int _rows;
    private readonly int _length;
    private readonly int _vectors;
    private readonly int _chunks;
    private readonly int _rowsOfTile;
    private readonly int _lanes;

    /// <param name="rows">Rows of a patch.</param>
    /// <param name="length">Floats of a row, at least <see cref="MinLength"/>.</param>
    public SparseRows(int rows, int length)
    {
        _rows = rows;
        _length = length;

        // The widest vectors, unless they would compute more lanes twice than they save.
        bool wide = length >= Lanes512.Count && (length % Lanes512.Count is 0 or > 8 || length > 6 * Lanes512.Count);
        _lanes = Simd.Level switch
        {
            SimdLevel.Scalar => LanesScalar.Count,
            SimdLevel.Vector128 => Lanes128.Count,
            SimdLevel.Avx512 when wide => Lanes512.Count,
            _ => Lanes256.Count,
        };
        _vectors = (length + _lanes - 1) / _lanes;

        // 24 of 32 registers, or 12 of 16: the tile that goes through the list least often.
        int registers = Simd.Registers * 3 / 4, fewest = int.MaxValue;
        for (int height = Math.Min(rows, MaxRows); height > 0; height--)
        {
            int most = Math.Min(registers / height, MaxVectors), chunks = (_vectors + most - 1) / most, passes = (rows + height - 1) / height * chunks;
            if (passes < fewest)
                (fewest, _chunks, _rowsOfTile) = (passes, chunks, height);
        }
    }

    /// <summary>The shortest row: a vector of any level but the widest.</summary>
    public static int MinLength => Lanes256.Count;

    /// <summary>Adds a sparse sum to a patch.</summary>
    /// <param name="entry">The first entry.</param>
    /// <param name="end">After the last entry.</param>
    /// <param name="source">What offsets count from.</param>
    /// <param name="sourceStride">Floats between rows of the source.</param>
    /// <param name="target">The patch.</param>
    /// <param name="targetStride">Floats between rows of the patch.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public unsafe void Add(SparseEntry* entry, SparseEntry* end, float* source, nint sourceStride, float* target, nint targetStride)
    {
        for (int row = 0; row < _rows; row += _rowsOfTile)
        {
            int rows = Math.Min(_rowsOfTile, _rows - row);
            for (int chunk = 0, first = 0, next; chunk < _chunks; chunk++, first = next)
            {
                // Chunks of equal size, so that the last one is never a lone vector that overlaps its neighbour.
                next = chunk == _chunks - 1 ? _vectors : _vectors * (chunk + 1) / _chunks;
                int vectors = next - first;
                nint start = (nint)first * _lanes;
                nint last = (chunk == _chunks - 1 ? _length - _lanes : (nint)(first + vectors - 1) * _lanes) - start;
                float* from = source + (row * sourceStride) + start, to = target + (row * targetStride) + start;
                switch (_lanes)
                {
                    case 1: Dispatch<LanesScalar>(rows, vectors, entry, end, from, sourceStride, to, targetStride, last); break;
                    case 4: Dispatch<Lanes128>(rows, vectors, entry, end, from, sourceStride, to, targetStride, last); break;
                    case 8: Dispatch<Lanes256>(rows, vectors, entry, end, from, sourceStride, to, targetStride, last); break;
                    default: Dispatch<Lanes512>(rows, vectors, entry, end, from, sourceStride, to, targetStride, last); break;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Dispatch<TLanes>(
        int rows, int vectors, SparseEntry* entry, SparseEntry* end, float* source, nint sourceStride, float* target, nint targetStride, nint last)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        switch (rows)
        {
            case 1: Dispatch<TLanes, Rows.R1>(vectors, entry, end, source, sourceStride, target, targetStride, last); break;
            case 2: Dispatch<TLanes, Rows.R2>(vectors, entry, end, source, sourceStride, target, targetStride, last); break;
            default: Dispatch<TLanes, Rows.R3>(vectors, entry, end, source, sourceStride, target, targetStride, last); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Dispatch<TLanes, TRows>(
        int vectors, SparseEntry* entry, SparseEntry* end, float* source, nint sourceStride, float* target, nint targetStride, nint last)
        where TLanes : unmanaged, ILanes<TLanes>
        where TRows : struct, IRowCount
    {
        switch (vectors)
        {
            case 1: SparseTile.Run<TLanes, TRows, Rows.R1>(entry, end, source, sourceStride, target, targetStride, last); break;
            case 2: SparseTile.Run<TLanes, TRows, Rows.R2>(entry, end, source, sourceStride, target, targetStride, last); break;
            case 3: SparseTile.Run<TLanes, TRows, Rows.R3>(entry, end, source, sourceStride, target, targetStride, last); break;
            case 4: SparseTile.Run<TLanes, TRows, Rows.R4>(entry, end, source, sourceStride, target, targetStride, last); break;
            case 5: SparseTile.Run<TLanes, TRows, Rows.R5>(entry, end, source, sourceStride, target, targetStride, last); break;
            case 6: SparseTile.Run<TLanes, TRows, Rows.R6>(entry, end, source, sourceStride, target, targetStride, last); break;
            case 7: SparseTile.Run<TLanes, TRows, Rows.R7>(entry, end, source, sourceStride, target, targetStride, last); break;
            default: SparseTile.Run<TLanes, TRows, Rows.R8>(entry, end, source, sourceStride, target, targetStride, last); break;
        }
    }
}
