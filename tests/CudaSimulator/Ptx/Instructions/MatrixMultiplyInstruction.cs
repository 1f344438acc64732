namespace Numerics.CudaSimulator.Ptx;

/// <summary>
/// mma.sync.aligned.m16n8kK: d = a·b + c, a of 16 rows, b of 8 columns, over K numbers: 8 in TF32, one a word, or 16 in bfloat16,
/// two a word. Lane 4·g + t holds, of a, the words t and t + 4 of rows g and g + 8; of b, the words t and t + 4 of column g; of the
/// sums, columns 2t and 2t + 1 of rows g and g + 8. Bits of a word that TF32 does not have are not looked at.
/// </summary>
/// <param name="d">Rows written.</param>
/// <param name="a">Rows of the left matrix.</param>
/// <param name="b">Rows of the right matrix.</param>
/// <param name="c">Rows added.</param>
/// <param name="brain">Whether words are pairs of bfloat16 numbers.</param>
internal sealed class MatrixMultiplyInstruction(int[] d, int[] a, int[] b, int[] c, bool brain) : WarpInstruction
{
    private const int Words = 8;
    private const int Rows = 16;
    private const int Columns = 8;

    public override bool IsComplete(Warp warp, uint active) => active == uint.MaxValue;

    public override void Execute(Warp warp, uint active)
    {
        if (active != uint.MaxValue)
            throw new PtxException("a matrix product needs all lanes of a warp");
        Span<uint> left = stackalloc uint[Rows * Words], right = stackalloc uint[Columns * Words];
        for (int lane = 0; lane < Warp.Lanes; lane++)
        {
            (int g, int t) = Math.DivRem(lane, 4);
            for (int i = 0; i < 4; i++)
                left[((g + (i % 2 * 8)) * Words) + t + (i / 2 * 4)] = (uint)warp.Row(a[i])[lane];
            for (int i = 0; i < 2; i++)
                right[(g * Words) + t + (i * 4)] = (uint)warp.Row(b[i])[lane];
        }

        for (int lane = 0; lane < Warp.Lanes; lane++)
        {
            (int g, int t) = Math.DivRem(lane, 4);
            for (int i = 0; i < 4; i++)
            {
                int row = g + (i / 2 * 8), column = (t * 2) + (i % 2);
                double sum = BitConverter.UInt32BitsToSingle((uint)warp.Row(c[i])[lane]);
                for (int k = 0; k < Words; k++)
                    sum += Product(left[(row * Words) + k], right[(column * Words) + k]);
                warp.Row(d[i])[lane] = BitConverter.SingleToUInt32Bits((float)sum);
            }
        }
    }

    private double Product(uint x, uint y)
    {
        const uint TensorFloat = 0xFFFFE000, Upper = 0xFFFF0000;
        return brain
            ? (Number(x << 16) * Number(y << 16)) + (Number(x & Upper) * Number(y & Upper))
            : Number(x & TensorFloat) * Number(y & TensorFloat);
    }

    private static double Number(uint bits) => BitConverter.UInt32BitsToSingle(bits);
}
