namespace Numerics.CudaSimulator.Ptx;

/// <summary>A parameter of a kernel.</summary>
/// <param name="Name">Its name in the text.</param>
/// <param name="Offset">Where it starts in the argument block.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record PtxParameter(string Name, int Offset, int Size);
