using System.Runtime.CompilerServices;

namespace Numerics.Backends.Cpu;

/// <summary>What the gradient behind a pooling reads for the first time when it comes to the next rows.</summary>
internal struct NextPooledRows
{
    /// <summary>Input rows.</summary>
    public ReadAhead X;

    /// <summary>The pooled output.</summary>
    public ReadAhead Y;

    /// <summary>Its gradient.</summary>
    public ReadAhead Dy;

    /// <summary>The places in the windows.</summary>
    public ReadAhead ArgMax;

    /// <summary>Asks for the next lines of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Step()
    {
        X.Step();
        Y.Step();
        Dy.Step();
        ArgMax.Step();
    }
}
