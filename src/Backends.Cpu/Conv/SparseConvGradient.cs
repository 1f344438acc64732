using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of a convolution whose output went through ReLU and 2 x 2 max-pooling. It is zero in three places of four, and in
/// all four where ReLU was off; so it never exists as a picture, only as lists of the places where it is not zero.
/// <para>
/// Row by row of the pooled output: the kernel's gradient takes, for each output channel, the list of the row's places, and keeps
/// the channel's patch in registers while the list's input patches pass by; the four input rows under a pooled row
/// (3 x 3 kernel) stay in L1 over all channels. The input's gradient takes, for each place in a window, the list of
/// the channels that chose it, and adds their kernels to the input patch in registers.
/// </para>
/// A shard is a range of pictures; its kernel gradient is a partial result. Kernels are kept as [out][kh][kw · in].
/// </summary>
internal unsafe struct SparseConvGradient : IShardedWork
{
    /// <summary>The padded input.</summary>
    public PaddedImages X;

    /// <summary>The convolution: stride 1, no dilation, one group.</summary>
    public Conv2DGeometry Conv;

    /// <summary>The pooling.</summary>
    public Pool2DGeometry Pool;

    /// <summary>The kernel as [out][kh][kw · in].</summary>
    public float* Kernel;

    /// <summary>The pooled output.</summary>
    public float* Y;

    /// <summary>Where in its window each output was.</summary>
    public byte* ArgMax;

    /// <summary>The gradient of the pooled output.</summary>
    public float* Dy;

    /// <summary>Receives the gradient of the input, or null.</summary>
    public float* Dx;

    /// <summary>The shards' kernel gradients [shard][out][kh][kw · in], then their bias gradients [shard][out].</summary>
    public float* Partials;

    /// <summary>How many shards there are.</summary>
    public int Shards;

    /// <summary>Each shard's own memory, <see cref="WorkspaceSize"/> floats.</summary>
    public float* Workspaces;

    /// <summary>Whether a convolution is one that this way takes.</summary>
    public static bool Fits(in Conv2DGeometry g) =>
        g is { StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, Groups: 1 } && g.KernelWidth * g.InChannels >= SparseRows.MinLength;

    /// <summary>Into how many ranges of pictures to cut: at most 32, of at most 64 MiB of partial results.</summary>
    public static int ShardsOf(in Conv2DGeometry g) =>
        (int)Math.Clamp(Math.Min((16L << 20) / Math.Max((long)g.OutChannels * PatchSize(g), 1), g.Batch), 1, 32);

    /// <summary>Floats of one channel's kernel.</summary>
    public static int PatchSize(in Conv2DGeometry g) => g.KernelHeight * g.KernelWidth * g.InChannels;

    /// <summary>Floats that a shard works in: a row's gradient, lists, and a padded picture's gradient where there is padding.</summary>
    public readonly long WorkspaceSize
    {
        get
        {
            long row = (long)Pool.OutWidth * Conv.OutChannels, lists = 2L * (Pool.OutWidth + (4 * Conv.OutChannels));
            return (row + lists + (Dx is not null && X.IsPadded ? X.ImageStride : 0) + 15) / 16 * 16;
        }
    }

    public readonly void Run(int shard)
    {
        int channels = Conv.OutChannels, patch = PatchSize(Conv);
        float* dkernel = Partials + ((nint)shard * channels * patch);
        float* dbias = Partials + ((nint)Shards * channels * patch) + ((nint)shard * channels);
        new Span<float>(dkernel, channels * patch).Clear();
        new Span<float>(dbias, channels).Clear();
        int end = (int)((long)Pool.Batch * (shard + 1) / Shards);
        for (int image = (int)((long)Pool.Batch * shard / Shards); image < end; image++)
            Picture(image, Workspaces + (shard * WorkspaceSize), dkernel, dbias);
    }

    private readonly void Picture(int image, float* workspace, float* dkernel, float* dbias)
    {
        int channels = Conv.OutChannels, row = Pool.OutWidth * channels;
        var list = (SparseEntry*)workspace;
        float* values = workspace + (2 * (Pool.OutWidth + (4 * channels)));
        float* dx = Dx is null ? null : X.IsPadded ? values + row : Dx + (image * X.ImageStride);
        int zeroed = 0;
        for (int y = 0; y < Pool.OutHeight; y++)
        {
            nint index = (((nint)image * Pool.OutHeight) + y) * row;
            Rectify(index, values, dbias);
            AddToKernel(values, ArgMax + index, X.Image(image) + (2 * y * X.RowStride), list, dkernel);
            if (dx is null)
                continue;
            int touched = (2 * y) + 1 + Conv.KernelHeight;
            new Span<float>(dx + (zeroed * X.RowStride), (int)((touched - zeroed) * X.RowStride)).Clear();
            zeroed = touched;
            AddToInput(values, ArgMax + index, list, dx + (2 * y * X.RowStride));
        }

        if (dx is not null)
            Finish(image, dx, zeroed);
    }

    /// <summary>A pooled row's gradient where ReLU was on, zero elsewhere; also added to the bias gradient.</summary>
    private readonly void Rectify(nint index, float* values, float* dbias)
    {
        float* y = Y + index, dy = Dy + index;
        int channels = Conv.OutChannels, pixels = Pool.OutWidth;
        for (int pixel = 0; pixel < pixels; pixel++, y += channels, dy += channels, values += channels)
        {
            int channel = 0;
            for (; channel <= channels - Vector256<float>.Count; channel += Vector256<float>.Count)
            {
                Vector256<float> on = Vector256.GreaterThan(Vector256.Load(y + channel), Vector256<float>.Zero);
                Vector256<float> value = Vector256.Load(dy + channel) & on;
                value.Store(values + channel);
                (Vector256.Load(dbias + channel) + value).Store(dbias + channel);
            }

            for (; channel < channels; channel++)
            {
                values[channel] = y[channel] > 0 ? dy[channel] : 0;
                dbias[channel] += values[channel];
            }
        }
    }

    private readonly void AddToKernel(float* values, byte* at, float* x, SparseEntry* list, float* dkernel)
    {
        int patch = PatchSize(Conv), run = Conv.KernelWidth * Conv.InChannels;
        var rows = new SparseRows(Conv.KernelHeight, run);
        for (int channel = 0; channel < Conv.OutChannels; channel++)
        {
            SparseEntry* end = Gather(values + channel, at + channel, list);
            rows.Add(list, end, x, X.RowStride, dkernel + ((nint)channel * patch), run);
        }
    }

    /// <summary>Lists the places of one channel in a pooled row, as offsets into the input rows under it.</summary>
    private readonly SparseEntry* Gather(float* values, byte* at, SparseEntry* entry)
    {
        // Everything in locals: after each store the compiler would otherwise read the fields again.
        int pixelStride = X.Channels, base0 = 0, pixels = Pool.OutWidth;
        nint channels = Conv.OutChannels;
        int* offsets = stackalloc int[4] { 0, pixelStride, (int)X.RowStride, (int)X.RowStride + pixelStride };
        for (int pixel = 0; pixel < pixels; pixel++, values += channels, at += channels, base0 += 2 * pixelStride)
        {
            // Written always and counted when it matters: no branch that a random pattern would mispredict.
            float value = *values;
            *entry = new SparseEntry(base0 + offsets[(nuint)(*at & 3u)], value);
            entry += IsNonzero(value);
        }

        return entry;
    }

    private readonly void AddToInput(float* values, byte* at, SparseEntry* lists, float* dx)
    {
        int channels = Conv.OutChannels, run = Conv.KernelWidth * Conv.InChannels, inChannels = X.Channels;
        bool windows = Vector512.IsHardwareAccelerated && Conv is { KernelHeight: 3, KernelWidth: 3 } && inChannels % Vector512<float>.Count == 0;
        var rows = new SparseRows(Conv.KernelHeight, run);
        int* lengths = stackalloc int[4];
        for (int pixel = 0; pixel < Pool.OutWidth; pixel++, values += channels, at += channels, dx += 2 * inChannels)
        {
            Gather(values, at, lists, lengths);
            if (windows)
            {
                for (int channel = 0; channel < inChannels; channel += Vector512<float>.Count)
                    SparseWindow.Run(lists, channels, lengths, Kernel + channel, inChannels, dx + channel, X.RowStride);
                continue;
            }

            for (int position = 0; position < 4; position++)
            {
                SparseEntry* list = lists + (position * channels);
                float* target = dx + ((position >> 1) * X.RowStride) + ((position & 1) * inChannels);
                if (lengths[position] > 0)
                    rows.Add(list, list + lengths[position], Kernel, run, target, X.RowStride);
            }
        }
    }

    /// <summary>Lists the channels of one pooled pixel by their position in the window, as offsets into the kernel.</summary>
    private readonly void Gather(float* values, byte* at, SparseEntry* lists, int* lengths)
    {
        nint channels = Conv.OutChannels;
        int patch = PatchSize(Conv), start = 0;
        SparseEntry** ends = stackalloc SparseEntry*[4] { lists, lists + channels, lists + (2 * channels), lists + (3 * channels) };
        for (nint channel = 0; channel < channels; channel++, start += patch)
        {
            float value = values[channel];
            nuint position = at[channel] & 3u;
            SparseEntry* entry = ends[position];
            *entry = new SparseEntry(start, value);
            ends[position] = entry + IsNonzero(value);
        }

        for (int position = 0; position < 4; position++)
            lengths[position] = (int)(ends[position] - (lists + (position * channels)));
    }

    // By the bits, which takes no branch for NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IsNonzero(float value) => (BitConverter.SingleToInt32Bits(value) << 1) != 0 ? 1 : 0;

    /// <summary>Clears the rows that no window touched, and takes the padding off.</summary>
    private readonly void Finish(int image, float* dx, int zeroed)
    {
        int height = X.Top + X.Height + X.Bottom, row = X.Width * X.Channels;
        new Span<float>(dx + (zeroed * X.RowStride), (int)((height - zeroed) * X.RowStride)).Clear();
        for (int y = 0; y < X.Height && X.IsPadded; y++)
        {
            float* from = dx + ((y + X.Top) * X.RowStride) + (X.Left * X.Channels);
            new ReadOnlySpan<float>(from, row).CopyTo(new Span<float>(Dx + ((((nint)image * X.Height) + y) * row), row));
        }
    }
}
