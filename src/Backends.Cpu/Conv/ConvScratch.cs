using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>The working memory of a convolution: the padded input where all of it is padded at once, the packed kernel, and the lists of taps.</summary>
internal readonly unsafe ref struct ConvScratch
{
    private readonly Scratch _memory;
    private readonly long _panels;
    private readonly long _offsets;
    private readonly long _edgeOffsets;

    public ConvScratch(CpuMemory memory, in Conv2DGeometry g)
        : this(memory, default, g.KernelHeight * g.KernelWidth, g.GroupInChannels, g.GroupOutChannels, g.Groups)
    {
    }

    public ConvScratch(CpuMemory memory, PaddedImages images, int taps, int fromChannels, int toChannels, int groups)
    {
        // Each part starts at a cache line.
        _panels = (images.CopySize + 15) / 16 * 16;
        _offsets = _panels + (groups * PackedPanels.Size(taps * fromChannels, toChannels));
        _edgeOffsets = _offsets + (taps * (sizeof(nint) / sizeof(float)));
        _memory = new Scratch(memory, _edgeOffsets + (taps * (sizeof(nint) / sizeof(float))));
    }

    /// <summary>Room for the padded input.</summary>
    public float* Images => _memory.Pointer;

    /// <summary>Room for the packed kernels of all groups.</summary>
    public float* Panels => _memory.Pointer + _panels;

    /// <summary>Room for a number a tap.</summary>
    public nint* Offsets => (nint*)(_memory.Pointer + _offsets);

    /// <summary>Room for another number a tap.</summary>
    public nint* EdgeOffsets => (nint*)(_memory.Pointer + _edgeOffsets);

    public void Dispose() => _memory.Dispose();
}
