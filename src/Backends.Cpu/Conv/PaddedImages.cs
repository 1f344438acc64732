using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Pictures with zeros around them, so that kernels never ask where the edge is. Pictures that need no padding are read where
/// they are.
/// </summary>
internal unsafe struct PaddedImages
{
    /// <summary>The first float of the first (padded) picture.</summary>
    public float* Data;

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

    /// <summary>The input of a convolution with the padding of its geometry, not yet placed in memory.</summary>
    public static PaddedImages InputOf(in Conv2DGeometry g) => new()
    {
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

    /// <summary>Floats between pictures.</summary>
    public readonly nint ImageStride => (Top + Height + Bottom) * RowStride;

    /// <summary>Whether there is any padding.</summary>
    public readonly bool IsPadded => (Top | Left | Bottom | Right) != 0;

    /// <summary>The floats that a padded copy takes, 0 where none is needed.</summary>
    public readonly long CopySize => IsPadded ? Batch * (long)ImageStride : 0;

    /// <summary>The first float of a padded picture.</summary>
    public readonly float* Image(int index) => Data + (index * ImageStride);

    /// <summary>Copies rows of a picture that has no padding yet, and pads them.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="first">The first row, counted with the padding.</param>
    /// <param name="count">How many rows.</param>
    /// <param name="target">Receives them.</param>
    public readonly void CopyRows(float* picture, int first, int count, float* target)
    {
        int row = Width * Channels, left = Left * Channels, right = Right * Channels;
        for (int i = 0; i < count; i++, target += RowStride)
        {
            int y = first + i - Top;
            if ((uint)y >= (uint)Height)
            {
                new Span<float>(target, left + row + right).Clear();
                continue;
            }

            new Span<float>(target, left).Clear();
            new ReadOnlySpan<float>(picture + ((nint)y * row), row).CopyTo(new Span<float>(target + left, row));
            new Span<float>(target + left + row, right).Clear();
        }
    }
}
