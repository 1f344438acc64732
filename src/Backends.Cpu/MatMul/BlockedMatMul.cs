using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The product of matrices that are large both ways. b was packed into panels once. A shard is a block of the result; it goes
/// through the inner sum in pieces of 192 steps, so that a piece of a panel (192 x 32 floats, 24 KiB) stays in L1 while the rows
/// of a pass by, and a's rows of the piece stay in L2 while the panels pass by. Rows at powers of two from each other would share few
/// places in L1; those are copied before.
/// </summary>
internal readonly unsafe struct BlockedMatMul : IShardedWork
{
    private const int Steps = 192;
    private const int Rows = 96;
    private const int ColumnsOfBlock = 256;

    // Floats between copied rows: a line more.
    private const int RowPitch = Steps + 16;

    // Rows of so many floats, or of multiples of that, are copied if so many panels read them.
    private const int CrowdedStride = 256;
    private const int PanelsWorthCopy = 3;

    private readonly MatMulOperands _x;
    private readonly PackedPanels _b;
    private readonly int _panelsOfBlock;

    public BlockedMatMul(in MatMulOperands x, PackedPanels b)
    {
        _x = x;
        _b = b;

        // Fewer panels a block where these would leave the threads without work.
        _panelsOfBlock = ColumnsOfBlock / TileRows.MaxWidth;
        while (_panelsOfBlock > 1 && Shards < 16)
            _panelsOfBlock /= 2;
    }

    /// <summary>How many blocks the result is cut into.</summary>
    public int Shards => _x.Batch * RowBlocks * ColumnBlocks;

    private int RowBlocks => (_x.M + Rows - 1) / Rows;

    private int ColumnBlocks => (_b.Count + _panelsOfBlock - 1) / _panelsOfBlock;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        float* copy = stackalloc float[Rows * RowPitch];
        (int index, int columnBlock) = Math.DivRem(shard, ColumnBlocks);
        (int matrix, int rowBlock) = Math.DivRem(index, RowBlocks);
        int firstRow = rowBlock * Rows, rows = Math.Min(Rows, _x.M - firstRow);
        int firstPanel = columnBlock * _panelsOfBlock, endPanel = Math.Min(firstPanel + _panelsOfBlock, _b.Count);
        float* y = _x.Y + ((((nint)matrix * _x.M) + firstRow) * _x.N);
        float* a = _x.A + ((nint)matrix * _x.M * _x.K) + (firstRow * _x.RowStrideA);
        var b = new PackedPanels(_b.Data + (matrix * PackedPanels.Size(_b.Rows, _b.Columns)), _b.Rows, _b.Columns);
        int firstColumn = firstPanel * TileRows.MaxWidth, columns = Math.Min(endPanel * TileRows.MaxWidth, _x.N) - firstColumn;
        if (_x.K == 0)
            Epilogue.Start(y + firstColumn, _x.N, rows, columns, _x.Bias is null ? null : _x.Bias + firstColumn);
        for (int step = 0; step < _x.K; step += Steps)
        {
            int steps = Math.Min(Steps, _x.K - step);
            float* from = a + (step * _x.StepStrideA);
            nint rowStride = _x.RowStrideA;
            if (_x.StepStrideA == 1 && rowStride % CrowdedStride == 0 && endPanel - firstPanel >= PanelsWorthCopy)
            {
                for (int row = 0; row < rows; row++)
                    new ReadOnlySpan<float>(from + (row * rowStride), steps).CopyTo(new Span<float>(copy + (row * RowPitch), steps));
                from = copy;
                rowStride = RowPitch;
            }

            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                float* data = b.Panel(panel, out int panelColumns, out int width);
                float* start = step > 0 ? y + (panel * TileRows.MaxWidth) : _x.Bias is null ? null : _x.Bias + (panel * TileRows.MaxWidth);
                var operands = new TileOperands
                {
                    A = from,
                    RowStride = rowStride,
                    StepStride = _x.StepStrideA,
                    Segments = 1,
                    Length = steps,
                    B = data + ((nint)step * width),
                    StepB = width,
                    C = y + (panel * TileRows.MaxWidth),
                    StrideC = _x.N,
                    Start = start,
                    StrideStart = step > 0 ? _x.N : 0,
                };
                TileRows.Run(operands, rows, panelColumns, width);
            }
        }

        if (_x.Relu)
            Epilogue.Relu(y + firstColumn, _x.N, rows, columns);
    }
}
