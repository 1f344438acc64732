namespace Numerics.Backends.Cpu;

/// <summary>
/// What a register tile multiplies. The inner index runs over <see cref="Segments"/> stretches of <see cref="Length"/> steps:
/// a matrix is one stretch; a convolution is one for each kernel row (or tap), at <see cref="Offsets"/> from the pixel's first
/// input. That makes a convolution a matrix product that reads the picture where it lies, without im2col.
/// </summary>
internal unsafe struct TileOperands
{
    /// <summary>Operands that are still to be given.</summary>
    public TileOperands()
    {
    }

    /// <summary>Left operand: element (row, step) of a stretch lies at its start + row·RowStride + step·StepStride.</summary>
    public float* A;

    /// <summary>Floats between rows of the left operand.</summary>
    public nint RowStride;

    /// <summary>Floats between steps of the left operand.</summary>
    public nint StepStride;

    /// <summary>Where each stretch of the left operand starts; null for a single one at 0.</summary>
    public nint* Offsets;

    /// <summary>How many stretches.</summary>
    public int Segments;

    /// <summary>Steps in a stretch.</summary>
    public int Length;

    /// <summary>Right operand: the columns of one step side by side, the stretches one after the other.</summary>
    public float* B;

    /// <summary>Floats between steps of the right operand.</summary>
    public nint StepB;

    /// <summary>The result.</summary>
    public float* C;

    /// <summary>Floats between rows of the result.</summary>
    public nint StrideC;

    /// <summary>
    /// What will be needed soon and is not in the cache yet, or null: a tile asks for a line of it in each step, at a pace at which the
    /// machine can bring them while it computes.
    /// </summary>
    public float* Ahead;

    /// <summary>
    /// Floats from what one step asks for to what the next one does: a line, if not set, or less where there is time (<see cref="Prefetching.Pace"/>).
    /// </summary>
    public nint AheadStep = Prefetching.Line;

    /// <summary>Floats from <see cref="Ahead"/> to a second place of which as much is asked for, or 0.</summary>
    public nint AheadSecond;

    /// <summary>The same to a third place.</summary>
    public nint AheadThird;

    /// <summary>What the sums start from, such as a bias or the result so far; null for zeros.</summary>
    public float* Start;

    /// <summary>Floats between rows of <see cref="Start"/>; 0 where all rows start from the same.</summary>
    public nint StrideStart;

    /// <summary>
    /// How many tiles of equal height; 0 stands for 1. Where sums are short, a call for each takes long.
    /// </summary>
    public int Tiles;

    /// <summary>Floats from the left operand of one of several tiles to the next one's.</summary>
    public nint NextA;

    /// <summary>The same of the right operand; 0 for tiles one below the other.</summary>
    public nint NextB;

    /// <summary>The same of the result.</summary>
    public nint NextC;

    /// <summary>The same of <see cref="Start"/>.</summary>
    public nint NextStart;
}
