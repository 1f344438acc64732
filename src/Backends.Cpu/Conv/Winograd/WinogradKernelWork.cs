using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Transforms a 3 x 3 kernel for <see cref="WinogradConv"/> and packs it: panels of one tile's width, in each the 36 points one
/// after the other as [in][width], zeros after the last column. In double precision, so that every weight is rounded once.
/// A shard is one input channel.
/// </summary>
/// <param name="kernel">[3][3][in][out] for the convolution itself.</param>
/// <param name="turned">
/// Whether the kernel is wanted for the input gradient: taps in reverse, and its [in] taken as the output channels.
/// </param>
/// <param name="inChannels">Channels that go in; with <paramref name="turned"/> the kernel's outputs.</param>
/// <param name="outChannels">Channels that come out.</param>
/// <param name="target">The packed kernel, <see cref="WinogradConv.KernelSize"/> floats.</param>
internal readonly unsafe struct WinogradKernelWork(float* kernel, bool turned, int inChannels, int outChannels, float* target) : IShardedWork
{
    private const int Taps = 9;

    // A register of doubles.
    private const int Lanes = 4;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        var panels = new PackedPanels(target, WinogradTransform.Area * inChannels, outChannels);
        Vector256<double>* taps = stackalloc Vector256<double>[Taps];

        // The points lie at powers of two from each other, where few lines fit the cache: whole rows go there at once.
        int stride = Math.Max(TileRows.MaxWidth, Lanes);
        float* rows = stackalloc float[WinogradTransform.Area * stride];
        for (int panel = 0; panel < panels.Count; panel++)
        {
            float* data = panels.Panel(panel, out int columns, out int width) + (shard * width);
            for (int column = 0; column < width; column += Lanes)
            {
                Load(shard, (panel * TileRows.MaxWidth) + column, Math.Clamp(columns - column, 0, Lanes), taps);
                Transform(taps, rows + column, stride);
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
        for (int tap = 0; tap < Taps; tap++)
        {
            float* from = source + ((turned ? Taps - 1 - tap : tap) * tapStride);
            Vector128<float> four = count == Lanes
                ? stride == 1 ? Vector128.Load(from) : Vector128.Create(from[0], from[stride], from[2 * stride], from[3 * stride])
                : Vector128.Create(count > 0 ? from[0] : 0, count > 1 ? from[stride] : 0, count > 2 ? from[2 * stride] : 0, 0);
            taps[tap] = Vector256.WidenLower(four.ToVector256Unsafe());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transform(Vector256<double>* taps, float* target, int pointStride)
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
}
