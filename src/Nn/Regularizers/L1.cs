namespace Numerics.Nn;

/// <summary>l1·Σ|x|.</summary>
/// <param name="l1">The factor, at least 0.</param>
public sealed class L1(float l1 = 0.01f) : L1L2(l1, 0);
