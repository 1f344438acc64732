namespace Numerics.Backends.Cpu;

/// <summary>
/// The input gradient along one axis. Input positions p, p + stride, p + 2·stride, .. (a phase) all use the same taps: those i
/// for which p + pad - i·dilation is a multiple of the stride, and each of them reads the output at that multiple plus the
/// position's number in the phase. So each phase is a convolution of stride 1 with a part of the kernel.
/// </summary>
internal readonly struct InputGradientAxis(int input, int output, int kernel, int stride, int dilation, int pad)
{
    /// <summary>How many phases there are that hold a position.</summary>
    public int Phases => Math.Min(stride, input);

    /// <summary>Zeros that are needed before the output's gradient.</summary>
    public int Before
    {
        get
        {
            int before = 0;
            for (int phase = 0; phase < Phases; phase++)
            {
                for (int tap = 0; tap < kernel; tap++)
                {
                    if (Reads(phase, tap, out int at))
                        before = Math.Max(before, -at);
                }
            }

            return before;
        }
    }

    /// <summary>Zeros that are needed after it.</summary>
    public int After
    {
        get
        {
            int after = 0;
            for (int phase = 0; phase < Phases; phase++)
            {
                for (int tap = 0; tap < kernel; tap++)
                {
                    if (Reads(phase, tap, out int at))
                        after = Math.Max(after, at + Count(phase) - output);
                }
            }

            return after;
        }
    }

    /// <summary>Positions of a phase.</summary>
    public int Count(int phase) => (input - phase + stride - 1) / stride;

    /// <summary>Whether a phase uses a tap, and which output its first position reads through it; may be negative.</summary>
    public bool Reads(int phase, int tap, out int at)
    {
        (at, int rest) = Math.DivRem(phase + pad - (tap * dilation), stride);
        return rest == 0;
    }
}
