using System.Runtime.Intrinsics;

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

    /// <summary>Computes eight short rows at a time: vectors of columns, each lane a row.</summary>
    /// <param name="a">The columns of the first argument.</param>
    /// <param name="b">Those of the second.</param>
    /// <param name="y">Those of the result.</param>
    /// <param name="n">How many columns, at least 1.</param>
    static abstract void RunColumns(Vector256<float>* a, Vector256<float>* b, Vector256<float>* y, int n);
}
