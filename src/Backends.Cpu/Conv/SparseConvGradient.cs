using System.Runtime.CompilerServices;
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

    /// <summary>Into how many ranges of pictures to cut: at most 16, of at most 64 MiB of partial results.</summary>
    public static int ShardsOf(in Conv2DGeometry g) =>
        (int)Math.Clamp(Math.Min((16L << 20) / Math.Max((long)g.OutChannels * PatchSize(g), 1), g.Batch), 1, 16);

    /// <summary>Floats of one channel's kernel.</summary>
    public static int PatchSize(in Conv2DGeometry g) => g.KernelHeight * g.KernelWidth * g.InChannels;

    /// <summary>Floats that a shard works in: lists and their lengths, and a padded picture's gradient where there is padding.</summary>
    public readonly long WorkspaceSize
    {
        get
        {
            long lists = 2L * Conv.OutChannels * (Pool.OutWidth + 4);
            long floats = lists + Conv.OutChannels + 4 + (Dx is not null && X.IsPadded ? X.ImageStride : 0);
            return (floats + 15) / 16 * 16;
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
        int channels = Conv.OutChannels, patch = PatchSize(Conv), run = Conv.KernelWidth * Conv.InChannels;
        var rows = new SparseRows(Conv.KernelHeight, run);
        var byChannel = (SparseEntry*)workspace;
        SparseEntry* byPosition = byChannel + ((nint)channels * Pool.OutWidth);
        int* counts = (int*)(byPosition + (4 * channels));
        float* dx = Dx is null ? null : X.IsPadded ? (float*)(counts + channels + 4) : Dx + (image * X.ImageStride);
        int zeroed = 0;
        for (int row = 0; row < Pool.OutHeight; row++)
        {
            float* x = X.Image(image) + (2 * row * X.RowStride);
            if (dx is not null)
            {
                int touched = (2 * row) + 1 + Conv.KernelHeight;
                new Span<float>(dx + (zeroed * X.RowStride), (int)((touched - zeroed) * X.RowStride)).Clear();
                zeroed = touched;
            }

            new Span<int>(counts, channels).Clear();
            for (int column = 0; column < Pool.OutWidth; column++)
            {
                nint index = (((((nint)image * Pool.OutHeight) + row) * Pool.OutWidth) + column) * channels;
                if (dx is null)
                {
                    Gather(index, column, byChannel, counts, dbias);
                    continue;
                }

                int* lengths = counts + channels;
                Gather(index, column, byChannel, counts, dbias, byPosition, lengths);
                for (int position = 0; position < 4; position++)
                {
                    SparseEntry* list = byPosition + (position * channels);
                    float* target = dx + (((2 * row) + (position >> 1)) * X.RowStride) + (((2 * column) + (position & 1)) * (nint)X.Channels);
                    if (lengths[position] > 0)
                        rows.Add(list, list + lengths[position], Kernel, run, target, X.RowStride);
                }
            }

            for (int channel = 0; channel < channels; channel++)
            {
                SparseEntry* list = byChannel + ((nint)channel * Pool.OutWidth);
                rows.Add(list, list + counts[channel], x, X.RowStride, dkernel + ((nint)channel * patch), run);
            }
        }

        if (dx is not null)
            Finish(image, dx, zeroed);
    }

    /// <summary>Appends the places of one pooled pixel to the channels' lists.</summary>
    private readonly void Gather(nint index, int column, SparseEntry* byChannel, int* counts, float* dbias)
    {
        int* offsets = stackalloc int[4];
        Offsets(column, offsets);
        for (int channel = 0; channel < Conv.OutChannels; channel++)
        {
            // Written always and counted when it matters: no branch that a random pattern would mispredict.
            float value = Y[index + channel] > 0 ? Dy[index + channel] : 0;
            int count = counts[channel];
            byChannel[((nint)channel * Pool.OutWidth) + count] = new SparseEntry(offsets[ArgMax[index + channel] & 3], value);
            counts[channel] = count + (value != 0 ? 1 : 0);
            dbias[channel] += value;
        }
    }

    /// <summary>Appends them to the lists of the window's positions, too.</summary>
    private readonly void Gather(
        nint index, int column, SparseEntry* byChannel, int* counts, float* dbias, SparseEntry* byPosition, int* lengths)
    {
        int* offsets = stackalloc int[4];
        Offsets(column, offsets);
        int channels = Conv.OutChannels, patch = PatchSize(Conv);
        new Span<int>(lengths, 4).Clear();
        for (int channel = 0; channel < channels; channel++)
        {
            float value = Y[index + channel] > 0 ? Dy[index + channel] : 0;
            int count = counts[channel], position = ArgMax[index + channel] & 3, counted = value != 0 ? 1 : 0, length = lengths[position];
            byChannel[((nint)channel * Pool.OutWidth) + count] = new SparseEntry(offsets[position], value);
            byPosition[(position * channels) + length] = new SparseEntry(channel * patch, value);
            counts[channel] = count + counted;
            lengths[position] = length + counted;
            dbias[channel] += value;
        }
    }

    private readonly void Offsets(int column, int* offsets)
    {
        offsets[0] = 2 * column * X.Channels;
        offsets[1] = offsets[0] + X.Channels;
        offsets[2] = offsets[0] + (int)X.RowStride;
        offsets[3] = offsets[2] + X.Channels;
    }

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
