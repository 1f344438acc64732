using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>One step of an optimizer over a vector of weights.</summary>
internal interface IOptimizerStep
{
    /// <summary>Whether the first kind of state is kept.</summary>
    static abstract bool UsesFirst { get; }

    /// <summary>Whether the second kind of state is kept.</summary>
    static abstract bool UsesSecond { get; }

    /// <summary>Updates weights and state from the gradient.</summary>
    void Apply(Vector256<float> gradient, ref Vector256<float> weights, ref Vector256<float> first, ref Vector256<float> second);
}
