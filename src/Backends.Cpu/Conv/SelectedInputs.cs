using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of a convolution, ReLU and 2 x 2 max-pooling for inputs of few channels, such as colours. Output
/// channels are the lanes of a vector. Each chose one of the window's four places, so under a tap each multiplies one of four
/// inputs, and a permutation gives every lane its own (<see cref="PermutedWindows"/>, <see cref="PairedInputs"/>). A quarter of
/// a dense product, without lists.
/// </summary>
internal readonly unsafe struct SelectedInputs
{
    private readonly Conv2DGeometry _conv;
    private readonly PermutedWindows _windows;
    private readonly PairedInputs _pairs;

    /// <param name="conv">The convolution.</param>
    /// <param name="pixels">Pooled pixels of a row.</param>
    public SelectedInputs(in Conv2DGeometry conv, int pixels)
    {
        _conv = conv;
        _windows = new(conv.OutChannels, conv.InChannels, conv.KernelHeight, Taps, pixels);
        _pairs = new(conv.OutChannels, conv.InChannels, conv.KernelHeight, Taps, pixels);
    }

    /// <summary>Steps of a row: where what follows is asked for.</summary>
    public int StepsOfRow => Permutes(_conv) ? _windows.StepsOfRow : _pairs.StepsOfRow;

    /// <summary>Floats of the sums, and of what a row is prepared in.</summary>
    public int WorkspaceSize => SumsSize + (Permutes(_conv) ? _windows.WorkspaceSize : _pairs.WorkspaceSize);

    private int Taps => _conv.KernelWidth * _conv.InChannels;

    private int Patch => _conv.KernelHeight * Taps;

    // Whole lines of the cache.
    private int SumsSize => ((Patch * _conv.OutChannels) + 15) / 16 * 16;

    /// <summary>Whether this way takes a convolution.</summary>
    public static bool Fits(in Conv2DGeometry g) => Permutes(g) || PairedInputs.Fits(g);

    /// <summary>Sets the sums to zero.</summary>
    public void Start(float* workspace) => new Span<float>(workspace, Patch * _conv.OutChannels).Clear();

    /// <summary>Adds a pooled row.</summary>
    /// <param name="values">The row's gradient [pixels, channels].</param>
    /// <param name="argMax">Which place each took.</param>
    /// <param name="x">The input under the row; readable for a vector beyond the last window.</param>
    /// <param name="rowStride">Floats between the input's rows.</param>
    /// <param name="workspace"><see cref="WorkspaceSize"/> floats.</param>
    /// <param name="ahead">What the next row reads; asked for in <see cref="StepsOfRow"/> steps.</param>
    public void Add(float* values, byte* argMax, float* x, nint rowStride, float* workspace, ref NextPooledRows ahead)
    {
        if (Permutes(_conv))
            _windows.Add(values, argMax, x, rowStride, workspace, workspace + SumsSize, ref ahead);
        else
            _pairs.Add(values, argMax, x, rowStride, workspace, workspace + SumsSize, ref ahead);
    }

    /// <summary>Writes the sums as [out][kernel height][taps].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Finish(float* workspace, float* dkernel)
    {
        for (int tap = 0; tap < Patch; tap++)
        {
            for (int channel = 0; channel < _conv.OutChannels; channel++)
                dkernel[(channel * Patch) + tap] = *workspace++;
        }
    }

    private static bool Permutes(in Conv2DGeometry g) => PermutedWindows.Fits(g.OutChannels, g.KernelWidth * g.InChannels, g.InChannels);
}
