using System.Runtime.Intrinsics;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>Resizing by any kernel: along the rows of each input row that is needed, then between the rows; in single precision.</summary>
internal static class KernelResize
{
    /// <summary>Resizes a picture of floats [height, width, channels].</summary>
    public static NDArray Apply(ReadOnlySpan<float> pixels, int channels, int width, KernelAxis rows, KernelAxis columns)
    {
        var result = new NDArray((rows.Length, columns.Length, channels));
        int inputRow = width * channels, outputRow = columns.Length * channels;
        var resized = new Dictionary<int, float[]>();
        for (int y = 0; y < rows.Length; y++)
        {
            int first = rows.First(y);
            ReadOnlySpan<float> weights = rows.Weights(y);
            Span<float> output = result.AsSpan<float>().Slice(y * outputRow, outputRow);
            for (int i = 0; i < weights.Length; i++)
            {
                if (!resized.TryGetValue(first + i, out float[]? row))
                {
                    resized[first + i] = row = new float[outputRow];
                    ResizeRow(pixels.Slice((first + i) * inputRow, inputRow), columns, channels, row);
                }

                Accumulate(row, weights[i], output);
            }

            int next = y + 1 < rows.Length ? rows.First(y + 1) : int.MaxValue;
            foreach (int done in resized.Keys.Where(row => row < next).ToArray())
                _ = resized.Remove(done);
        }

        return result;
    }

    /// <summary>Resizes decoded pixels of four bytes and rounds to the nearest byte, limited to 0..255.</summary>
    /// <param name="pixels">The picture [height, width, 4].</param>
    /// <param name="width">Its width.</param>
    /// <param name="result">Receives [rows, columns, channels].</param>
    /// <param name="channels">How many of a pixel's bytes are wanted: 3 or 1.</param>
    /// <param name="rows">The layout between the rows.</param>
    /// <param name="columns">The layout along a row.</param>
    public static void ToBytes(ReadOnlySpan<byte> pixels, int width, Span<byte> result, int channels, KernelAxis rows, KernelAxis columns)
    {
        int rowLength = columns.Length * 4, last = -1;
        var ring = new Dictionary<int, float[]>();
        var free = new Stack<float[]>();
        float[] sum = new float[rowLength];
        for (int y = 0; y < rows.Length; y++)
        {
            int first = rows.First(y);
            ReadOnlySpan<float> weights = rows.Weights(y);
            foreach (int done in ring.Keys.Where(row => row < first).ToArray())
            {
                free.Push(ring[done]);
                _ = ring.Remove(done);
            }

            sum.AsSpan().Clear();
            for (int i = 0; i < weights.Length; i++)
            {
                int index = first + i;
                if (index > last)
                {
                    float[] row = ring[index] = free.TryPop(out float[]? spare) ? spare : new float[rowLength];
                    ResizeRow(pixels.Slice(index * width * 4, width * 4), columns, row);
                    last = index;
                }

                Accumulate(ring[index], weights[i], sum);
            }

            Round(sum, result.Slice(y * columns.Length * channels, columns.Length * channels), channels);
        }
    }

    private static void ResizeRow(ReadOnlySpan<float> row, KernelAxis columns, int channels, Span<float> output)
    {
        for (int x = 0; x < columns.Length; x++)
        {
            int first = columns.First(x);
            ReadOnlySpan<float> weights = columns.Weights(x);
            for (int c = 0; c < channels; c++)
            {
                float sum = 0;
                for (int i = 0; i < weights.Length; i++)
                    sum += weights[i] * row[((first + i) * channels) + c];
                output[(x * channels) + c] = sum;
            }
        }
    }

    private static void ResizeRow(ReadOnlySpan<byte> row, KernelAxis columns, Span<float> output)
    {
        for (int x = 0; x < columns.Length; x++)
        {
            ReadOnlySpan<float> weights = columns.Weights(x);
            ReadOnlySpan<byte> pixels = row.Slice(columns.First(x) * 4, weights.Length * 4);
            Vector128<float> sum = Vector128<float>.Zero;
            for (int i = 0; i < weights.Length; i++)
            {
                Vector128<byte> bytes = Vector128.CreateScalarUnsafe(BitConverter.ToUInt32(pixels[(i * 4)..])).AsByte();
                sum += Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32()) * weights[i];
            }

            sum.CopyTo(output[(x * 4)..]);
        }
    }

    // Not a fused multiply-add: the result must not depend on whether the machine has one.
    private static void Accumulate(ReadOnlySpan<float> row, float weight, Span<float> sum)
    {
        int i = 0;
        for (; i <= row.Length - Vector256<float>.Count; i += Vector256<float>.Count)
            (Vector256.Create(sum[i..]) + (Vector256.Create(row[i..]) * weight)).CopyTo(sum[i..]);
        for (; i < row.Length; i++)
            sum[i] += row[i] * weight;
    }

    private static void Round(ReadOnlySpan<float> sum, Span<byte> output, int channels)
    {
        for (int from = 0, to = 0; to < output.Length; from += 4, to += channels)
        {
            for (int c = 0; c < channels; c++)
                output[to + c] = (byte)Math.Clamp(sum[from + c] + 0.5f, 0, 255);
        }
    }
}
