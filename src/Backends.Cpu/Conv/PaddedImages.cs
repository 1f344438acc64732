using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Pictures with zeros around them, so that kernels never ask where the edge is. Pictures of floats that need no padding are read
/// where they are.
/// </summary>
internal unsafe struct PaddedImages
{
    /// <summary>The first float of the first (padded) picture.</summary>
    public float* Data;

    /// <summary>The pictures as they are, without padding.</summary>
    public Pixels Source;

    /// <summary>Pictures.</summary>
    public int Batch;

    /// <summary>Rows, without the padding.</summary>
    public int Height;

    /// <summary>Columns, without the padding.</summary>
    public int Width;

    /// <summary>Channels.</summary>
    public int Channels;

    /// <summary>Rows of zeros above.</summary>
    public int Top;

    /// <summary>Columns of zeros to the left.</summary>
    public int Left;

    /// <summary>Rows of zeros below.</summary>
    public int Bottom;

    /// <summary>Columns of zeros to the right.</summary>
    public int Right;

    /// <summary>The input of a convolution with the padding of its geometry: where it lies, until a copy is made if it needs one.</summary>
    /// <param name="g">The convolution.</param>
    /// <param name="x">Its input.</param>
    public static PaddedImages InputOf(in Conv2DGeometry g, Pixels x) => new()
    {
        Data = x.Floats,
        Source = x,
        Batch = g.Batch,
        Height = g.InHeight,
        Width = g.InWidth,
        Channels = g.InChannels,
        Top = g.PadTop,
        Left = g.PadLeft,
        Bottom = g.PadBottom,
        Right = g.PadRight,
    };

    /// <summary>Floats between rows.</summary>
    public readonly nint RowStride => (nint)(Left + Width + Right) * Channels;

    /// <summary>Floats between rows of <see cref="Source"/>.</summary>
    public readonly nint SourceRowStride => (nint)Width * Channels;

    /// <summary>Floats between pictures.</summary>
    public readonly nint ImageStride => PaddedHeight * RowStride;

    /// <summary>Rows of a padded picture.</summary>
    public readonly int PaddedHeight => Top + Height + Bottom;

    /// <summary>Whether there is any padding.</summary>
    public readonly bool IsPadded => (Top | Left | Bottom | Right) != 0;

    /// <summary>Whether kernels read a copy: of pictures with padding, and of bytes.</summary>
    public readonly bool NeedsCopy => IsPadded || Source.AreBytes;

    /// <summary>The floats that a copy takes, 0 where none is needed.</summary>
    public readonly long CopySize => NeedsCopy ? Batch * (long)ImageStride : 0;

    /// <summary>The first float of a padded picture.</summary>
    public readonly float* Image(int index) => Data + (index * ImageStride);

    /// <summary>Copies rows of a picture of <see cref="Source"/> and pads them.</summary>
    /// <param name="image">Which picture.</param>
    /// <param name="first">The first row, counted with the padding.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="target">Receives them.</param>
    public readonly void CopyRows(int image, int first, int count, float* target) =>
        CopyPart(image, first, count, 0, Left + Width + Right, target, RowStride);

    /// <summary>Copies a part of some rows of a picture of <see cref="Source"/>, with zeros for what is not in it.</summary>
    /// <param name="image">Which picture.</param>
    /// <param name="first">The first row, counted with the padding.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="column">The first column, counted with the padding.</param>
    /// <param name="columns">How many columns.</param>
    /// <param name="target">Receives them.</param>
    /// <param name="stride">Floats between rows there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void CopyPart(int image, int first, int count, int column, int columns, float* target, nint stride)
    {
        int from = column - Left, before = Math.Clamp(-from, 0, columns), inside = Math.Max(Math.Min(from + columns, Width) - Math.Max(from, 0), 0);
        int left = before * Channels, row = inside * Channels, right = (columns - before - inside) * Channels;
        Pixels picture = Source.Skip((((nint)image * Height * Width) + Math.Max(from, 0)) * Channels);
        for (int i = 0; i < count; i++, target += stride)
        {
            int y = first + i - Top;
            if ((uint)y >= (uint)Height)
            {
                new Span<float>(target, left + row + right).Clear();
                continue;
            }

            new Span<float>(target, left).Clear();
            picture.Skip((nint)y * Width * Channels).CopyTo(target + left, row);
            new Span<float>(target + left + row, right).Clear();
        }
    }
}
