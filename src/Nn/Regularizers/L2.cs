namespace Numerics.Nn;

/// <summary>l2·Σx².</summary>
/// <param name="l2">The factor, at least 0.</param>
public sealed class L2(float l2 = 0.01f) : L1L2(0, l2);
