using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Transforms a kernel of 3 x 3 or 5 x 5 taps for <see cref="WinogradConv"/> and packs it: panels of one tile's width, in each the 36 points one
/// after the other as [in][width], zeros after the last column. In double precision, so that every weight is rounded once.
/// A shard is one input channel.
/// </summary>
/// <param name="kernel">[size][size][in][out] for the convolution itself.</param>
/// <param name="size">Rows and columns of taps: 3 or 5.</param>
/// <param name="turned">
/// Whether the kernel is wanted for the input gradient: taps in reverse, and its [in] taken as the output channels.
/// </param>
/// <param name="inChannels">Channels that go in; with <paramref name="turned"/> the kernel's outputs.</param>
/// <param name="outChannels">Channels that come out.</param>
/// <param name="target">The packed kernel, <see cref="WinogradConv.KernelSize"/> floats.</param>
internal readonly unsafe struct WinogradKernelWork(float* kernel, int size, bool turned, int inChannels, int outChannels, float* target) : IShardedWork
{
    // A register of doubles.
    private const int Lanes = 4;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        var panels = new PackedPanels(target, WinogradTransform.Area * inChannels, outChannels);
        Vector256<double>* taps = stackalloc Vector256<double>[size * size];

        // The points lie at powers of two from each other, where few lines fit the cache: whole rows go there at once.
        int stride = Math.Max(TileRows.MaxWidth, Lanes);
        float* rows = stackalloc float[WinogradTransform.Area * stride];
        for (int panel = 0; panel < panels.Count; panel++)
        {
            float* data = panels.Panel(panel, out int columns, out int width) + (shard * width);
            for (int column = 0; column < width; column += Lanes)
            {
                Load(shard, (panel * TileRows.MaxWidth) + column, Math.Clamp(columns - column, 0, Lanes), taps);
                if (size == 3)
                    Transform3(taps, rows + column, stride);
                else
                    Transform5(taps, rows + column, stride);
            }

            for (int point = 0; point < WinogradTransform.Area; point++, data += (nint)inChannels * width)
                new ReadOnlySpan<float>(rows + (point * stride), width).CopyTo(new Span<float>(data, width));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Load(int channel, int first, int count, Vector256<double>* taps)
    {
        nint tapStride = (nint)inChannels * outChannels, stride = turned ? inChannels : 1;
        float* source = kernel + (turned ? channel + (first * stride) : (channel * (nint)outChannels) + first);
        int tapCount = size * size;
        for (int tap = 0; tap < tapCount; tap++)
        {
            float* from = source + ((turned ? tapCount - 1 - tap : tap) * tapStride);
            Vector128<float> four = count == Lanes
                ? stride == 1 ? Vector128.Load(from) : Vector128.Create(from[0], from[stride], from[2 * stride], from[3 * stride])
                : Vector128.Create(count > 0 ? from[0] : 0, count > 1 ? from[stride] : 0, count > 2 ? from[2 * stride] : 0, 0);
            taps[tap] = Vector256.WidenLower(four.ToVector256Unsafe());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transform3(Vector256<double>* taps, float* target, int pointStride)
    {
        for (int i = 0; i < WinogradTransform.Points; i++)
        {
            Vector256<double> left = WinogradTransform.Filter(i, taps[0], taps[3], taps[6]);
            Vector256<double> middle = WinogradTransform.Filter(i, taps[1], taps[4], taps[7]);
            Vector256<double> right = WinogradTransform.Filter(i, taps[2], taps[5], taps[8]);
            for (int j = 0; j < WinogradTransform.Points; j++, target += pointStride)
                Vector256.Narrow(WinogradTransform.Filter(j, left, middle, right), default).GetLower().Store(target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transform5(Vector256<double>* taps, float* target, int pointStride)
    {
        const int Size = 5;
        Vector256<double>* columns = stackalloc Vector256<double>[Size];
        for (int i = 0; i < WinogradTransform.Points; i++)
        {
            for (int j = 0; j < Size; j++)
                columns[j] = WinogradTransform.Filter(i, taps[j], taps[j + Size], taps[j + (2 * Size)], taps[j + (3 * Size)], taps[j + (4 * Size)]);
            for (int j = 0; j < WinogradTransform.Points; j++, target += pointStride)
            {
                Vector256<double> value = WinogradTransform.Filter(j, columns[0], columns[1], columns[2], columns[3], columns[4]);
                Vector256.Narrow(value, default).GetLower().Store(target);
            }
        }
    }
}
