using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Sorts the taps of a kernel of a convolution with stride 2 by the phases of the input that they read: even and odd rows and columns of the
/// padded picture. A phase reads every other tap, and the kernel over all of them has (size + 1) / 2 rows and columns of taps, zeros where a
/// phase has one less. A shard is such a tap.
/// <para>
/// Forward that is one kernel [tap row][tap column][phase of row][phase of column][in][out].
/// </para>
/// <para>
/// For the input gradient it is two kernels, of the even and of the odd rows of the input, each [tap row][tap column][column's parity][in][out].
/// With odd padding a row of an even index belongs to the odd phase, which then is a tap late: both phases write rows next to each other.
/// </para>
/// </summary>
/// <param name="g">The convolution; its kernel has an odd size.</param>
/// <param name="kernel">[size][size][in][out].</param>
/// <param name="gradient">Whether it is for the input gradient.</param>
/// <param name="target">Receives the kernel or kernels, <see cref="Size"/> floats.</param>
internal readonly unsafe struct StridedKernelWork(Conv2DGeometry g, float* kernel, bool gradient, float* target) : IShardedWork
{
    private const int Phases = 2;

    /// <summary>How many shards there are.</summary>
    public int Shards => Taps * Taps;

    private int Taps => WinogradConv.TapsOf(g);

    /// <summary>Floats of all phases' taps.</summary>
    public static long Size(in Conv2DGeometry g) => (long)WinogradConv.TapsOf(g) * WinogradConv.TapsOf(g) * Phases * Phases * g.InChannels * g.OutChannels;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int row, int column) = Math.DivRem(shard, Taps);
        int length = g.InChannels * g.OutChannels;
        for (int i = 0; i < Phases; i++)
        {
            float* to = target + (gradient
                ? ((i * (nint)Shards) + shard) * Phases * length
                : ((shard * (nint)Phases) + i) * Phases * length);
            for (int j = 0; j < Phases; j++, to += length)
            {
                int tapRow = Tap(row, i, g.PadTop), tapColumn = Tap(column, j, g.PadLeft);
                if (tapRow < 0 || tapRow >= g.KernelHeight || tapColumn < 0 || tapColumn >= g.KernelWidth)
                    new Span<float>(to, length).Clear();
                else
                    new ReadOnlySpan<float>(kernel + (((tapRow * (nint)g.KernelWidth) + tapColumn) * length), length).CopyTo(new Span<float>(to, length));
            }
        }
    }

    // Which tap of the kernel a tap of a phase is, or one outside of it.
    private int Tap(int index, int phase, int padding) =>
        !gradient || padding % 2 == 0 ? (Phases * index) + phase : phase == 1 ? Phases * index : (Phases * index) - 1;
}
