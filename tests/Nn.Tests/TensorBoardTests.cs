using System.Buffers.Binary;
using Google.Protobuf;
using Numerics.Losses;
using Numerics.Nn.Tests.Events;
using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Nn.Tests;

/// <summary>
/// Event files, read back by a parser that shares nothing with the writer: the record format with its checksums here, the messages by
/// the code that Google's compiler makes of their schema, pictures by libpng.
/// </summary>
public sealed class TensorBoardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorboard").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Checksums_are_those_of_the_standard() => Assert.Equal(0xE3069283u, Crc("123456789"u8));

    [Fact]
    public void Epochs_steps_and_evaluations_are_read_back()
    {
        NDArray x = RandomArrays.Signed((20, 3)), y = RandomArrays.Signed((20, 1));
        using var model = new Sequential { new Input(3), new Dense(1) };
        model.Compile(new SGD(0.01f), new MeanSquaredError());
        using var board = new TensorBoard(_folder, writeStepsPerSecond: true, updateFreq: 2);
        long before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        History history = model.Fit(x, y, batchSize: 5, epochs: 3, validationSplit: 0.5, callbacks: [board], verbose: 0);
        List<Event> train = Read("train"), held = Read("validation");
        Assert.Equal("brain.Event:2", train[0].FileVersion);
        Assert.All(train, e => Assert.InRange(e.WallTime, before, before + 600));
        Assert.Equal([(0L, (float)history["loss"][0]), (1, (float)history["loss"][1]), (2, (float)history["loss"][2])], Scalars(train, "epoch_loss"));
        Assert.Equal([0.01f, 0.01f, 0.01f], Scalars(train, "epoch_learning_rate").Select(scalar => scalar.Value));
        Assert.All(Scalars(train, "epoch_steps_per_second"), scalar => Assert.True(scalar.Value > 0));
        Assert.Equal(history["val_loss"].Select(value => (float)value), Scalars(held, "epoch_loss").Select(scalar => scalar.Value));
        Assert.Equal([2L, 4, 6], Scalars(held, "evaluation_loss_vs_iterations").Select(scalar => scalar.Step));
        Assert.Equal([2L, 4, 6], Scalars(train, "batch_loss").Select(scalar => scalar.Step));
    }

    [Fact]
    public void Histograms_and_pictures_of_weights_are_read_back()
    {
        NDArray x = RandomArrays.Signed((4, 6, 6, 3)), y = RandomArrays.Signed((4, 2));
        using var model = new Sequential { new Conv2D(2, (3, 2)), new Conv2D(3, 2), new Flatten(), new Dense(2) };
        model.Compile(new SGD(0), new MeanSquaredError());
        using var board = new TensorBoard(_folder, histogramFreq: 2, writeImages: true);
        _ = model.Fit(x, y, epochs: 3, callbacks: [board], verbose: 0);
        List<Event> train = Read("train");
        Event[] histograms = [.. train.Where(e => e.Summary?.Value[0].Tag == "dense/kernel/histogram")];
        Assert.Equal([0L, 2], histograms.Select(e => e.Step));
        float[] kernel = model.Variables.Single(variable => variable.Name == "dense/kernel").Value.ToArray();
        HistogramProto histogram = histograms[0].Summary.Value[0].Histo;
        Assert.Equal(kernel.Length, histogram.Num);
        Assert.Equal(kernel.Min(), histogram.Min, 1e-6);
        Assert.Equal(kernel.Max(), histogram.Max, 1e-6);
        Assert.Equal(kernel.Sum(value => (double)value), histogram.Sum, 1e-6);
        Assert.Equal(kernel.Sum(value => (double)value * value), histogram.SumSquares, 1e-6);
        Assert.Equal(30, histogram.BucketLimit.Count);
        Assert.Equal(kernel.Length, histogram.Bucket.Sum());
        for (int b = 0; b < 30; b++)
        {
            double low = b == 0 ? double.NegativeInfinity : histogram.BucketLimit[b - 1] + 1e-6, high = histogram.BucketLimit[b] - 1e-6;
            Assert.True(kernel.Count(value => value > low && value < high) <= histogram.Bucket[b]);
        }

        // [features, 2] lies on its side; kernels of three channels are in colour, of two in two rows.
        (int Width, int Height, int Channels) Size(string weight) => Picture(train, $"{weight}/image") switch { var (size, bitmap) => Checked(size, bitmap) };
        Assert.Equal((kernel.Length / 2, 2, 1), Size("dense/kernel"));
        Assert.Equal((2, 1, 1), Size("dense/bias"));
        Assert.Equal(((2 * 3) - 1, 3, 3), Size("conv2d/kernel"));
        Assert.Equal(((3 * 3) - 1, (2 * 3) - 1, 1), Size("conv2d_1/kernel"));

        float least = kernel.Min(), greatest = kernel.Max();
        SKBitmap dense = Picture(train, "dense/kernel/image").Bitmap;
        for (int i = 0; i < kernel.Length; i++)
            Assert.Equal(255 * (kernel[i] - least) / (greatest - least), dense.GetPixel(i / 2, i % 2).Red, 0.51);
        Variable first = model.Variables[0];
        float[] values = first.Value.ToArray();
        (least, greatest) = (values.Min(), values.Max());
        SKBitmap conv = Picture(train, "conv2d/kernel/image").Bitmap;
        SKColor pixel = conv.GetPixel(3 + 1, 2);
        float At(int channel) => values[(((((2 * 2) + 1) * 3) + channel) * 2) + 1];
        byte[] colour = [pixel.Red, pixel.Green, pixel.Blue];
        for (int channel = 0; channel < 3; channel++)
            Assert.Equal(255 * (At(channel) - least) / (greatest - least), colour[channel], 0.51);
    }

    [Fact]
    public void The_graph_of_the_layers_is_read_back()
    {
        var small = new Input(4);
        var encoder = new Model(small, new Dense(3, "relu").Call(small), "encoder");
        Input a = new(4, "a"), b = new(4, "b");
        KerasTensor left = encoder.Call(a), right = encoder.Call(b);
        using var model = new Model([a, b], [new Dense(1, name: "head").Call(new Concatenate().Call([left, right]))]);
        model.Compile(new SGD(), new MeanSquaredError());
        NDArray x = RandomArrays.Signed((3, 4));
        using (var board = new TensorBoard(_folder))
            _ = model.Fit([x, x], [RandomArrays.Signed((3, 1))], callbacks: [board], verbose: 0);
        GraphDef graph = Graph();
        Assert.Equal(
            ["a:Input()", "b:Input()", "encoder/dense:Dense(a)", "encoder.1/dense:Dense(b)", "concatenate:Concatenate(encoder/dense,encoder.1/dense)", "head:Dense(concatenate)"],
            graph.Node.Select(node => $"{node.Name}:{node.Op}({string.Join(',', node.Input)})"));
        NodeDef head = graph.Node[^1];
        Assert.Equal([-1L, 1], Assert.Single(head.Attr["_output_shapes"].List.Shape).Dim.Select(dim => dim.Size));
        Assert.Equal(7, head.Attr["params"].I);
    }

    [Fact]
    public void A_model_without_an_input_has_its_graph_from_the_first_batch_on()
    {
        using var model = new Sequential { new Dense(2), new Dense(1) };
        model.Compile(new SGD(), new MeanSquaredError());
        using (var board = new TensorBoard(_folder))
            _ = model.Fit(RandomArrays.Signed((4, 3)), RandomArrays.Signed((4, 1)), epochs: 2, batchSize: 2, callbacks: [board], verbose: 0);
        Assert.Equal(["input_layer", "dense", "dense_1"], Graph().Node.Select(node => node.Name));
    }

    [Fact]
    public void Numbers_and_pictures_of_ones_own_stand_beside()
    {
        using var model = new Sequential { new Input(3), new Dense(1) };
        model.Compile(new SGD(), new MeanSquaredError());
        using (var board = new TensorBoard(_folder, writeGraph: false))
        {
            NDArray picture = NDArray.From((1, 2, 3), [0f, 0.5f, 1, 1, 0, 0]);
            var own = new LambdaCallback(onEpochEnd: (epoch, _) =>
            {
                board.WriteScalar("kernel norm", 3.5, epoch);
                board.WriteImage("pixels", picture, epoch);
            });
            _ = model.Fit(RandomArrays.Signed((4, 3)), RandomArrays.Signed((4, 1)), callbacks: [own, board], verbose: 0);
            Assert.Contains("[height, width", Assert.Throws<ShapeMismatchException>(() => board.WriteImage("x", new NDArray((2, 2)), 0)).Message, StringComparison.Ordinal);
        }

        List<Event> train = Read("train");
        Assert.Equal([(0L, 3.5f)], Scalars(train, "kernel norm"));
        SKBitmap pixels = Picture(train, "pixels").Bitmap;
        Assert.Equal([new SKColor(0, 128, 255), new SKColor(255, 0, 0)], pixels.Pixels);
        Assert.DoesNotContain(train, e => e.WhatCase == Event.WhatOneofCase.GraphDef);
    }

    private static (int Width, int Height, int Channels) Checked(Summary.Types.Image size, SKBitmap bitmap)
    {
        Assert.Equal((bitmap.Width, bitmap.Height), (size.Width, size.Height));
        return (size.Width, size.Height, size.Colorspace);
    }

    private static IEnumerable<(long Step, float Value)> Scalars(List<Event> events, string tag) =>
        events.Where(e => e.Summary?.Value[0].Tag == tag).Select(e => (e.Step, e.Summary.Value[0].SimpleValue));

    private static (Summary.Types.Image Size, SKBitmap Bitmap) Picture(List<Event> events, string tag)
    {
        Summary.Types.Image image = events.First(e => e.Summary?.Value[0].Tag == tag).Summary.Value[0].Image;
        return (image, SKBitmap.Decode(image.EncodedImageString.Span));
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

    // Nothing in a message but what the schema has.
    private static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> data)
        where T : IMessage<T>
    {
        T message = parser.ParseFrom(data);
        Assert.Equal(parser.WithDiscardUnknownFields(true).ParseFrom(data).CalculateSize(), message.CalculateSize());
        Assert.Equal(data.Length, message.CalculateSize());
        return message;
    }

    private GraphDef Graph() =>
        Parse(GraphDef.Parser, Assert.Single(Read("train"), e => e.WhatCase == Event.WhatOneofCase.GraphDef).GraphDef.Span);

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
            events.Add(Event.Parser.WithDiscardUnknownFields(false).ParseFrom(data));
        }

        return events;
    }
}
