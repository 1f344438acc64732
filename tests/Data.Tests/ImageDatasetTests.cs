using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Data.Tests;

public sealed class ImageDatasetTests : IDisposable
{
    private readonly PictureFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_are_classes_sorted_without_regard_to_case_and_labels_are_one_hot()
    {
        Fill("dog", 1);
        Fill("Cat", 2);
        Fill("Emu", 1);
        var data = ImageDataset.FromDirectory(_folder.Path, (4, 6), shuffle: false);
        Assert.Equal(["Cat", "dog", "Emu"], data.ClassNames.ToArray());
        Assert.Equal([0, 0, 1, 2], data.Labels.ToArray());
        Assert.Equal(["0.png", "1.png", "0.png", "0.png"], data.FilePaths.Select(path => Path.GetFileName(path)));
        Assert.Equal(4, data.Cardinality);
        DataItem[] items = [.. data];
        Assert.All(items, item => Assert.Equal("UNorm8 [4, 6, 3]", item.X.ToString()));
        Assert.Equal([[1f, 0f, 0f], [1f, 0f, 0f], [0f, 1f, 0f], [0f, 0f, 1f]], items.Select(item => item.Y.ToFloats()));
        DataItem batch = data.Batch(4).Single();
        Assert.Equal(("UNorm8 [4, 4, 6, 3]", "Float32 [4, 3]"), (batch.X.ToString(), batch.Y.ToString()));
    }

    [Fact]
    public void Items_come_in_the_order_of_the_files_every_time()
    {
        Fill("a", 60);
        Fill("b", 60);
        var data = ImageDataset.FromDirectory(_folder.Path, (2, 2), seed: 3);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            int i = 0;
            foreach (var (x, y) in data)
            {
                Assert.Equal(int.Parse(Path.GetFileNameWithoutExtension(data.FilePaths[i])), x.Bytes[0]);
                Assert.Equal(1f, y.AsSpan<float>()[data.Labels[i]]);
                i++;
            }

            Assert.Equal(120, i);
        }
    }

    [Fact]
    public void That_nothing_can_be_used_is_said_behind_a_cache_and_a_shuffle_too()
    {
        _ = _folder.Write("Cat/0.png", []);
        _ = _folder.Write("Dog/0.png", []);
        Dataset data = ImageDataset.FromDirectory(_folder.Path, (2, 2)).Cache().Shuffle(seed: 1).Batch(2).Prefetch();
        Assert.Contains("none of the 2 pictures can be used", Assert.Throws<InvalidDataException>(() => data.Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shuffling_mixes_the_classes_as_the_seed_says()
    {
        Fill("a", 50);
        Fill("b", 50);
        ImageDataset Data(ulong seed) => ImageDataset.FromDirectory(_folder.Path, (2, 2), seed: seed);
        Assert.Equal(Data(1).FilePaths.ToArray(), Data(1).FilePaths.ToArray());
        Assert.NotEqual(Data(1).FilePaths.ToArray(), Data(2).FilePaths.ToArray());
        Assert.Equal(Data(1).FilePaths.Order(), Data(2).FilePaths.Order());
        Assert.InRange(Data(1).Labels[..50].Sum(), 10, 40);
    }

    [Fact]
    public void Labels_have_the_form_that_was_asked_for()
    {
        Fill("a", 1);
        Fill("b", 1);
        NDArray Second(LabelMode mode) =>
            ImageDataset.FromDirectory(_folder.Path, (2, 2), labelMode: mode, shuffle: false).Last().Y;
        Assert.Equal("Int32 []", Second(LabelMode.Int).ToString());
        Assert.Equal([1], Second(LabelMode.Int).AsSpan<int>().ToArray());
        Assert.Equal("Float32 [1]", Second(LabelMode.Binary).ToString());
        Assert.Equal([1f], Second(LabelMode.Binary).ToFloats());
        Fill("c", 1);
        _ = Assert.Throws<ArgumentException>(() => Second(LabelMode.Binary));
        Assert.Equal(1, ImageDataset.FromDirectory(_folder.Path, (2, 2), channels: 1).First().X.Shape[2]);
    }

    [Fact]
    public void Class_names_choose_the_folders_and_their_order()
    {
        Fill("a", 1);
        Fill("b", 1);
        Fill("c", 1);
        ImageDataset Data(params string[] names) => ImageDataset.FromDirectory(_folder.Path, (2, 2), names, shuffle: false);
        Assert.Equal(["c", "a"], Data("c", "a").ClassNames.ToArray());
        Assert.Equal(["c", "a"], Data("c", "a").FilePaths.Select(path => Path.GetFileName(Path.GetDirectoryName(path))));
        var missing = Assert.Throws<InvalidDataException>(() => Data("a", "z"));
        Assert.Equal($"{_folder.Path}: no folder for class 'z'; there are a, b, c", missing.Message);
        _ = Assert.Throws<ArgumentException>(() => Data("a", "a"));
        _ = Assert.Throws<InvalidDataException>(() => Data("a"));
    }

    [Fact]
    public void Files_are_found_by_extension_in_any_depth_and_hidden_folders_are_left_out()
    {
        byte[] png = TestPictures.Solid(SKEncodedImageFormat.Png, TestPictures.Colour);
        string[] names = ["1.JPG", "2.jpeg", "3.png", "4.bmp", "deep/er/5.gif", "6.webp", "7.txt", "Thumbs.db", "jpg"];
        foreach (string name in names)
            _ = _folder.Write($"a/{name}", png);
        Fill("b", 1);
        Fill(".cache", 1);
        var data = ImageDataset.FromDirectory(_folder.Path, (2, 2));
        Assert.Equal(["a", "b"], data.ClassNames.ToArray());
        Assert.Equal(7, data.Count());
        Assert.Empty(data.Dropped);
    }

    [Fact]
    public void Damaged_files_are_skipped_counted_and_named()
    {
        Fill("a", 5);
        Fill("b", 5);
        string empty = _folder.Write("a/empty.jpg", []);
        string text = _folder.Write("b/text.jpg", "hello"u8);
        string half = _folder.Write("b/truncated.jpg", TestPictures.SubsampledJpeg.AsSpan()[..^12]);
        var data = ImageDataset.FromDirectory(_folder.Path, (2, 2), shuffle: false);
        Assert.Equal(13, data.Cardinality);
        Assert.Empty(data.Dropped);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            Assert.Equal(10, data.Count());
            Assert.Equal(10, data.Cardinality);
            Assert.Equal(4, data.Batch(3).Cardinality);
            Assert.Equal([empty, text, half], data.Dropped.Select(file => file.Path));
        }

        Assert.Equal($"{empty}: empty file", data.Dropped[0].ToString());
        Assert.StartsWith("not an image", data.Dropped[1].Reason, StringComparison.Ordinal);
        Assert.StartsWith("truncated", data.Dropped[2].Reason, StringComparison.Ordinal);

        var verified = ImageDataset.FromDirectory(_folder.Path, (2, 2));
        verified.Verify();
        Assert.Equal((10, 3, 0L), (verified.Cardinality, verified.Dropped.Length, verified.Epoch));
        _ = Assert.Throws<OperationCanceledException>(() => verified.Verify(new CancellationToken(canceled: true)));
    }

    [Fact]
    public void A_file_found_damaged_stays_out_even_when_it_is_repaired()
    {
        Fill("a", 2);
        Fill("b", 2);
        _ = _folder.Write("a/broken.png", []);
        var data = ImageDataset.FromDirectory(_folder.Path, (2, 2));
        Assert.Equal(4, data.Count());
        _ = _folder.Write("a/broken.png", TestPictures.Solid(SKEncodedImageFormat.Png, TestPictures.Colour));
        Assert.Equal(4, data.Count());
    }

    [Fact]
    public void A_damaged_file_can_be_an_error()
    {
        Fill("a", 3);
        string empty = _folder.Write("b/0.jpg", []);
        var data = ImageDataset.FromDirectory(_folder.Path, (2, 2), shuffle: false, policy: FilePolicy.Strict);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            int seen = 0;
            var error = Assert.Throws<InvalidDataException>(() =>
            {
                foreach (DataItem item in data)
                    seen++;
            });
            Assert.Equal($"{empty}: empty file", error.Message);
            Assert.Equal(3, seen);
        }
    }

    [Fact]
    public void A_file_that_vanished_is_an_error_not_damage()
    {
        Fill("a", 2);
        Fill("b", 2);
        var data = ImageDataset.FromDirectory(_folder.Path, (2, 2));
        File.Delete(data.FilePaths[1]);
        var error = Assert.Throws<FileNotFoundException>(() => data.Count());
        Assert.Contains(data.FilePaths[1], error.Message, StringComparison.Ordinal);
        Assert.Empty(data.Dropped);
    }

    [Fact]
    public void Directories_without_two_classes_of_pictures_are_refused()
    {
        string Refused() => Assert.Throws<InvalidDataException>(() => ImageDataset.FromDirectory(_folder.Path, (2, 2))).Message;
        string none = Path.Combine(_folder.Path, "none");
        var missing = Assert.Throws<DirectoryNotFoundException>(() => ImageDataset.FromDirectory(none, (2, 2)));
        Assert.Equal($"no such image directory: {none}", missing.Message);
        Assert.StartsWith($"{_folder.Path}: no class folders", Refused(), StringComparison.Ordinal);
        _ = _folder.Write("loose.png", TestPictures.Gif);
        Assert.StartsWith($"{_folder.Path}: no class folders", Refused(), StringComparison.Ordinal);
        Fill("Cat", 1);
        Assert.StartsWith($"{_folder.Path}: only one class folder, 'Cat'", Refused(), StringComparison.Ordinal);
        _ = _folder.Write("Dog/readme.txt", []);
        Assert.StartsWith($"{Path.Combine(_folder.Path, "Dog")}: no pictures", Refused(), StringComparison.Ordinal);
        _ = _folder.Write("Dog/0.jpg", []);
        _ = _folder.Write("Cat/0.png", []);
        var data = ImageDataset.FromDirectory(_folder.Path, (2, 2), shuffle: false);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            var damaged = Assert.Throws<InvalidDataException>(() => data.Count());
            Assert.Equal(
                $"{_folder.Path}: none of the 2 pictures can be used; the first is {data.FilePaths[0]}: empty file", damaged.Message);
        }
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Fill("a", 1);
        Fill("b", 1);
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => ImageDataset.FromDirectory(_folder.Path, (0, 2)));
        _ = Assert.Throws<ArgumentOutOfRangeException>(() => ImageDataset.FromDirectory(_folder.Path, (2, 2), channels: 4));
        _ = Assert.Throws<ArgumentException>(() => ImageDataset.FromDirectory("", (2, 2)));
        _ = Assert.Throws<ArgumentException>(() => ImageDataset.FromDirectory(_folder.Path, (2, 2), validationSplit: 0.5));
        _ = Assert.Throws<ArgumentException>(
            () => ImageDataset.FromDirectory(_folder.Path, (2, 2), subset: DatasetSubset.Training));
        _ = Assert.Throws<ArgumentOutOfRangeException>(
            () => ImageDataset.FromDirectory(_folder.Path, (2, 2), validationSplit: 2, subset: DatasetSubset.Training));
    }

    [Fact]
    public void Subsets_share_no_file_and_leave_none_out()
    {
        Fill("a", 10);
        Fill("b", 11);
        ImageDataset Subset(DatasetSubset subset) =>
            ImageDataset.FromDirectory(_folder.Path, (2, 2), seed: 5, validationSplit: 0.2, subset: subset);
        var train = Subset(DatasetSubset.Training);
        var validation = Subset(DatasetSubset.Validation);
        Assert.Equal((17, 4), (train.Cardinality!.Value, validation.Cardinality!.Value));
        Assert.Equal(21, train.FilePaths.Concat(validation.FilePaths).Distinct().Count());
        Assert.Equal(17, train.Count());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(9UL)]
    public void A_split_parts_the_files_and_shares_what_is_known_of_damage(ulong? seed)
    {
        Fill("a", 8);
        Fill("b", 8);
        for (int i = 0; i < 4; i++)
            _ = _folder.Write($"a/broken{i}.jpg", []);
        var data = ImageDataset.FromDirectory(_folder.Path, (2, 2), seed: 2);
        var (train, validation) = data.Split(0.5, seed);
        var first = Assert.IsType<ImageDataset>(train);
        var second = Assert.IsType<ImageDataset>(validation);
        Assert.Equal(data.FilePaths.Order(), first.FilePaths.Concat(second.FilePaths).Order());
        Assert.Equal((10, 10), (first.FilePaths.Length, second.FilePaths.Length));
        int read = first.Count();
        Assert.Equal(10 - first.Dropped.Length, read);
        Assert.Equal(first.Dropped.ToHashSet(), data.Dropped.ToHashSet());
        _ = second.Count();
        Assert.Equal(4, first.Dropped.Length + second.Dropped.Length);
        Assert.Equal((4, 16), (data.Dropped.Length, data.Cardinality!.Value));
    }

    [Fact]
    public void The_whole_pipeline_gives_the_same_bytes_every_run()
    {
        Fill("a", 20);
        Fill("b", 20);
        byte[] Run()
        {
            var data = ImageDataset.FromDirectory(_folder.Path, (3, 3)).Cache().Shuffle(16, seed: 1).Batch(8).Prefetch();
            return [.. data.Concat(data).SelectMany(batch => batch.X.Bytes.ToArray())];
        }

        Assert.Equal(Run(), Run());
    }

    /// <summary>Writes pictures 0.png, 1.png, … into a class folder; the number is the red of every pixel.</summary>
    private void Fill(string folder, int count)
    {
        for (int i = 0; i < count; i++)
            _ = _folder.Write($"{folder}/{i}.png", TestPictures.Solid(SKEncodedImageFormat.Png, [(byte)i, 100, 200]));
    }
}
