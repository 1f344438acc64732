using System.Buffers.Binary;
using System.Text;
using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>Event files, read back by a parser of the record format and of protocol buffers that shares nothing with the writer.</summary>
public sealed class TensorBoardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorboard").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Checksums_are_those_of_the_standard() => Assert.Equal(0xE3069283u, Crc("123456789"u8));

    [Fact]
    public void Epochs_and_histograms_are_read_back()
    {
        NDArray x = RandomArrays.Signed((20, 3)), y = RandomArrays.Signed((20, 1));
        using var model = new Sequential { new Input(3), new Dense(1) };
        model.Compile(new SGD(0.01f), new MeanSquaredError());
        using var board = new TensorBoard(_folder, histogramFreq: 1, updateFreq: 2);
        History history = model.Fit(x, y, batchSize: 10, epochs: 3, validationSplit: 0.5, callbacks: [board], verbose: 0);
        List<Event> train = Read("train"), held = Read("validation");
        Assert.Equal("brain.Event:2", train[0].Version);
        Assert.Equal(history["loss"].Select(value => (float)value), train.Where(e => e.Tag == "epoch_loss").Select(e => e.Value));
        Assert.Equal([0L, 1, 2], train.Where(e => e.Tag == "epoch_loss").Select(e => e.Step));
        Assert.Equal(history["val_loss"].Select(value => (float)value), held.Where(e => e.Tag == "epoch_loss").Select(e => e.Value));
        Assert.Equal([2L], train.Where(e => e.Tag == "batch_loss").Select(e => e.Step));
        Event histogram = train.Last(e => e.Tag == "dense/kernel/histogram");
        float[] kernel = model.Variables[0].Value.ToArray();
        Assert.Equal(3, histogram.Histogram![3][0]);
        Assert.Equal(kernel.Min(), histogram.Histogram[1][0], 1e-6);
        Assert.Equal(kernel.Sum(value => (double)value), histogram.Histogram[4][0], 1e-6);
        Assert.Equal(30, histogram.Histogram[6].Length);
        Assert.Equal(3, histogram.Histogram[7].Sum());
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        // Castagnoli's polynomial, bit by bit.
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
        }

        return ~crc;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint crc = Crc(bytes);
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
    }

    private static List<(int Field, ulong Number, byte[] Bytes)> Fields(ReadOnlySpan<byte> data)
    {
        var fields = new List<(int, ulong, byte[])>();
        for (int at = 0; at < data.Length;)
        {
            ulong tag = Varint(data, ref at);
            switch (tag & 7)
            {
                case 0:
                    fields.Add(((int)(tag >> 3), Varint(data, ref at), []));
                    break;
                default:
                    int length = (tag & 7) switch { 1 => 8, 5 => 4, _ => (int)Varint(data, ref at) };
                    fields.Add(((int)(tag >> 3), 0, data.Slice(at, length).ToArray()));
                    at += length;
                    break;
            }
        }

        return fields;
    }

    private static ulong Varint(ReadOnlySpan<byte> data, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = data[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }

    private List<Event> Read(string part)
    {
        ReadOnlySpan<byte> file = File.ReadAllBytes(Assert.Single(Directory.GetFiles(Path.Combine(_folder, part), "events.out.tfevents.*")));
        var events = new List<Event>();
        while (!file.IsEmpty)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
            Assert.Equal(Masked(file[..8]), BinaryPrimitives.ReadUInt32LittleEndian(file[8..]));
            ReadOnlySpan<byte> data = file.Slice(12, length);
            Assert.Equal(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(file[(12 + length)..]));
            file = file[(16 + length)..];
            events.Add(Parse(data));
        }

        return events;
    }

    private static Event Parse(ReadOnlySpan<byte> data)
    {
        var found = new Event();
        foreach ((int field, ulong number, byte[] bytes) in Fields(data))
        {
            if (field == 2)
                found = found with { Step = (long)number };
            if (field == 3)
                found = found with { Version = Encoding.UTF8.GetString(bytes) };
            if (field != 5)
                continue;
            foreach ((int inner, _, byte[] value) in Fields(Assert.Single(Fields(bytes)).Bytes))
            {
                found = inner switch
                {
                    1 => found with { Tag = Encoding.UTF8.GetString(value) },
                    2 => found with { Value = BitConverter.ToSingle(value) },
                    _ => found with
                    {
                        Histogram = Fields(value).ToDictionary(
                            part => part.Field,
                            part => Enumerable.Range(0, part.Bytes.Length / 8).Select(i => BitConverter.ToDouble(part.Bytes, 8 * i)).ToArray()),
                    },
                };
            }
        }

        return found;
    }

    private sealed record Event
    {
        public long Step { get; init; }

        public string? Version { get; init; }

        public string? Tag { get; init; }

        public float Value { get; init; }

        public Dictionary<int, double[]>? Histogram { get; init; }
    }
}
