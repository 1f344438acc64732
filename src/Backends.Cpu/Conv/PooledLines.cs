namespace Numerics.Backends.Cpu;

/// <summary>The lines of one step of <see cref="NextPooledRows"/>, handed out in runs to loops that ask for one line a time.</summary>
/// <param name="rows">What the next rows read.</param>
internal unsafe ref struct PooledLines(ref NextPooledRows rows)
{
    private readonly ref NextPooledRows _rows = ref rows;
    private int _taken;
    private float* _next;
    private nint _left;

    /// <summary>Where to ask for so many lines, or null where nothing is left; the last ones may lie beyond what is needed.</summary>
    public float* Next(int lines)
    {
        while (_left <= 0)
        {
            switch (_taken++)
            {
                case 0: _next = _rows.Dy.Take(out _left); break;
                case 1: _next = _rows.Y.Take(out _left); break;
                case 2: _next = _rows.X.Take(out _left); break;
                case 3: _next = _rows.ArgMax.Take(out _left); break;
                default: return null;
            }
        }

        float* start = _next;
        _next += (nint)lines * Prefetching.Line;
        _left -= lines;
        return start;
    }
}
