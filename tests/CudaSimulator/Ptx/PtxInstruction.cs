namespace Numerics.CudaSimulator.Ptx;

/// <summary>One decoded instruction. It runs for all active lanes of a warp at once.</summary>
internal abstract class PtxInstruction
{
    /// <summary>The row of the guard predicate, or -1.</summary>
    public int Guard { get; private set; } = -1;

    /// <summary>Whether the instruction runs where the guard is false.</summary>
    public bool GuardNegated { get; private set; }

    /// <summary>The line in the text.</summary>
    public int Line { get; private set; }

    /// <summary>The text.</summary>
    public string Code { get; private set; } = "";

    /// <summary>The name with all modifiers.</summary>
    public string Operation => Code.IndexOfAny([' ', '\t']) is var end and >= 0 ? Code[..end] : Code;

    public void Place(int guard, bool negated, int line, string code) => (Guard, GuardNegated, Line, Code) = (guard, negated, line, code);

    /// <summary>Executes.</summary>
    /// <param name="warp">Registers and memory.</param>
    /// <param name="active">A bit for each lane that takes part; at least one.</param>
    public abstract void Execute(Warp warp, uint active);
}
