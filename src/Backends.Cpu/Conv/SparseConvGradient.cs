using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The gradient of a convolution whose output went through ReLU and 2 x 2 max-pooling. It is zero in three places of four, and in
/// all four where ReLU was off; so it never exists as a picture, only as lists of the places where it is not zero.
/// <para>
/// A few rows of the pooled output at a time: the kernel's gradient takes, for each output channel, the list of the places in a
/// block of these rows, and keeps the channel's patch in registers while the list's input patches pass by; the input under
/// the block stays in L1 over all channels; where it needs padding, or is bytes, some rows at a time are copied. The input's
/// gradient takes, for each place in a window, the channels that chose it, and adds their kernels to the input patch in
/// registers. All this waits for loads from L1, and reads every picture once: what the next rows read is asked for meanwhile.
/// </para>
/// Pictures are cut into bands of pooled rows where the batch is too small to keep many threads busy. A shard is a range of
/// bands; its kernel gradient is a partial result. The input rows that a band shares with the next one go to
/// <see cref="SparseHaloWork"/>. Kernels are kept as [out][kh][kw · in].
/// </summary>
internal unsafe struct SparseConvGradient : IShardedWork
{
    // Of a copy of input rows: 64 KiB stay in L2 beside what else a row works on.
    private const int FloatsOfCopy = 16 << 10;

    // Pixels over which a channel's bias gradient is summed at a time.
    private const int PixelsOfSum = 16;

    /// <summary>The padded input, in place where it needs no copy.</summary>
    public PaddedImages X;

    /// <summary>The convolution: stride 1, no dilation, one group.</summary>
    public Conv2DGeometry Conv;

    /// <summary>The pooling.</summary>
    public Pool2DGeometry Pool;

    /// <summary>The kernel as [out][kh][kw · in], or sliced by <see cref="SliceKernelWork"/> where windows are taken.</summary>
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

    /// <summary>Bands of a picture.</summary>
    public int Bands;

    /// <summary>For each band, the gradient of the kh - 1 input rows after it, padded; used where there are several bands.</summary>
    public float* Halos;

    /// <summary>What the shards work in, <see cref="WorkspaceSize"/> floats each.</summary>
    public Workspaces Workspaces;

    /// <summary>Whether a convolution is one that this way takes.</summary>
    public static bool Fits(in Conv2DGeometry g) =>
        g is { StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1, Groups: 1 } && g.KernelWidth * g.InChannels >= SparseRows.MinLength;

    /// <summary>Whether the input's gradient is made window by window.</summary>
    public static bool TakesWindows(in Conv2DGeometry g) =>
        Simd.Level >= SimdLevel.Avx2 && g is { KernelHeight: 3, KernelWidth: 3 } && g.InChannels % ChannelsOfWindows == 0;

    /// <summary>Channels of the input that windows take at a time.</summary>
    public static int ChannelsOfWindows => Simd.Level == SimdLevel.Avx512 ? SparseWindow.Channels : SparseHalfWindow.Channels;

    /// <summary>Into how many bands to cut each picture: for small batches, so many that there are 16 of at least 4 rows.</summary>
    public static int BandsOf(in Pool2DGeometry g) => Math.Clamp(Math.Min(16 / g.Batch, g.OutHeight / 4), 1, 16);

    /// <summary>Into how many ranges of bands to cut: at most 32, of at most 64 MiB of partial results.</summary>
    public static int ShardsOf(in Conv2DGeometry g, int bands) =>
        (int)Math.Clamp(Math.Min((16L << 20) / Math.Max((long)g.OutChannels * PatchSize(g), 1), g.Batch * bands), 1, 32);

    /// <summary>Floats of one channel's kernel.</summary>
    public static int PatchSize(in Conv2DGeometry g) => g.KernelHeight * g.KernelWidth * g.InChannels;

    /// <summary>Floats of one band's part of <see cref="Halos"/>.</summary>
    public readonly nint HaloSize => (Conv.KernelHeight - 1) * X.RowStride;

    /// <summary>Floats that a thread works in: a row's gradient, lists, and a band of the input's gradient if it is not made in place.</summary>
    public readonly nint WorkspaceSize
    {
        get
        {
            long row = (long)RowsOfBlock * Pool.OutWidth * Conv.OutChannels;
            long band = InPlace ? 0 : ((2 * ((Pool.OutHeight + Bands - 1) / Bands)) + Conv.KernelHeight) * (long)X.RowStride;
            return (nint)((ListSize + row + band + SelectionSize + InputRowsSize + 15) / 16 * 16);
        }
    }

    // Sums and places of the selection.
    private readonly int SelectionSize => SelectedInputs.Fits(Conv) ? new SelectedInputs(Conv, Pool.OutWidth).WorkspaceSize : 0;

    // A copy of input rows that a vector may be read beyond.
    private readonly int InputRowsSize =>
        X.NeedsCopy || SelectedInputs.Fits(Conv) ? ((((2 * RowsOfCopy) + Conv.KernelHeight - 1) * (int)X.RowStride) + 31) / 16 * 16 : 0;

    // Pooled rows whose input is copied at a time: whole blocks.
    private readonly int RowsOfCopy => RowsOfBlock
        * (X.NeedsCopy ? (int)Math.Clamp(FloatsOfCopy / Math.Max(2 * RowsOfBlock * X.RowStride, 1), 1, Math.Max((Pool.OutHeight + RowsOfBlock - 1) / RowsOfBlock, 1)) : 1);

    // Floats of the lists, eight channels' places in a block or a place's channels four times over, or of a row's places; whole cache lines.
    private readonly int ListSize =>
        ((2 * Math.Max(Math.Max(SparseCompression.Step * BlockCapacity, 4 * Capacity), SparsePlaces.Words * Pool.OutWidth)) + 15) / 16 * 16;

    // Pooled rows of a block. The way without lists reads all channels' inputs at once and gains nothing from blocks.
    private readonly int RowsOfBlock => SelectedInputs.Fits(Conv) ? 1 : 4;

    // Pooled pixels of a block's row: so many that the input under the block takes two thirds of L1, but not so few that reading and
    // writing the sums would take longer than adding to them.
    private readonly int PixelsOfBlock
    {
        get
        {
            const int InputFloats = 5 * 1024;
            int height = (2 * RowsOfBlock) + Conv.KernelHeight - 1, width = InputFloats / (height * Conv.InChannels);
            return Math.Max((width - Conv.KernelWidth + 1) / 2, 7);
        }
    }

    // Entries between the lists of eight channels.
    private readonly int BlockCapacity => (RowsOfBlock * PixelsOfBlock) + SparseCompression.Step;

    // Entries between the lists of a window's four places.
    private readonly int Capacity => Conv.OutChannels + SparseCompression.Step;

    private readonly bool InPlace => Dx is null || (!X.IsPadded && Bands == 1);

    /// <summary>The first pooled row of a band; that of the band after the last is the number of rows.</summary>
    public readonly int FirstRow(int band) => (int)((long)Pool.OutHeight * band / Bands);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        int channels = Conv.OutChannels, patch = PatchSize(Conv);
        float* dkernel = Partials + ((nint)shard * channels * patch);
        float* dbias = Partials + ((nint)Shards * channels * patch) + ((nint)shard * channels);
        new Span<float>(dkernel, channels * patch).Clear();
        new Span<float>(dbias, channels).Clear();
        float* workspace = Workspaces.Mine, copy = workspace + WorkspaceSize - InputRowsSize, selection = copy - SelectionSize;
        bool selects = SelectedInputs.Fits(Conv);
        if (selects)
            new SelectedInputs(Conv, Pool.OutWidth).Start(selection);
        long bands = (long)Pool.Batch * Bands;
        for (long unit = bands * shard / Shards; unit < bands * (shard + 1) / Shards; unit++)
            Band((int)(unit / Bands), (int)(unit % Bands), workspace, copy, selects ? selection : null, dkernel, dbias);
        if (selects)
            new SelectedInputs(Conv, Pool.OutWidth).Finish(selection, dkernel);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Band(int image, int band, float* workspace, float* copy, float* selection, float* dkernel, float* dbias)
    {
        int channels = Conv.OutChannels, row = Pool.OutWidth * channels, first = FirstRow(band), end = FirstRow(band + 1);
        var list = (SparseEntry*)workspace;
        float* values = workspace + ListSize;

        // Where the padded picture's row 0 is, or would be.
        float* dx = InPlace ? Dx + (image * X.ImageStride) : values + (RowsOfBlock * row) - (2 * first * X.RowStride);
        int zeroed = 2 * first;
        for (int y = first; y < end; y += RowsOfBlock)
        {
            int rows = Math.Min(RowsOfBlock, end - y);
            nint index = (((nint)image * Pool.OutHeight) + y) * row;
            Rectify(index, rows * Pool.OutWidth, values, dbias);
            float* x = InputRows(image, y, first, end, copy, readsBeyond: selection is not null);
            if (selection is not null)
            {
                var inputs = new SelectedInputs(Conv, Pool.OutWidth);
                NextPooledRows ahead = Next(index, rows, x, inputs.StepsOfRow);
                inputs.Add(values, ArgMax + index, x, X.RowStride, selection, ref ahead);
            }
            else
                AddToKernel(values, index, rows, x, list, dkernel);
            if (Dx is null)
                continue;
            zeroed = Clear(dx, zeroed, (2 * (y + rows)) - 1 + Conv.KernelHeight);
            for (int i = 0; i < rows; i++)
                AddToInput(values + (i * row), ArgMax + index + (i * row), list, dx + (2 * (y + i) * X.RowStride));
        }

        if (Dx is null)
            return;
        if (band == Bands - 1)
            _ = Clear(dx, zeroed, X.PaddedHeight);
        if (!InPlace)
            Release(image, band, dx);
    }

    private readonly int Clear(float* dx, int firstRow, int endRow)
    {
        new Span<float>(dx + (firstRow * X.RowStride), (int)((endRow - firstRow) * X.RowStride)).Clear();
        return endRow;
    }

    /// <summary>Copies a band's own rows to the gradient without their padding, and those it shares with the next band to its halo.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Release(int image, int band, float* dx)
    {
        bool last = band == Bands - 1;
        int first = 2 * FirstRow(band), end = last ? X.Top + X.Height : 2 * FirstRow(band + 1), row = X.Width * X.Channels;
        for (int y = Math.Max(first, X.Top); y < Math.Min(end, X.Top + X.Height); y++)
        {
            float* target = Dx + ((((nint)image * X.Height) + y - X.Top) * row);
            new ReadOnlySpan<float>(dx + (y * X.RowStride) + (X.Left * X.Channels), row).CopyTo(new Span<float>(target, row));
        }

        if (last)
            return;
        var halo = new Span<float>(Halos + ((((nint)image * Bands) + band) * HaloSize), (int)HaloSize);
        new ReadOnlySpan<float>(dx + (end * X.RowStride), (int)HaloSize).CopyTo(halo);
    }

    /// <summary>The gradient of some pooled pixels where ReLU was on, zero elsewhere; also added to the bias gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Rectify(nint index, int pixels, float* values, float* dbias)
    {
        float* y = Y + index, dy = Dy + index;
        int channels = Conv.OutChannels;
        for (int pixel = 0; pixel < pixels; pixel += PixelsOfSum)
        {
            // Few enough pixels to stay in L1 over all channels; the sums stay in registers over the pixels.
            nint end = (nint)Math.Min(pixel + PixelsOfSum, pixels) * channels;
            int channel = 0;
            for (; channel <= channels - Vector256<float>.Count; channel += Vector256<float>.Count)
            {
                Vector256<float> sum = Vector256.Load(dbias + channel);
                for (nint i = ((nint)pixel * channels) + channel; i < end; i += channels)
                {
                    Vector256<float> value = Vector256.Load(dy + i) & Vector256.GreaterThan(Vector256.Load(y + i), Vector256<float>.Zero);
                    value.Store(values + i);
                    sum += value;
                }

                sum.Store(dbias + channel);
            }

            for (; channel < channels; channel++)
            {
                for (nint i = ((nint)pixel * channels) + channel; i < end; i += channels)
                {
                    values[i] = y[i] > 0 ? dy[i] : 0;
                    dbias[channel] += values[i];
                }
            }
        }
    }

    /// <summary>Where the input rows under a pooled row are; copies those under some pooled rows at a time if they need it.</summary>
    private readonly float* InputRows(int image, int y, int first, int end, float* copy, bool readsBeyond)
    {
        if (!X.NeedsCopy)
        {
            float* x = X.Image(image) + (2 * y * X.RowStride);
            if (!readsBeyond || image < Pool.Batch - 1 || y < Pool.OutHeight - 1)
                return x;
            X.CopyRows(image, 2 * y, Conv.KernelHeight + 1, copy);
            return copy;
        }

        int place = (y - first) % RowsOfCopy;
        if (place == 0)
        {
            // The last rows of the copy before are the first of this one.
            int shared = y > first ? Conv.KernelHeight - 1 : 0, length = shared * (int)X.RowStride;
            new ReadOnlySpan<float>(copy + (2 * RowsOfCopy * X.RowStride), length).CopyTo(new Span<float>(copy, length));
            X.CopyRows(image, (2 * y) + shared, (2 * Math.Min(RowsOfCopy, end - y)) + Conv.KernelHeight - 1 - shared, copy + length);
        }

        return copy + (2 * place * X.RowStride);
    }

    /// <summary>What the rows after these read for the first time.</summary>
    private readonly NextPooledRows Next(nint index, int rows, float* x, int steps)
    {
        nint pooled = (nint)rows * Pool.OutWidth * Conv.OutChannels, next = index + pooled, input = 2 * rows * X.RowStride;
        return new()
        {
            X = new ReadAhead(x + input + ((Conv.KernelHeight - 1) * X.RowStride), X.NeedsCopy ? 0 : input, steps),
            Y = new ReadAhead(Y + next, pooled, steps),
            Dy = new ReadAhead(Dy + next, pooled, steps),
            ArgMax = new ReadAhead(ArgMax + next, pooled / sizeof(float), steps),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void AddToKernel(float* values, nint index, int rows, float* x, SparseEntry* list, float* dkernel)
    {
        int blocks = (Pool.OutWidth + PixelsOfBlock - 1) / PixelsOfBlock;
        NextPooledRows ahead = Next(index, rows, x, blocks * Conv.OutChannels);
        for (int block = 0; block < blocks; block++)
        {
            int first = Pool.OutWidth * block / blocks, pixels = (Pool.OutWidth * (block + 1) / blocks) - first;
            nint start = (nint)first * Conv.OutChannels;
            AddBlock(values + start, ArgMax + index + start, rows, pixels, x + (2 * first * X.Channels), list, dkernel, ref ahead);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void AddBlock(
        float* values, byte* at, int height, int pixels, float* x, SparseEntry* list, float* dkernel, ref NextPooledRows ahead)
    {
        int channels = Conv.OutChannels, patch = PatchSize(Conv), run = Conv.KernelWidth * Conv.InChannels, capacity = BlockCapacity;
        nint row = (nint)Pool.OutWidth * channels;
        var rows = new SparseRows(Conv.KernelHeight, run);
        if (SparseCompression.Fits(channels))
        {
            int* lengths = stackalloc int[SparseCompression.Step];
            int below = (int)X.RowStride;
            for (int channel = 0; channel < channels; channel += SparseCompression.Step)
            {
                new Span<int>(lengths, SparseCompression.Step).Clear();
                for (int y = 0; y < height; y++)
                {
                    nint start = (y * row) + channel;
                    SparseCompression.GatherRow(
                        values + start, at + start, pixels, channels, 2 * y * below, X.Channels, below, list, capacity, lengths);
                }

                for (int i = 0; i < SparseCompression.Step; i++)
                {
                    ahead.Step();
                    SparseEntry* start = list + (i * capacity);
                    rows.Add(start, start + lengths[i], x, X.RowStride, dkernel + ((nint)(channel + i) * patch), run);
                }
            }

            return;
        }

        for (int channel = 0; channel < channels; channel++)
        {
            ahead.Step();
            SparseEntry* end = list;
            for (int y = 0; y < height; y++)
                end = Gather(values + (y * row) + channel, at + (y * row) + channel, pixels, 2 * y * (int)X.RowStride, end);
            rows.Add(list, end, x, X.RowStride, dkernel + ((nint)channel * patch), run);
        }
    }

    /// <summary>Lists the places of one channel in a part of a pooled row, as offsets into the input under the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly SparseEntry* Gather(float* values, byte* at, int pixels, int base0, SparseEntry* entry)
    {
        // Everything in locals: after each store the compiler would otherwise read the fields again.
        int pixelStride = X.Channels;
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void AddToInput(float* values, byte* at, SparseEntry* lists, float* dx)
    {
        int channels = Conv.OutChannels, inChannels = X.Channels;
        if (TakesWindows(Conv))
        {
            AddWindows(values, at, (ulong*)lists, dx);
            return;
        }

        int run = Conv.KernelWidth * Conv.InChannels;
        var rows = new SparseRows(Conv.KernelHeight, run);
        int* lengths = stackalloc int[4];
        for (int pixel = 0; pixel < Pool.OutWidth; pixel++, values += channels, at += channels, dx += 2 * inChannels)
        {
            Gather(values, at, channels, PatchSize(Conv), lists, lengths);
            for (int position = 0; position < 4; position++)
            {
                SparseEntry* list = lists + (position * Capacity);
                float* target = dx + ((position >> 1) * X.RowStride) + ((position & 1) * inChannels);
                if (lengths[position] > 0)
                    rows.Add(list, list + lengths[position], Kernel, run, target, X.RowStride);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void AddWindows(float* values, byte* at, ulong* places, float* dx)
    {
        bool wide = Simd.Level == SimdLevel.Avx512;
        int together = wide ? SparseWindow.OutChannels : SparseHalfWindow.OutChannels, patch = wide ? SparseWindow.Patch : SparseHalfWindow.Patch;
        for (int first = 0; first < Conv.OutChannels; first += together)
        {
            SparsePlaces.Find(values + first, at + first, Math.Min(together, Conv.OutChannels - first), Conv.OutChannels, Pool.OutWidth, places);
            float* kernel = Kernel + ((nint)first * patch);
            for (int slice = 0; slice < X.Channels; slice += ChannelsOfWindows, kernel += Conv.OutChannels * patch)
            {
                if (wide)
                    SparseWindow.Run(values + first, places, Conv.OutChannels, Pool.OutWidth, kernel, X.Channels, dx + slice, X.RowStride);
                else
                    SparseHalfWindow.Run(values + first, places, Conv.OutChannels, Pool.OutWidth, kernel, X.Channels, dx + slice, X.RowStride);
            }
        }
    }

    /// <summary>Lists some channels of one pooled pixel by their position in the window, as offsets into the kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Gather(float* values, byte* at, int channels, int patch, SparseEntry* lists, int* lengths)
    {
        if (SparseCompression.Fits(channels))
        {
            SparseCompression.Gather(values, at, channels, patch, lists, Capacity, lengths);
            return;
        }

        int start = 0;
        SparseEntry** ends = stackalloc SparseEntry*[4] { lists, lists + Capacity, lists + (2 * Capacity), lists + (3 * Capacity) };
        for (nint channel = 0; channel < channels; channel++, start += patch)
        {
            float value = values[channel];
            nuint position = at[channel] & 3u;
            SparseEntry* entry = ends[position];
            *entry = new SparseEntry(start, value);
            ends[position] = entry + IsNonzero(value);
        }

        for (int position = 0; position < 4; position++)
            lengths[position] = (int)(ends[position] - (lists + (position * Capacity)));
    }

    // By the bits, which takes no branch for NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int IsNonzero(float value) => (BitConverter.SingleToInt32Bits(value) << 1) != 0 ? 1 : 0;
}
