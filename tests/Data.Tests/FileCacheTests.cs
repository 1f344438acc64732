using Numerics.Tensors;

namespace Numerics.Data.Tests;

public sealed class FileCacheTests : IDisposable
{
    private readonly PictureFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Path => System.IO.Path.Combine(_folder.Path, "items.cache");

    [Fact]
    public void A_later_run_finds_the_items_and_leaves_the_source_alone()
    {
        var source = new Probe(20);
        Dataset cached = source.Cache(Path, "numbers");
        Assert.Null(cached.Cardinality);
        for (int epoch = 0; epoch < 3; epoch++)
            Assert.Equal(Enumerable.Range(0, 20), cached.Read());
        Assert.Equal((1, 20, 1), (source.Started, cached.Cardinality, source.Disposed));

        var other = new Probe(20);
        Dataset later = other.Cache(Path, "numbers");
        Assert.Equal(20, later.Cardinality);
        Assert.Equal(Enumerable.Range(5, 15), Rest(later, 5));
        Assert.Equal(Enumerable.Range(0, 20), later.Shuffle(seed: 2).Read().Order());
        Assert.Equal(0, other.Started);
        Assert.Equal([Path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Every_type_and_shape_comes_back_with_its_weight()
    {
        DataItem[] items =
        [
            new(new NDArray((2, 0, 3)), NDArray.From(Shape.Scalar, [-7])),
            new(NDArray.From((2, 2), (byte[])[1, 2, 3, 255], DType.UNorm8), NDArray.From(3, (byte[])[9, 8, 7]), NDArray.From(Shape.Scalar, [0.5f])),
            new(NDArray.From(1, [float.NaN]), NDArray.From((1, 1), [float.MinValue])),
        ];
        Dataset cached = Dataset.From(items).Cache(Path, "mixed");
        static string Show(DataItem item) => $"{item.X} {Convert.ToHexString(item.X.Bytes)} {item.Y} {Convert.ToHexString(item.Y.Bytes)} {item.SampleWeight} "
            + (item.SampleWeight is { } weight ? Convert.ToHexString(weight.Bytes) : "none");
        string[] expected = [.. items.Select(Show)];
        Assert.Equal(expected, cached.Select(Show));
        Assert.Equal(expected, cached.Select(Show));
        Assert.Equal(expected, Dataset.From([]).Cache(Path, "mixed").Select(Show));
    }

    [Fact]
    public void Items_of_several_inputs_and_targets_come_back()
    {
        static NDArray Ramp(Shape shape, int first) => NDArray.From(shape, [.. Enumerable.Range(first, shape.Size).Select(value => value + 0.5f)]);
        DataItem[] items =
        [
            .. Enumerable.Range(0, 5).Select(i => new DataItem([Ramp((2, 3), i), new[] { i, -i }], [Ramp(i, 7), Ramp(1, i), Ramp(Shape.Scalar, 3)])),
            new([Ramp(1, 0)], [Ramp(2, 0), Ramp(3, 0)], Ramp(Shape.Scalar, 1)),
            new([Ramp(1, 0), Ramp(2, 0), new NDArray((0, 4), DType.UInt8)], [Ramp(3, 0)]),
            new(Ramp(2, 9), Ramp(1, 9)),
        ];
        static string Show(DataItem item) => string.Join(
            " | ", new[] { item.Inputs, item.Targets, item.SampleWeight is { } weight ? [weight] : [] }.Select(
                arrays => string.Join(", ", arrays.Select(array => $"{array} {Convert.ToHexString(array.Bytes)}"))));
        string[] expected = [.. items.Select(Show)];
        Dataset cached = Dataset.From(items).Cache(Path, "several");
        Assert.Equal(expected, cached.Select(Show));
        Assert.Equal(expected, cached.Select(Show));
        Assert.Equal(expected, Dataset.From([]).Cache(Path, "several").Select(Show));

        // What a model of several inputs trains on.
        DataItem[] whole = [.. Enumerable.Range(0, 6).Select(i => new DataItem([Ramp(2, i), Ramp(3, i)], [Ramp(1, i)]))];
        string[] batches = [.. Dataset.From(whole).Batch(4).Select(Show)];
        Dataset kept = Dataset.From(whole).Cache(Path, "whole");
        Assert.Equal(batches, kept.Batch(4).Select(Show));
        Assert.Equal(batches, Dataset.From([]).Cache(Path, "whole").Batch(4).Select(Show));
        Assert.Equal(whole.Select(Show).Order(), kept.Shuffle(seed: 2).Select(Show).Order());
    }

    [Fact]
    public void Numbers_of_arrays_that_cannot_be_are_no_item()
    {
        DataItem item = new([NDArray.From(1, [1f]), NDArray.From(1, [2f])], [NDArray.From(1, [3f])], NDArray.From(Shape.Scalar, [1f]));
        byte[] content = new byte[CacheItem.Length(item)];
        CacheItem.Write(item, content);
        Assert.NotNull(CacheItem.Parse(content));
        foreach ((int at, byte value) in new[] { (0, (byte)0), (0, (byte)1), (0, (byte)3), (3, (byte)0x80), (2, (byte)1), (4, (byte)0), (4, (byte)2), (8, (byte)0), (8, (byte)2) })
        {
            byte[] changed = [.. content];
            changed[at] = value;
            Assert.Null(CacheItem.Parse(changed));
        }

        Assert.Null(CacheItem.Parse(content.AsSpan(0, 8)));
    }

    [Fact]
    public void Other_settings_or_contents_are_another_key()
    {
        foreach (string name in (string[])["Cat", "Dog"])
            _ = _folder.Write($"pictures/{name}/1.jpg", TestPictures.SubsampledJpeg);
        int Sum(int size, ImageOptions? options = null)
        {
            ImageDataset data = ImageDataset.FromDirectory(System.IO.Path.Combine(_folder.Path, "pictures"), (size, size), options: options);
            return data.Cache(Path).Sum(item => item.X.Bytes.ToArray().Sum(b => b));
        }

        int first = Sum(4);
        DateTime written = File.GetLastWriteTimeUtc(Path);
        Assert.Equal(first, Sum(4));
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path));
        Assert.NotEqual(first, Sum(5));
        Assert.NotEqual(first, Sum(4, new ImageOptions { Interpolation = Interpolation.Nearest }));
        Assert.Equal(first, Sum(4));
        _ = _folder.Write("pictures/Dog/1.jpg", TestPictures.GrayJpeg);
        Assert.NotEqual(first, Sum(4));
    }

    [Fact]
    public void Pictures_are_cached_in_the_order_of_a_shuffle_with_those_left_out()
    {
        string folder = Replica.WriteFolder(_folder);
        Dataset Data() => ImageDataset.FromDirectory(folder, (3, 3), seed: 2).Cache(Path).Shuffle(seed: 4);
        static string[] Read(Dataset data, long epoch)
        {
            var read = new List<string>();
            using var items = data.Enumerate(epoch);
            while (items.MoveNext())
                read.Add(Convert.ToHexString(items.Current.X.Bytes) + items.Current.Y.ToFloats()[0]);
            return [.. read];
        }

        Dataset plain = ImageDataset.FromDirectory(folder, (3, 3), seed: 2).Shuffle(seed: 4), cached = Data();
        string[][] expected = [Read(plain, 0), Read(plain, 1)];
        Assert.Equal(2 * Replica.Expected(FilePolicy.Decodable), expected[0].Length);
        Assert.Equal(expected[0], Read(cached, 0));
        Assert.Equal(expected[1], Read(cached, 1));
        Assert.Equal(expected[1], Read(Data(), 1));
        Assert.Equal(2 * Replica.Expected(FilePolicy.Decodable), Data().Cardinality);
    }

    [Fact]
    public void What_is_abandoned_or_fails_leaves_nothing()
    {
        Dataset cached = new Probe(20).Cache(Path, "numbers");
        Assert.Equal(3, cached.Take(3).Count());
        _ = Assert.Throws<FormatException>(() => new Probe(10, failAt: 9).Cache(Path, "failing").Count());
        Assert.Empty(Directory.GetFiles(_folder.Path));
        Assert.Equal(20, cached.Count());
        Assert.Equal([Path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Two_enumerations_at_a_time_do_not_mix()
    {
        Dataset cached = new Probe(6).Cache(Path, "numbers");
        using (var first = cached.GetEnumerator())
        using (var second = cached.GetEnumerator())
        {
            while (first.MoveNext() && second.MoveNext())
                Assert.Equal(Numbers.Value(first.Current), Numbers.Value(second.Current));
        }

        Assert.Equal(Enumerable.Range(0, 6), cached.Read());
        Assert.Equal([Path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void A_file_that_is_not_whole_is_made_again_and_a_damaged_item_is_named()
    {
        Assert.Equal(20, new Probe(20).Cache(Path, "numbers").Count());
        byte[] bytes = File.ReadAllBytes(Path);
        foreach (byte[] content in (byte[][])[[], bytes[..100], bytes[..^1], [.. bytes, 0], TestPictures.GrayJpeg])
        {
            File.WriteAllBytes(Path, content);
            var source = new Probe(20);
            Assert.Equal(20, source.Cache(Path, "numbers").Count());
            Assert.Equal(1, source.Started);
            Assert.Equal(bytes, File.ReadAllBytes(Path));
        }

        bytes[CacheFile.HeaderLength + CacheItem.HeaderLength + 9] ^= 1;
        File.WriteAllBytes(Path, bytes);
        var error = Assert.Throws<InvalidDataException>(() => new Probe(20).Cache(Path, "numbers").Count());
        Assert.StartsWith($"{Path}: offset {CacheFile.HeaderLength}: an item is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_needs_a_key()
    {
        var error = Assert.Throws<ArgumentException>(() => Numbers.UpTo(3).Map(item => item).Cache(Path));
        Assert.Equal("key", error.ParamName);
        Assert.Empty(Numbers.UpTo(0).Cache(Path, "none"));
        Assert.Empty(Numbers.UpTo(0).Cache(Path, "none"));
    }

    private static int[] Rest(Dataset data, long start)
    {
        var values = new List<int>();
        using var items = data.Enumerate(0, start);
        while (items.MoveNext())
            values.Add(Numbers.Value(items.Current));
        return [.. values];
    }
}
