using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// Bilinear resizing as <c>tf.image.resize(method="bilinear", antialias=False)</c> computes it: half-pixel centres, positions
/// beyond the edge clamped to it, exactly four input pixels an output pixel however much the picture shrinks; first along the
/// rows, then between them, in single precision.
/// </summary>
public static class BilinearResize
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
        var rows = new InterpolationAxis(height, size.Height);
        var columns = new InterpolationAxis(width, size.Width);
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
    internal static void ToBytes(
        ReadOnlySpan<byte> pixels, int height, int width, Span<byte> result, (int Height, int Width) size, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels.Length, height * width * 4, nameof(pixels));
        ArgumentOutOfRangeException.ThrowIfLessThan(result.Length, size.Height * size.Width * channels, nameof(result));
        var rows = new InterpolationAxis(height, size.Height);
        var columns = new InterpolationAxis(width, size.Width);
        for (int y = 0; y < size.Height; y++)
        {
            var top = pixels.Slice(rows.Lower[y] * width * 4, width * 4);
            var bottom = pixels.Slice(rows.Upper[y] * width * 4, width * 4);
            Span<byte> output = result.Slice(y * size.Width * channels, size.Width * channels);
            Vector128<float> weight = Vector128.Create(rows.Weight[y]);
            if (channels == 3)
                RowToRgb(top, bottom, weight, columns, output);
            else
                RowToGray(top, bottom, weight, columns, output);
        }
    }

    private static void RowToRgb(
        ReadOnlySpan<byte> top, ReadOnlySpan<byte> bottom, Vector128<float> weight, InterpolationAxis columns, Span<byte> output)
    {
        // Four bytes are written a pixel, the fourth to be overwritten by the next pixel; the last one is written alone.
        int last = columns.Weight.Length - 1;
        for (int x = 0; x < last; x++)
            Unsafe.WriteUnaligned(ref output[x * 3], Pixel(top, bottom, weight, columns, x));
        uint pixel = Pixel(top, bottom, weight, columns, last);
        for (int c = 0; c < 3; c++)
            output[(last * 3) + c] = (byte)(pixel >> (8 * c));
    }

    private static void RowToGray(
        ReadOnlySpan<byte> top, ReadOnlySpan<byte> bottom, Vector128<float> weight, InterpolationAxis columns, Span<byte> output)
    {
        for (int x = 0; x < output.Length; x++)
            output[x] = (byte)Pixel(top, bottom, weight, columns, x);
    }

    /// <summary>One output pixel, its bytes from the lowest up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Pixel(
        ReadOnlySpan<byte> top, ReadOnlySpan<byte> bottom, Vector128<float> weight, InterpolationAxis columns, int x)
    {
        int left = columns.Lower[x] * 4, right = columns.Upper[x] * 4;
        Vector128<float> fraction = Vector128.Create(columns.Weight[x]);
        Vector128<float> upper = Interpolate(Load(top, left), Load(top, right), fraction);
        Vector128<float> lower = Interpolate(Load(bottom, left), Load(bottom, right), fraction);
        Vector128<float> value = Interpolate(upper, lower, weight) + Vector128.Create(0.5f);

        // 0 <= value < 256, where the native conversion truncates as the portable one does, without its checks.
        Vector128<int> rounded = Vector128.ConvertToInt32Native(value);
        Vector128<short> words = Vector128.Narrow(rounded, rounded);
        return Vector128.Narrow(words, words).AsUInt32().ToScalar();
    }

    // Not a fused multiply-add: the result must not depend on whether the machine has one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Interpolate(Vector128<float> a, Vector128<float> b, Vector128<float> t) => a + ((b - a) * t);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Load(ReadOnlySpan<byte> row, int offset)
    {
        Vector128<byte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(in row[offset])).AsByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32());
    }

    private static void ResizeRow(ReadOnlySpan<float> row, InterpolationAxis columns, int channels, Span<float> output)
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
