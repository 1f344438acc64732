using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>What a window's gradient gives to one of its positions.</summary>
internal interface IWindowGradient
{
    /// <summary>Eight channels.</summary>
    /// <param name="index">The first channel's element of the window's gradient.</param>
    /// <param name="position">The position within the window.</param>
    /// <param name="share">One over the number of the window's positions inside the picture.</param>
    Vector256<float> Eight(nint index, int position, float share);

    /// <summary>One channel.</summary>
    /// <inheritdoc cref="Eight"/>
    float One(nint index, int position, float share);
}
