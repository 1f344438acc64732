using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The product of matrices that are large both ways. A shard is a block of the result; it goes through the inner sum in pieces of at most
/// 192 steps. Of each it packs its columns of b into panels, of which one (192 x 32 floats, 24 KiB) stays in L1 while rows of a pass by, and takes 96
/// rows of a at a time, which stay in L2 while the panels pass by. Rows of a that would share few places in L1, since they lie at powers of two from
/// each other, or of which a step's elements are far apart, are copied before. What comes next is on its way to L2 meanwhile.
/// </summary>
internal readonly unsafe struct BlockedMatMul : IShardedWork
{
    private const int Steps = 192;
    private const int Rows = 96;
    private const int ColumnsOfBlock = 256;

    // Of a block's result, 256 x 256 floats, 256 KiB, stay in L2 from piece to piece.
    private const int RowsOfRange = 256;

    // Floats between copied rows: a line more.
    private const int RowPitch = Steps + Prefetching.Line;

    // Rows of so many floats, or of multiples of that, are copied if so many panels read them.
    private const int CrowdedStride = 512;
    private const int PanelsWorthCopy = 3;

    private readonly MatMulOperands _x;
    private readonly int _columnBlocks;
    private readonly int _rowRanges;
    private readonly int _threads;

    /// <summary>Prepares the product; <see cref="Workspaces"/> are still to be given.</summary>
    /// <param name="x">The product.</param>
    /// <param name="threads">How many threads there are; how the result is cut depends on it, what it is does not.</param>
    public BlockedMatMul(in MatMulOperands x, int threads)
    {
        const int ShardsOfThread = 3;
        (_x, _threads) = (x, threads);
        _columnBlocks = (x.N + ColumnsOfBlock - 1) / ColumnsOfBlock;
        _rowRanges = (x.M + RowsOfRange - 1) / RowsOfRange;

        // Smaller blocks where these would leave threads without work: rows first, as long as packing b again for them costs little.
        while (threads > 1 && Shards > 0 && Shards < threads * ShardsOfThread)
        {
            if (x.M >= 2 * Rows * _rowRanges)
                _rowRanges *= 2;
            else if (_columnBlocks * 2 <= Panels)
                _columnBlocks *= 2;
            else
                break;
        }
    }

    /// <summary>What the shards work in, <see cref="WorkspaceSize"/> floats each.</summary>
    public Workspaces Workspaces { get; init; }

    /// <summary>How many blocks the result is cut into.</summary>
    public int Shards => _x.Batch * _rowRanges * _columnBlocks;

    /// <summary>Floats that a thread works in.</summary>
    public static nint WorkspaceSize => (ColumnsOfBlock * (nint)Steps) + (Rows * RowPitch);

    private int Panels => (_x.N + TileRows.MaxWidth - 1) / TileRows.MaxWidth;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        Block mine = BlockOf(shard), later = shard + _threads < Shards ? BlockOf(shard + _threads) : default;
        if (_x.K == 0)
            Epilogue.Start(mine.Y, _x.N, mine.Rows, mine.Columns, mine.Bias);
        int pieces = (_x.K + Steps - 1) / Steps, parts = PartsOf(mine.Rows);
        for (int piece = 0; piece < pieces; piece++)
        {
            int step = Cut(_x.K, piece, pieces), steps = Cut(_x.K, piece + 1, pieces) - step;
            bool ends = piece + 1 == pieces;
            var panels = new PackedPanels(Workspaces.Mine, steps, mine.Columns);
            Pack(panels, mine.B + (step * _x.StepStrideB));

            // What comes after this piece: the next one, or, most likely, the first one of the block after those that the other threads have.
            Operand soonB = ends ? OperandB(later, 0, pieces) : OperandB(mine, piece + 1, pieces);
            for (int part = 0; part < parts; part++)
            {
                int row = Cut(mine.Rows, part, parts), rows = Cut(mine.Rows, part + 1, parts) - row;
                Operand soonA = part + 1 < parts ? OperandA(mine, part + 1, piece, pieces) : ends ? OperandA(later, 0, 0, pieces) : OperandA(mine, 0, piece + 1, pieces);
                float* y = mine.Y + ((nint)row * _x.N);
                var operands = new TileOperands
                {
                    A = mine.A + (row * _x.RowStrideA) + (step * _x.StepStrideA),
                    RowStride = _x.RowStrideA,
                    StepStride = _x.StepStrideA,
                    Segments = 1,
                    Length = steps,
                    C = y,
                    StrideC = _x.N,
                    Start = step > 0 ? y : mine.Bias,
                    StrideStart = step > 0 ? _x.N : 0,
                };
                CopyCrowded(ref operands, rows, panels.Count);
                for (int panel = 0; panel < panels.Count; panel++)
                {
                    soonA.Ask(panel, panels.Count);
                    soonB.Ask((part * panels.Count) + panel, parts * panels.Count);

                    // A store waits for its line as a load does.
                    if (step == 0 && panel + 1 < panels.Count)
                        Prefetching.Start(operands.C + TileRows.MaxWidth, _x.N, rows, TileRows.MaxWidth);
                    operands.B = panels.Panel(panel, out int columns, out int width);
                    operands.StepB = width;
                    TileRows.Run(operands, rows, columns, width);
                    operands.C += width;
                    operands.Start = operands.Start is null ? null : operands.Start + width;
                }
            }
        }

        if (_x.Relu)
            Epilogue.Relu(mine.Y, _x.N, mine.Rows, mine.Columns);
    }

    private static int PartsOf(int rows) => Math.Max((rows + Rows - 1) / Rows, 1);

    // Where one of so many parts begins that are as equal as can be, or the last one ends.
    private static int Cut(int count, int part, int parts) => (int)((long)count * part / parts);

    private int ColumnOf(int block) => Cut(Panels, block, _columnBlocks) * TileRows.MaxWidth;

    private Block BlockOf(int shard)
    {
        (int index, int column) = Math.DivRem(shard, _columnBlocks);
        (int matrix, int range) = Math.DivRem(index, _rowRanges);
        int row = Cut(_x.M, range, _rowRanges), rows = Cut(_x.M, range + 1, _rowRanges) - row;
        int first = ColumnOf(column), end = Math.Min(ColumnOf(column + 1), _x.N);
        return new Block
        {
            A = _x.A + ((nint)matrix * _x.M * _x.K) + (row * _x.RowStrideA),
            B = _x.B + ((nint)matrix * _x.K * _x.N) + (first * _x.ColumnStrideB),
            Y = _x.Y + ((((nint)matrix * _x.M) + row) * _x.N) + first,
            Bias = _x.Bias is null ? null : _x.Bias + first,
            Rows = rows,
            Columns = end - first,
        };
    }

    private Operand OperandA(in Block block, int part, int piece, int pieces)
    {
        int parts = PartsOf(block.Rows), row = Cut(block.Rows, part, parts), rows = Cut(block.Rows, part + 1, parts) - row;
        int step = Cut(_x.K, piece, pieces), steps = Cut(_x.K, piece + 1, pieces) - step;
        float* start = block.A + (row * _x.RowStrideA) + (step * _x.StepStrideA);
        return _x.StepStrideA == 1 ? new Operand(start, _x.RowStrideA, rows, steps) : new Operand(start, _x.StepStrideA, steps, rows);
    }

    private Operand OperandB(in Block block, int piece, int pieces)
    {
        int step = Cut(_x.K, piece, pieces), steps = Cut(_x.K, piece + 1, pieces) - step;
        float* start = block.B + (step * _x.StepStrideB);
        return _x.ColumnStrideB == 1 ? new Operand(start, _x.StepStrideB, steps, block.Columns) : new Operand(start, _x.ColumnStrideB, block.Columns, steps);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Pack(in PackedPanels panels, float* b)
    {
        if (_x.ColumnStrideB == 1)
        {
            panels.PackRows(0, panels.Count, b, _x.StepStrideB);
            return;
        }

        for (int panel = 0; panel < panels.Count; panel++)
            panels.Pack(panel, 0, panels.Rows, b, _x.StepStrideB, _x.ColumnStrideB);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CopyCrowded(ref TileOperands x, int rows, int panels)
    {
        if (x.StepStride == 1 && (x.RowStride % CrowdedStride != 0 || panels < PanelsWorthCopy))
            return;
        float* copy = Workspaces.Mine + (ColumnsOfBlock * (nint)Steps);
        if (x.StepStride == 1)
        {
            for (int row = 0; row < rows; row++)
                new ReadOnlySpan<float>(x.A + (row * x.RowStride), x.Length).CopyTo(new Span<float>(copy + (row * RowPitch), x.Length));
        }
        else
        {
            Transposition.Run(x.A, x.StepStride, x.RowStride, x.Length, rows, copy, RowPitch);
        }

        x.A = copy;
        (x.RowStride, x.StepStride) = (RowPitch, 1);
    }

    // A block of the result, and what it is made of.
    private struct Block
    {
        public float* A;
        public float* B;
        public float* Y;
        public float* Bias;
        public int Rows;
        public int Columns;
    }

    // Lines of an operand.
    private readonly struct Operand(float* start, nint stride, int count, int length)
    {
        // Asks for one of so many parts of it.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Ask(int part, int parts)
        {
            int first = Cut(count, part, parts), end = Cut(count, part + 1, parts);
            Prefetching.Start(start + (first * stride), stride, end - first, length);
        }
    }
}
