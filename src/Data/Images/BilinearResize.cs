using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// Bilinear resizing as <c>tf.image.resize(method="bilinear", antialias=False)</c> computes it: half-pixel centres, positions
/// beyond the edge clamped to it, exactly four input pixels an output pixel however much the picture shrinks; first along the
/// rows, then between them, in single precision.
/// </summary>
internal static class BilinearResize
{
    /// <summary>Resizes a picture.</summary>
    /// <param name="image">
    /// The picture [height, width, channels], of any element type; <see cref="DType.UNorm8"/> counts as 0..1, the others as the
    /// numbers they are.
    /// </param>
    /// <param name="size">The height and width of the result, at least 1 each.</param>
    /// <returns>The resized picture, Float32 [height, width, channels], in the units of the input.</returns>
    /// <exception cref="ShapeMismatchException"><paramref name="image"/> has not three axes, or no pixels.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1 × 1.</exception>
    public static NDArray Apply(NDArray image, (int Height, int Width) size)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Height, 1, nameof(size));
        ArgumentOutOfRangeException.ThrowIfLessThan(size.Width, 1, nameof(size));
        if (image.Shape.Rank != 3 || image.Shape[0] == 0 || image.Shape[1] == 0)
            throw new ShapeMismatchException($"expected a picture [height, width, channels], got {image.Shape}");

        (int height, int width, int channels) = (image.Shape[0], image.Shape[1], image.Shape[2]);
        var rows = new BilinearAxis(height, size.Height);
        var columns = new BilinearAxis(width, size.Width);
        float[] pixels = image.ToFloats();
        var result = new NDArray((size.Height, size.Width, channels));
        int inputRow = width * channels, outputRow = size.Width * channels;
        float[] top = new float[outputRow], bottom = new float[outputRow];
        for (int y = 0; y < size.Height; y++)
        {
            ResizeRow(pixels.AsSpan(rows.Lower[y] * inputRow, inputRow), columns, channels, top);
            ResizeRow(pixels.AsSpan(rows.Upper[y] * inputRow, inputRow), columns, channels, bottom);
            Span<float> output = result.AsSpan<float>().Slice(y * outputRow, outputRow);
            TensorPrimitives.Subtract(bottom, top, output);
            TensorPrimitives.Multiply(output, rows.Weight[y], output);
            TensorPrimitives.Add(output, top, output);
        }

        return result;
    }

    /// <summary>
    /// Resizes decoded pixels of four bytes and rounds to the nearest byte, halves up; the fourth byte of a pixel is left out.
    /// The sums are those of <see cref="Apply"/>, one pixel a vector.
    /// </summary>
    /// <param name="pixels">The picture [height, width, 4].</param>
    /// <param name="height">Its height.</param>
    /// <param name="width">Its width.</param>
    /// <param name="result">Receives [size.Height, size.Width, channels].</param>
    /// <param name="size">The height and width of the result.</param>
    /// <param name="channels">How many of a pixel's bytes are wanted: 3 or 1.</param>
    internal static unsafe void ToBytes(
        ReadOnlySpan<byte> pixels, int height, int width, Span<byte> result, (int Height, int Width) size, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels.Length, height * width * 4, nameof(pixels));
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, size.Height * size.Width * channels, nameof(result));
        var rows = new BilinearAxis(height, size.Height);
        var columns = new BilinearAxis(width, size.Width);
        fixed (byte* input = pixels, output = result)
        {
            for (int y = 0; y < size.Height; y++)
            {
                byte* top = input + (rows.Lower[y] * width * 4), bottom = input + (rows.Upper[y] * width * 4);
                ResizeRow(top, bottom, rows.Weight[y], columns, output + (y * size.Width * channels), channels);
            }
        }
    }

    private static unsafe void ResizeRow(
        byte* top, byte* bottom, float rowWeight, BilinearAxis columns, byte* output, int channels)
    {
        Vector128<float> weight = Vector128.Create(rowWeight);
        ReadOnlySpan<int> lower = columns.Lower, upper = columns.Upper.AsSpan(0, lower.Length);
        ReadOnlySpan<float> weights = columns.Weight.AsSpan(0, lower.Length);
        for (int x = 0; x < lower.Length; x++)
        {
            int left = lower[x] * 4, right = upper[x] * 4;
            Vector128<float> fraction = Vector128.Create(weights[x]);
            Vector128<float> above = Interpolate(Load(top + left), Load(top + right), fraction);
            Vector128<float> below = Interpolate(Load(bottom + left), Load(bottom + right), fraction);
            Vector128<float> value = Interpolate(above, below, weight) + Vector128.Create(0.5f);

            // 0 <= value < 256, where the native conversion truncates as the portable one does, without its checks.
            Vector128<short> words = Vector128.Narrow(Vector128.ConvertToInt32Native(value), Vector128<int>.Zero);
            uint pixel = Vector128.Narrow(words, words).AsUInt32().ToScalar();
            *output = (byte)pixel;
            if (channels == 3)
            {
                output[1] = (byte)(pixel >> 8);
                output[2] = (byte)(pixel >> 16);
            }

            output += channels;
        }
    }

    // Not a fused multiply-add: the result must not depend on whether the machine has one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Interpolate(Vector128<float> a, Vector128<float> b, Vector128<float> t) => a + ((b - a) * t);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector128<float> Load(byte* pixel)
    {
        Vector128<byte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(pixel)).AsByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32());
    }

    private static void ResizeRow(ReadOnlySpan<float> row, BilinearAxis columns, int channels, Span<float> output)
    {
        for (int x = 0; x < columns.Weight.Length; x++)
        {
            int left = columns.Lower[x] * channels, right = columns.Upper[x] * channels;
            float fraction = columns.Weight[x];
            for (int c = 0; c < channels; c++)
                output[(x * channels) + c] = row[left + c] + ((row[right + c] - row[left + c]) * fraction);
        }
    }
}
