namespace Numerics.CudaSimulator.Ptx;

/// <summary>An instruction of a whole warp: lanes that come first wait for the others.</summary>
internal abstract class WarpInstruction : PtxInstruction
{
    /// <summary>Whether every live lane that takes part is there.</summary>
    public abstract bool IsComplete(Warp warp, uint active);
}
