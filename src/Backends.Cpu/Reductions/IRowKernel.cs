namespace Numerics.Backends.Cpu;

/// <summary>A function of one or two rows.</summary>
internal unsafe interface IRowKernel
{
    /// <summary>Computes one row of the result.</summary>
    /// <param name="a">A row of the first argument.</param>
    /// <param name="b">The same row of the second argument.</param>
    /// <param name="y">The same row of the result.</param>
    /// <param name="n">Elements of a row.</param>
    static abstract void Run(float* a, float* b, float* y, int n);
}
