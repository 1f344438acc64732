namespace Numerics.Backends.Cpu;

/// <summary>One term of a sparse sum: a factor, and where the floats start that it multiplies.</summary>
internal readonly struct SparseEntry(int offset, float value)
{
    public readonly int Offset = offset;

    public readonly float Value = value;
}
