using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>
/// A stretch of memory that is needed soon, asked for a few lines at a time between other work: all at once the requests would
/// stand in the way of the work's own reads.
/// </summary>
internal unsafe struct ReadAhead
{
    private readonly nint _linesOfStep;
    private float* _next;

    /// <param name="start">Where the stretch starts.</param>
    /// <param name="floats">Its length.</param>
    /// <param name="steps">After how many steps all of it has been asked for.</param>
    public ReadAhead(void* start, long floats, int steps)
    {
        _next = (float*)start;
        _linesOfStep = (nint)((floats + ((long)steps * Prefetching.Line) - 1) / ((long)steps * Prefetching.Line));
    }

    /// <summary>Asks for the next lines; also beyond the stretch, after the last step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step()
    {
        for (nint line = 0; line < _linesOfStep; line++, _next += Prefetching.Line)
            Prefetching.Start(_next);
    }

    /// <summary>The lines of the next step, for the caller to ask for.</summary>
    /// <param name="lines">How many.</param>
    public float* Take(out nint lines)
    {
        float* start = _next;
        lines = _linesOfStep;
        _next += lines * Prefetching.Line;
        return start;
    }
}
