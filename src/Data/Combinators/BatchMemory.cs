using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Arrays of batches that are no longer needed, for the next ones; any thread may take and return them.</summary>
internal sealed class BatchMemory
{
    // A few batches' inputs, targets and weights: more are never on their way at once.
    private const int MaxArrays = 16;

    private readonly List<NDArray> _free = [];

    /// <summary>An array whose elements are not set.</summary>
    /// <param name="shape">Its extents.</param>
    /// <param name="dtype">Its type.</param>
    public NDArray Take(Shape shape, DType dtype)
    {
        lock (_free)
        {
            int index = _free.FindLastIndex(array => array.DType == dtype && array.Shape == shape);
            if (index >= 0)
            {
                NDArray found = _free[index];
                _free.RemoveAt(index);
                return found;
            }
        }

        return NDArray.Empty(shape, dtype);
    }

    /// <summary>Takes a batch's arrays back; of too many the oldest are left to the garbage collector.</summary>
    public void Return(DataItem batch)
    {
        lock (_free)
        {
            _free.AddRange(batch.Inputs);
            _free.AddRange(batch.Targets);
            if (batch.SampleWeight is { } weights)
                _free.Add(weights);
            if (_free.Count > MaxArrays)
                _free.RemoveRange(0, _free.Count - MaxArrays);
        }
    }
}
