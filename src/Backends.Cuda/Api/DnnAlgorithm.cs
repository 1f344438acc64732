namespace Numerics.Backends.Cuda;

/// <summary>One of cuDNN's ways to compute a convolution.</summary>
/// <param name="Id">cuDNN's number of it, within its direction.</param>
/// <param name="WorkspaceBytes">The scratch memory that it needs.</param>
/// <param name="Deterministic">Whether it gives the same bits every time.</param>
/// <param name="MathType">cuDNN's number of the arithmetic that goes with it (cudnnMathType_t).</param>
public readonly record struct DnnAlgorithm(int Id, long WorkspaceBytes, bool Deterministic, int MathType);
