using System.Numerics;
using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// The kernel gradient of a convolution of 1 x 1 taps: a matrix product over pixels, in steps of at most 224. Read where they lie, pixels
/// would give a tile a few floats of a line in each of its steps, and lines at a power of two from each other, which share few places in L1. So a step's
/// pixels are turned into rows, one a channel, and the gradients of its outputs packed into panels (224 x 32 floats, 28 KiB, stay in L1 while the rows
/// pass by). Meanwhile those of the next step come to L2. A shard is a range of pixels, whose result <see cref="PartialSum"/> adds to the others', or
/// of fewer pixels than threads need, some of the panels.
/// </summary>
internal unsafe struct PointwiseGradient : IShardedWork
{
    // So many pixels make loading and storing a tile cheap against its sums.
    private const int PixelsOfStep = 224;

    // A partial result is written, read and added: so many pixels are worth one.
    private const int PixelsOfPartial = 384;

    private const int MostPartials = 16;
    private const long MostFloats = 8 << 20;

    // Floats between turned rows: a line more.
    private const int Pitch = PixelsOfStep + Prefetching.Line;

    // Pixels that are turned at a time.
    private const int Block = 16;

    private readonly StridedPixels _pictures;
    private readonly bool _copies;
    private readonly float* _x;
    private readonly float* _dy;
    private readonly long _pixels;
    private readonly int _inChannels;
    private readonly int _outChannels;
    private readonly int _threads;
    private readonly int _ranges;

    /// <summary>Prepares the gradient; <see cref="Results"/> and <see cref="Workspaces"/> are still to be given.</summary>
    /// <param name="x">The input.</param>
    /// <param name="dy">The gradient of the output.</param>
    /// <param name="geometry">The convolution.</param>
    /// <param name="threads">How many threads there are; how work is cut depends on it, results do not.</param>
    public PointwiseGradient(Pixels x, float* dy, in Conv2DGeometry geometry, int threads)
    {
        _pictures = new StridedPixels(x, geometry);
        _copies = PointwiseWork.HasGaps(geometry) || x.AreBytes;
        _x = x.Floats;
        _dy = dy;
        _pixels = (long)geometry.Batch * geometry.OutHeight * geometry.OutWidth;
        (_inChannels, _outChannels, _threads) = (geometry.InChannels, geometry.OutChannels, threads);

        // A power of two, which most numbers of threads share without a rest.
        long partials = Math.Min(MostFloats / ((long)_inChannels * _outChannels), _pixels / PixelsOfPartial);
        Partials = 1 << BitOperations.Log2((uint)Math.Clamp(partials, 1, MostPartials));
        _ranges = Math.Clamp((threads + Partials - 1) / Partials, 1, Panels);
    }

    /// <summary>How many partial results there are.</summary>
    public int Partials { get; }

    /// <summary>The partial results, one after the other.</summary>
    public float* Results { get; set; }

    /// <summary>What the shards work in, <see cref="WorkspaceSize"/> floats each.</summary>
    public Workspaces Workspaces { get; set; }

    /// <summary>How many shards there are.</summary>
    public readonly int Shards => Partials * _ranges;

    /// <summary>Floats that a thread works in.</summary>
    public readonly nint WorkspaceSize => TurnedSize + (PixelsOfStep * (nint)TileRows.MaxWidth * Panels) + (_copies ? Block * (nint)(_inChannels + Prefetching.Line) : 0);

    private readonly int Panels => (_outChannels + TileRows.MaxWidth - 1) / TileRows.MaxWidth;

    private readonly nint TurnedSize => _inChannels * (nint)Pitch;

    /// <summary>Whether this way takes a kernel gradient: of few channels, turning and packing take longer than what they save.</summary>
    public static bool Fits(in Conv2DGeometry g) => PointwiseWork.Fits(g) && g is { InChannels: > 24, OutChannels: > 16 };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(int shard)
    {
        (int partial, int range) = Math.DivRem(shard, _ranges);
        int firstPanel = Panels * range / _ranges, endPanel = Panels * (range + 1) / _ranges;
        float* turned = Workspaces.Mine, packed = turned + TurnedSize, copy = packed + (PixelsOfStep * (nint)TileRows.MaxWidth * Panels), result = Results + ((nint)partial * _inChannels * _outChannels);
        long start = First(partial), end = First(partial + 1), next;
        for (long first = start; first < end; first = next)
        {
            // Steps of equal size: a short one would load and store all tiles for little.
            long steps = (end - first + PixelsOfStep - 1) / PixelsOfStep, ofStep = (end - first + steps - 1) / steps;
            next = Math.Min(first + ((ofStep + Block - 1) / Block * Block), end);
            int count = (int)(next - first);
            for (int i = 0; i < count; i += Block)
            {
                int pixels = Math.Min(Block, count - i);
                float* from = _copies ? copy : _x + ((nint)(first + i) * _inChannels);
                nint stride = _copies ? _inChannels + Prefetching.Line : _inChannels;
                if (_copies)
                    _pictures.Gather(first + i, pixels, copy, stride);
                Transposition.Run(from, stride, 1, pixels, _inChannels, turned + i, Pitch);
            }

            // After the last step comes, most likely, the range of pixels after those that the other threads have.
            long soon = next < end ? next : First(partial + _threads);
            int countSoon = (int)Math.Min(count, (next < end ? end : First(partial + _threads + 1)) - soon);
            float* aheadX = _x + ((nint)soon * _inChannels), stopX = _copies ? aheadX : aheadX + (countSoon * (nint)_inChannels);
            float* aheadY = _dy + ((nint)soon * _outChannels), stopY = aheadY + (countSoon * (nint)_outChannels);
            nint tileSteps = TileRows.Tiles(_inChannels, TileRows.MaxWidth) * (nint)count;
            nint pace = Prefetching.Pace((nint)(stopX - aheadX) + (nint)(stopY - aheadY), tileSteps * (endPanel - firstPanel));
            var panels = new PackedPanels(packed, count, _outChannels);
            panels.PackRows(firstPanel, endPanel, _dy + ((nint)first * _outChannels), _outChannels);
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                float* b = panels.Panel(panel, out int columns, out int width), c = result + (panel * TileRows.MaxWidth);
                bool readsX = aheadX < stopX;
                if (_copies)
                {
                    int asked = countSoon * (panel - firstPanel) / (endPanel - firstPanel), ask = countSoon * (panel + 1 - firstPanel) / (endPanel - firstPanel);
                    _pictures.Ask(soon + asked, ask - asked);
                }

                var operands = new TileOperands
                {
                    A = turned,
                    RowStride = Pitch,
                    StepStride = 1,
                    Segments = 1,
                    Length = count,
                    B = b,
                    StepB = width,
                    C = c,
                    StrideC = _outChannels,
                    Start = first > start ? c : null,
                    StrideStart = _outChannels,
                    Ahead = readsX ? aheadX : aheadY < stopY ? aheadY : null,
                    AheadStep = pace,
                };
                TileRows.Run(operands, _inChannels, columns, width);
                if (readsX)
                    aheadX += tileSteps * pace;
                else
                    aheadY += tileSteps * pace;
            }
        }
    }

    // The first pixel of a partial result, or the end if there is no such one.
    private readonly long First(int partial) => _pixels * Math.Min(partial, Partials) / Partials;
}
