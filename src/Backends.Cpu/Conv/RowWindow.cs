namespace Numerics.Backends.Cpu;

/// <summary>
/// A copy of some rows of padded pictures that moves down the batch. The rows of all pictures, padding included, count as those of one
/// tall picture.
/// </summary>
/// <param name="images">The pictures.</param>
/// <param name="memory">Room for the rows.</param>
/// <param name="rows">How many rows that is.</param>
/// <param name="limit">The row after the last one that will be asked for.</param>
internal unsafe struct RowWindow(PaddedImages images, float* memory, int rows, long limit)
{
    private long _first;
    private long _end;

    /// <summary>Where the first row of the batch would be, if the window held it.</summary>
    /// <param name="first">The first row that is read; never one before that of an earlier call.</param>
    /// <param name="end">The row after the last one; at most so many more than the window has.</param>
    public float* Bring(long first, long end)
    {
        nint stride = images.RowStride;
        if (end > _end)
        {
            int kept = (int)Math.Max(_end - first, 0), length = kept * (int)stride;
            new ReadOnlySpan<float>(memory + ((nint)(first - _first) * stride), length).CopyTo(new Span<float>(memory, length));
            int height = images.PaddedHeight;
            (_end, _first) = (first + kept, first);
            for (long stop = Math.Min(first + rows, limit); _end < stop;)
            {
                (long image, long row) = Math.DivRem(_end, height);
                int count = (int)Math.Min(height - row, stop - _end);
                images.CopyRows((int)image, (int)row, count, memory + ((nint)(_end - first) * stride));
                _end += count;
            }
        }

        return memory - ((nint)_first * stride);
    }
}
