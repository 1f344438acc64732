using System.Buffers.Binary;
using System.Numerics;

namespace Numerics.Nn;

/// <summary>
/// Writes events as TensorBoard reads them: records of a length, its checksum, a protocol buffer and its checksum.
/// Source: tensorflow/core/lib/io/record_writer.h and tensorflow/core/util/event.proto, summary.proto.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private readonly FileStream _stream;
    private readonly TimeProvider _time = TimeProvider.System;

    /// <param name="folder">Where the file goes; made when it is not there.</param>
    public EventFile(string folder)
    {
        _ = Directory.CreateDirectory(folder);
        long seconds = _time.GetUtcNow().ToUnixTimeSeconds();
        string name = FormattableString.Invariant($"events.out.tfevents.{seconds}.{Environment.MachineName}.{Environment.ProcessId}.{Guid.NewGuid():N}");
        Path = System.IO.Path.Combine(folder, name);

        // Without a buffer: a record is there as a whole once it is written, and what could not be written is not tried again at the end.
        _stream = new FileStream(Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        Write(new ProtoMessage().Add(1, Now()).Add(3, "brain.Event:2"));
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Writes one number.</summary>
    public void Scalar(string tag, double value, long step) =>
        Summary(new ProtoMessage().Add(1, tag).Add(2, (float)value), step);

    /// <summary>Writes the distribution of numbers in buckets of equal width.</summary>
    public void Histogram(string tag, ReadOnlySpan<float> values, long step, int buckets = 30)
    {
        double minimum = double.PositiveInfinity, maximum = double.NegativeInfinity, sum = 0, squares = 0;
        foreach (float value in values)
        {
            (minimum, maximum) = (Math.Min(minimum, value), Math.Max(maximum, value));
            sum += value;
            squares += (double)value * value;
        }

        if (values.IsEmpty || !double.IsFinite(sum))
            return;
        var counts = new double[buckets];
        double width = maximum > minimum ? (maximum - minimum) / buckets : 1;
        foreach (float value in values)
            counts[Math.Min(buckets - 1, (int)((value - minimum) / width))]++;
        double[] limits = [.. Enumerable.Range(1, buckets).Select(i => minimum + (i * width))];
        ProtoMessage histogram = new ProtoMessage().Add(1, minimum).Add(2, maximum).Add(3, (double)values.Length).Add(4, sum).Add(5, squares)
            .Add(6, limits).Add(7, counts);
        Summary(new ProtoMessage().Add(1, tag).Add(5, histogram), step);
    }

    /// <summary>Writes a picture.</summary>
    public void Image(string tag, PngPicture picture, long step)
    {
        ProtoMessage image = new ProtoMessage().Add(1, picture.Height).Add(2, picture.Width).Add(3, picture.Channels).Add(4, picture.Encode());
        Summary(new ProtoMessage().Add(1, tag).Add(4, image), step);
    }

    /// <summary>Writes a graph, a message GraphDef.</summary>
    public void Graph(ProtoMessage graph) => Write(new ProtoMessage().Add(1, Now()).Add(4, graph));

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
            crc = BitOperations.Crc32C(crc, value);
        crc = ~crc;
        return BitOperations.RotateRight(crc, 15) + 0xa282ead8u;
    }

    private double Now() => _time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;

    private void Summary(ProtoMessage value, long step) =>
        Write(new ProtoMessage().Add(1, Now()).Add(2, step).Add(5, new ProtoMessage().Add(1, value)));

    private void Write(ProtoMessage record)
    {
        const int Length = sizeof(ulong), Checksum = sizeof(uint);
        byte[] data = record.ToArray(), framed = new byte[Length + Checksum + data.Length + Checksum];
        BinaryPrimitives.WriteUInt64LittleEndian(framed, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(Length), Masked(framed.AsSpan(0, Length)));
        data.CopyTo(framed, Length + Checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(framed.AsSpan(framed.Length - Checksum), Masked(data));
        _stream.Write(framed);
    }
}
