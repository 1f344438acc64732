namespace Numerics.Distributed;

/// <summary>Which rows of a batch belong to which part of it, and which parts to which process.</summary>
internal sealed class BatchParts
{
    private readonly int[] _starts;
    private readonly int[] _rowsOfRank;
    private readonly int _own;

    /// <param name="rowsOfRank">How many rows each process has.</param>
    /// <param name="parts">The number of parts, a multiple of the number of processes.</param>
    public BatchParts(int[] rowsOfRank, int parts)
    {
        int size = rowsOfRank.Length;
        _rowsOfRank = rowsOfRank;
        _own = parts / size;
        _starts = new int[parts + 1];
        Rows = rowsOfRank.Sum();
        bool isEven = true;
        for (int rank = 0; rank < size; rank++)
            isEven &= rowsOfRank[rank] == Start(Rows, parts, (rank + 1) * _own) - Start(Rows, parts, rank * _own);
        for (int rank = 0, first = 0; rank < size; first += rowsOfRank[rank++])
        {
            // Where batches were not cut by this rule, each process cuts what it has.
            for (int i = 0; i < _own; i++)
                _starts[(rank * _own) + i] = isEven ? Start(Rows, parts, (rank * _own) + i) : first + Start(rowsOfRank[rank], _own, i);
        }

        _starts[parts] = Rows;
    }

    /// <summary>The rows of the whole batch.</summary>
    public int Rows { get; }

    /// <summary>How many rows each process has.</summary>
    public ReadOnlySpan<int> RowsOfRank => _rowsOfRank;

    /// <summary>The number of parts that have rows.</summary>
    public int Filled => Enumerable.Range(0, _starts.Length - 1).Count(part => Count(part) > 0);

    /// <summary>The first row of a part.</summary>
    public int First(int part) => _starts[part];

    /// <summary>The number of rows of a part.</summary>
    public int Count(int part) => _starts[part + 1] - _starts[part];

    /// <summary>The first row of a part when rows are shared out evenly.</summary>
    public static int Start(int rows, int parts, int part) => (int)((long)rows * part / parts);
}
