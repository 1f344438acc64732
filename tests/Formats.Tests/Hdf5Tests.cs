using System.Runtime.InteropServices;
using Numerics.Tensors;
using PureHDF;

namespace Numerics.Formats.Tests;

/// <summary>
/// The reader of HDF5 files beside two others: h5py wrote the files in Fixtures/hdf5 (Fixtures/make_hdf5.py), PureHDF reads what our
/// writer writes.
/// </summary>
public sealed class Hdf5Tests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("plain/f2")]
    [InlineData("plain/f4")]
    [InlineData("plain/f8")]
    [InlineData("pieces/bare")]
    [InlineData("pieces/gzip")]
    [InlineData("pieces/all")]
    [InlineData("pieces/growing")]
    [InlineData("compact")]
    public void Numbers_are_read_however_they_lie_in_the_file(string path)
    {
        using Hdf5Reader reader = Open("known.h5");
        Assert.Equal(Values(), reader.Read(path, (7, 5)).ToFloats());
    }

    [Fact]
    public void Everything_else_that_Keras_writes_is_read()
    {
        using Hdf5Reader reader = Open("known.h5");
        Assert.Equal([1.5f], reader.Read("scalar", Shape.Scalar).ToFloats());
        Assert.Equal(new float[64 * 1024], reader.Read("zeros", (64, 1024)).ToFloats());
        Assert.Empty(reader.Read("empty", (0, 3)).ToFloats());
        Assert.Equal(-7, reader.ReadWhole("whole/i4"));
        Assert.Equal(1L << 40, reader.ReadWhole("/whole/i8"));
        Assert.Equal("größer", reader.Text("/", "any length"));
        Assert.Equal("text", reader.Text("/", "one length"));
        Assert.Null(reader.Text("/", "another"));
        Assert.Equal(["a", "bcd"], reader.Texts("/", "list")!);
        Assert.Equal(["x", "yz", ""], reader.Texts("/", "list of any length")!);
        Assert.Empty(reader.Texts("/", "none")!);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{i:000}"), reader.Names("many"));
        Assert.Equal([299f], reader.Read("many/299", Shape.Scalar).ToFloats());
        Assert.False(reader.Exists("many/300"));
        Assert.False(reader.Exists("scalar/x"));

        using Hdf5Reader newer = Open("newer.h5");
        Assert.Equal(Values(), newer.Read("group/data", (7, 5)).ToFloats());
        Assert.Equal("as ever", newer.Text("/", "text"));
    }

    [Fact]
    public void Links_by_name_are_refused_by_name_and_circles_of_groups_harm_nobody()
    {
        using Hdf5Reader reader = Open("links.h5");
        Assert.Equal(["group", "nowhere", "outside", "ping", "pong", "self"], reader.Names("/").Order(StringComparer.Ordinal));
        foreach (string name in (string[])["self", "ping", "pong", "nowhere"])
        {
            Fails(reader, $"'{name}' cannot be read: it is a soft link to '", () => reader.Exists(name));
            Fails(reader, $"'{name}' cannot be read: it is a soft link to '", () => reader.Read($"{name}/x", (7, 5)));
        }

        Fails(reader, "'outside' cannot be read: it is a link to another file", () => reader.Read("outside", (7, 5)));
        string circle = string.Concat(Enumerable.Repeat("group/itself/parent/", 1000));
        Assert.Equal(Values(), reader.Read($"{circle}group/data", (7, 5)).ToFloats());

        using Hdf5Reader newer = Open("newer-links.h5");
        Assert.Equal(["outside", "self"], newer.Names("/").Order(StringComparer.Ordinal));
        Fails(newer, "'self' cannot be read: it is a soft link to '/self'", () => newer.Names("self"));
        Fails(newer, "'outside' cannot be read: it is a link to another file", () => newer.Text("outside", "x"));
    }

    [Theory]
    [InlineData("unknown.h5", "big-endian", "floating-point numbers of 4 bytes, big-endian")]
    [InlineData("unknown.h5", "structure", "structures of 4 bytes")]
    [InlineData("unknown.h5", "lzf", "the compression 32000")]
    [InlineData("unknown.h5", "never written", "its data are not in this file")]
    [InlineData("unknown.h5", "partly written", "should be in 4 pieces, there are 1")]
    [InlineData("unknown.h5", "in another file", "its data are not in this file")]
    [InlineData("unknown.h5", "virtual", "its data are not in this file")]
    [InlineData("unknown.h5", "missing", "found none")]
    [InlineData("known.h5", "plain", "expected a data set, found a group")]
    [InlineData("known.h5", "whole/i4", "expected floating-point numbers")]
    [InlineData("newest.h5", "pieces", "libver='earliest'")]
    [InlineData("newest.h5", "many/1", "libver='earliest'")]
    public void What_is_not_read_is_named(string file, string path, string message)
    {
        using Hdf5Reader reader = Open(file);
        Shape shape = path switch
        {
            "structure" => 3,
            "never written" => (3, 4),
            "partly written" => (8, 8),
            "whole/i4" => Shape.Scalar,
            _ => (7, 5),
        };
        Fails(reader, message, () => reader.Read(path, shape));
    }

    [Fact]
    public void Attributes_that_are_no_texts_or_lie_elsewhere_are_named()
    {
        using Hdf5Reader known = Open("known.h5"), newest = Open("newest.h5");
        Fails(known, "expected text, found Float", () => known.Texts("/", "numbers"));
        Fails(known, "expected one text, found a list", () => known.Text("/", "list"));
        Fails(newest, "libver='earliest'", () => newest.Text("many", "attribute 1"));
    }

    [Fact]
    public void A_wrong_checksum_is_found()
    {
        byte[] bytes = File.ReadAllBytes(Fixture("checked.h5"));
        int place = bytes.AsSpan().IndexOf(MemoryMarshal.AsBytes<float>(Values().AsSpan()[..8]));
        bytes[place + 5] ^= 1;
        using var reader = new Hdf5Reader(new MemoryStream(bytes), "file");
        Fails(reader, "a checksum is wrong", () => reader.Read("checked", (7, 5)));
    }

    [Fact]
    public void PureHDF_reads_what_is_written_here_and_so_does_the_reader()
    {
        var random = new Random();
        float[] numbers = [.. Enumerable.Range(0, 6).Select(_ => random.NextSingle())];
        string path = _folder["a.h5"];
        var writer = new Hdf5Writer();
        for (int i = 0; i < 40; i++)
            writer.Add($"layers/layer_{i}/vars/0", NDArray.From((2, 3), numbers));
        writer.Add("steps", long.MaxValue);
        writer.Add("rate", NDArray.From(Shape.Scalar, [0.25f]));
        writer.AddAttribute("layers", "text", new string('ä', 40_000));
        writer.AddAttribute("layers", "list", ["one", "", "three"]);
        string[] many = [.. Enumerable.Range(0, 9000).Select(i => $"weight_{i * i}")];
        writer.AddAttribute("layers/größe", "many", many);
        writer.Add("nothing", new NDArray((0, 3)));
        using (FileStream stream = new(path, FileMode.Create, FileAccess.ReadWrite))
            writer.Save(stream);

        using var reader = new Hdf5Reader(File.OpenRead(path), path);
        using var other = H5File.OpenRead(path);
        foreach (string name in reader.Names("layers").Where(name => name.StartsWith("layer_", StringComparison.Ordinal)))
        {
            string data = $"layers/{name}/vars/0";
            Assert.Equal(numbers, reader.Read(data, (2, 3)).ToFloats());
            Assert.Equal(numbers, other.Dataset(data).Read<float[]>(memoryDims: [6]));
        }

        Assert.Equal(41, reader.Names("layers").Count);
        Assert.Equal(many, reader.Texts("layers/größe", "many")!);
        Assert.Equal(many[4000..8000], other.Group("layers/größe").Attribute("many1").Read<string[]>());
        Assert.Equal("one||three", string.Join('|', other.Group("layers").Attribute("list").Read<string?[]>()));
        Assert.Equal(new Shape(0, 3), reader.Read("nothing", (0, 3)).Shape);
        Assert.Equal([0ul, 3ul], other.Dataset("nothing").Space.Dimensions);
        Assert.Equal(long.MaxValue, reader.ReadWhole("steps"));
        Assert.Equal([0.25f], reader.Read("rate", Shape.Scalar).ToFloats());
        Assert.Equal(other.Group("layers").Attribute("text").Read<string>(), reader.Text("layers", "text"));
        Assert.Equal(["one", "", "three"], reader.Texts("layers", "list")!);
    }

    private static float[] Values() => [.. Enumerable.Range(0, 35).Select(i => (i - 3) / 4f)];

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", "hdf5", name);

    private static Hdf5Reader Open(string name) => new(File.OpenRead(Fixture(name)), name);

    private static void Fails(Hdf5Reader reader, string message, Func<object?> read)
    {
        string found = Assert.Throws<InvalidDataException>(read).Message;
        Assert.Contains(message, found, StringComparison.Ordinal);
        Assert.StartsWith(reader.Error("", "").Message.Split(':')[0], found, StringComparison.Ordinal);
    }
}
