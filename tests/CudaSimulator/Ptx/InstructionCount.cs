namespace Numerics.CudaSimulator.Ptx;

/// <summary>How often an instruction was executed.</summary>
/// <param name="Operation">Its name with all modifiers, such as <c>fma.rn.f32</c>.</param>
/// <param name="Issued">How often a warp issued it, each time for all its lanes.</param>
/// <param name="Lanes">How many lanes took part in all.</param>
public sealed record InstructionCount(string Operation, long Issued, long Lanes)
{
    /// <summary>The unit that it keeps busy.</summary>
    public InstructionClass Class
    {
        get
        {
            string[] parts = Operation.Split('.');
            return parts[0] switch
            {
                "mov" or "cvta" => InstructionClass.Move,
                "ld" when parts[1] == "param" => InstructionClass.Move,
                "ld" or "st" => parts[1] == "shared" ? InstructionClass.Shared : InstructionClass.Global,
                "bra" or "ret" or "exit" or "bar" => InstructionClass.Control,
                "shfl" or "vote" => InstructionClass.Shuffle,
                "mma" => InstructionClass.Matrix,
                "cvt" => InstructionClass.Conversion,
                "div" or "rem" or "rcp" or "sqrt" => InstructionClass.Division,
                "setp" or "selp" => InstructionClass.Integer,
                _ when parts[^1] == "f32" => InstructionClass.Float32,
                _ when parts[^1] == "f64" => InstructionClass.Float64,
                _ => InstructionClass.Integer,
            };
        }
    }
}
