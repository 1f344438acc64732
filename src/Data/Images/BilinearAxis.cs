namespace Numerics.Data;

/// <summary>
/// Where the output positions of one axis lie between the input's: output i is
/// <c>input[Lower[i]] + (input[Upper[i]] - input[Lower[i]]) · Weight[i]</c>.
/// </summary>
internal sealed class BilinearAxis
{
    /// <summary>Half-pixel centres: output i lies at (i + 1/2) · input / output - 1/2, clamped to the input's edges.</summary>
    /// <param name="input">The input's extent.</param>
    /// <param name="output">The output's extent.</param>
    public BilinearAxis(int input, int output)
    {
        (Lower, Upper, Weight) = (new int[output], new int[output], new float[output]);
        double scale = (double)input / output;
        for (int i = 0; i < output; i++)
        {
            double position = ((i + 0.5) * scale) - 0.5, floor = Math.Floor(position);
            Lower[i] = Math.Max((int)floor, 0);
            Upper[i] = Math.Min((int)floor + 1, input - 1);
            Weight[i] = (float)(position - floor);
        }
    }

    /// <summary>The index of the input before each output position.</summary>
    public int[] Lower { get; }

    /// <summary>The index of the input after it; the same one beyond an edge.</summary>
    public int[] Upper { get; }

    /// <summary>How far the position is from the lower to the upper, in [0, 1).</summary>
    public float[] Weight { get; }
}
