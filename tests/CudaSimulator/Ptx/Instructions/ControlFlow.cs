namespace Numerics.CudaSimulator.Ptx;

/// <summary>What the warp itself does, not its lanes one by one.</summary>
internal abstract class ControlInstruction : PtxInstruction
{
    public override void Execute(Warp warp, uint active) => throw new InvalidOperationException("the warp runs control flow");
}

/// <summary>Goes to a label.</summary>
internal sealed class BranchInstruction : ControlInstruction
{
    public int Target { get; set; }
}

/// <summary>Ends threads.</summary>
internal sealed class ExitInstruction : ControlInstruction;

/// <summary>Waits for all threads of the block that have not ended.</summary>
internal sealed class BarrierInstruction : ControlInstruction;
