using System.Buffers.Binary;
using System.IO.Compression;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Pixels of one byte for each channel, as event files hold pictures. Source: PNG specification, third edition, W3C 2025.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 for grey, 3 for red, green and blue.</param>
/// <param name="Pixels">Row by row.</param>
internal sealed record PngPicture(int Height, int Width, int Channels, byte[] Pixels)
{
    private const int LargestWeight = 1 << 20;

    private static readonly uint[] s_crc = [.. Enumerable.Range(0, 256).Select(CrcOf)];

    /// <summary>A picture [height, width, 1 or 3], bytes or floats in [0, 1].</summary>
    /// <exception cref="ShapeMismatchException">The array has another shape.</exception>
    public static PngPicture Of(NDArray picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Shape.Rank != 3 || picture.Shape[2] is not (1 or 3))
            throw new ShapeMismatchException($"a picture is [height, width, 1 or 3], got {picture}");
        byte[] pixels = picture.DType is DType.UInt8 or DType.UNorm8
            ? picture.Bytes.ToArray()
            : [.. picture.ToFloats().Select(value => (byte)Math.Round(255 * Math.Clamp(float.IsNaN(value) ? 0 : value, 0, 1)))];
        return new PngPicture(picture.Shape[0], picture.Shape[1], picture.Shape[2], pixels);
    }

    /// <summary>
    /// A weight from its least value, black, to its greatest, white: a matrix as it is, lying on its longer side; of a convolution each
    /// kernel, in colour where there are three channels, else each channel of each kernel; null for what is no picture or too large.
    /// </summary>
    public static PngPicture? OfWeight(NDArray weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        Shape shape = weight.Shape;
        if (shape.Size is 0 or > LargestWeight || shape.Rank is 0 or 3 or > 4)
            return null;
        byte[] bytes = Greys(weight.ToFloats());
        if (shape.Rank == 4)
            return Tiles(bytes, shape);
        (int rows, int columns) = shape.Rank == 1 ? (1, shape[0]) : (shape[0], shape[1]);
        if (rows <= columns)
            return new PngPicture(rows, columns, 1, bytes);
        var turned = new byte[bytes.Length];
        for (int i = 0; i < bytes.Length; i++)
            turned[(i % columns * rows) + (i / columns)] = bytes[i];
        return new PngPicture(columns, rows, 1, turned);
    }

    /// <summary>The picture as a PNG file.</summary>
    public byte[] Encode()
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n']);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        (header[8], header[9]) = (8, (byte)(Channels == 3 ? 2 : 0));
        Chunk(file, "IHDR"u8, header);
        using var data = new MemoryStream();
        using (var packed = new ZLibStream(data, CompressionLevel.Fastest))
        {
            for (int row = 0; row < Height; row++)
            {
                packed.WriteByte(0);
                packed.Write(Pixels, row * Width * Channels, Width * Channels);
            }
        }

        Chunk(file, "IDAT"u8, data.ToArray());
        Chunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] Greys(float[] values)
    {
        float least = values.Where(float.IsFinite).DefaultIfEmpty(0).Min(), greatest = values.Where(float.IsFinite).DefaultIfEmpty(0).Max();
        double scale = greatest > least ? 255.0 / ((double)greatest - least) : 0;
        return [.. values.Select(value => (byte)Math.Round(Math.Clamp(float.IsNaN(value) ? 0 : ((double)value - least) * scale, 0, 255)))];
    }

    // [height, width, in, out]: a column for each output, a row for each channel, a black line between.
    private static PngPicture Tiles(byte[] bytes, Shape shape)
    {
        (int height, int width, int into, int outputs) = (shape[0], shape[1], shape[2], shape[3]);
        int channels = into == 3 ? 3 : 1, rows = into / channels;
        (int down, int across) = ((rows * (height + 1)) - 1, (outputs * (width + 1)) - 1);
        var pixels = new byte[down * across * channels];
        for (int i = 0; i < bytes.Length; i++)
        {
            (int output, int channel, int x, int y) = (i % outputs, i / outputs % into, i / (outputs * into) % width, i / (outputs * into * width));
            int row = (channel / channels * (height + 1)) + y, column = (output * (width + 1)) + x;
            pixels[(((row * across) + column) * channels) + (channel % channels)] = bytes[i];
        }

        return new PngPicture(down, across, channels, pixels);
    }

    private static void Chunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        uint crc = uint.MaxValue;
        foreach (byte value in type)
            crc = s_crc[(byte)(crc ^ value)] ^ (crc >> 8);
        foreach (byte value in data)
            crc = s_crc[(byte)(crc ^ value)] ^ (crc >> 8);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        file.Write(number);
    }

    private static uint CrcOf(int value)
    {
        uint crc = (uint)value;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320u : crc >> 1;
        return crc;
    }
}
