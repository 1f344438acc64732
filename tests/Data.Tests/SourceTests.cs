using System.Formats.Tar;
using System.IO.Compression;
using Numerics.Tensors;

namespace Numerics.Data.Tests;

public sealed class SourceTests : IDisposable
{
    private readonly PictureFolder _folder = new();

    public static TheoryData<string, FilePolicy> Kinds
    {
        get
        {
            var data = new TheoryData<string, FilePolicy>();
            foreach (string kind in (string[])["folder", "stored.zip", "deflated.zip", "backslash.zip", "pax.tar", "gnu.tar", "ustar.tar", "v7.tar", "records"])
            {
                foreach (FilePolicy policy in (FilePolicy[])[FilePolicy.Decodable, FilePolicy.Tfds, FilePolicy.Keras])
                    data.Add(kind, policy);
            }

            return data;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_policy_takes_as_many_of_each_source_as_it_should(string kind, FilePolicy policy)
    {
        ImageDataset data = Open(kind, policy);
        Assert.Equal(2 * (Replica.Sound + Replica.Odd), data.FilePaths.Length);
        DataItem[] items = [.. data];
        int each = Replica.Expected(policy);
        Assert.Equal((2 * each, 2 * each), (items.Length, data.Cardinality));
        Assert.Equal(each, items.Count(item => item.Y.AsSpan<float>()[1] == 1));
        Assert.Equal(2 * (Replica.Sound + Replica.Odd - each), data.Dropped.Length);
        Assert.Contains(data.Dropped, file => file.Reason.Contains("empty file", StringComparison.Ordinal));
        if (policy != FilePolicy.Decodable)
        {
            string[] reasons = [.. data.Dropped.Select(file => file.Reason)];
            int length = policy == FilePolicy.Tfds ? 512 : 4096;
            foreach (string format in (string[])["Bmp", "Gif", "Png", "Jpeg"])
                Assert.Contains($"no JFIF in the first {length} bytes ({format})", reasons);
        }
    }

    [Theory]
    [InlineData("stored.zip")]
    [InlineData("deflated.zip")]
    [InlineData("pax.tar")]
    [InlineData("records")]
    public void An_archive_gives_what_the_folder_gives(string kind)
    {
        ImageDataset folder = Open("folder", FilePolicy.Decodable), archive = Open(kind, FilePolicy.Decodable);
        string Relative(string path) => path[path.IndexOf("PetImages", StringComparison.Ordinal)..];
        var expected = folder.FilePaths.Zip(Decoded(folder)).ToDictionary(pair => Relative(pair.First), pair => pair.Second);
        Assert.Equal(expected.Count, archive.FilePaths.Length);
        foreach ((string path, string content) in archive.FilePaths.Zip(Decoded(archive)))
            Assert.Equal(expected[Relative(path)], content);
        if (kind != "records")
            Assert.Equal(["Cat", "Dog"], archive.ClassNames.ToArray());
    }

    [Fact]
    public void Names_of_any_length_are_read()
    {
        string deep = string.Concat(Enumerable.Repeat("a-folder-with-a-long-name/", 12));
        foreach (TarEntryFormat format in (TarEntryFormat[])[TarEntryFormat.Pax, TarEntryFormat.Gnu])
        {
            string path = Replica.WriteTar(Path.Combine(_folder.Path, $"{format}.tar"), format, deep);
            ImageDataset data = ImageDataset.FromTar(path, (4, 4), shuffle: false);
            Assert.Equal($"{path}/{deep}PetImages/Cat/0.jpg", data.FilePaths[0]);
            Assert.Equal(2 * Replica.Expected(FilePolicy.Decodable), data.Count());
        }
    }

    [Fact]
    public void Strict_throws_at_the_first_bad_file_and_names_it()
    {
        foreach (string kind in (string[])["folder", "stored.zip", "pax.tar", "records"])
        {
            ImageDataset data = Open(kind, FilePolicy.Strict);
            int read = 0;
            var error = Assert.Throws<InvalidDataException>(() =>
            {
                foreach (DataItem _ in data)
                    read++;
            });
            Assert.StartsWith($"{data.FilePaths[read]}: ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_folder_of_the_classes_is_found_or_named()
    {
        string path = Path.Combine(_folder.Path, "splits.zip");
        using (var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create))
        {
            foreach (string name in (string[])["photos/train/cat/1.jpg", "photos/train/dog/1.jpg", "photos/test/cat/2.jpg", "photos/test/dog/2.jpg", "__MACOSX/photos/train/cat/._1.jpg", "photos/top.jpg"])
            {
                using Stream stream = archive.CreateEntry(name).Open();
                stream.Write(TestPictures.GrayJpeg);
            }
        }

        string[] Names(string? folder, string[]? classes) => [.. ImageDataset.FromZip(path, (2, 2), folder, classes, shuffle: false).FilePaths.Select(file => file[(path.Length + 1)..])];
        Assert.Equal(["photos/test/cat/2.jpg", "photos/test/dog/2.jpg"], Names("photos/test", null));
        Assert.Equal(["photos/train/dog/1.jpg", "photos/train/cat/1.jpg"], Names("photos/train/", ["dog", "cat"]));
        Assert.Equal(4, Names(null, null).Length);
        Assert.Equal(["test", "train"], ImageDataset.FromZip(path, (2, 2)).ClassNames.ToArray());
        AssertError(() => Names(null, ["cat", "dog"]), path, "photos/test, photos/train");
        AssertError(() => Names(null, ["cat", "horse"]), path, "no folder in it holds pictures of all of cat, horse");
        AssertError(() => Names("photos/none", null), path, "no class folders");
    }

    [Fact]
    public void A_flipped_bit_in_an_archive_is_a_damaged_file_that_is_named()
    {
        string path = Replica.WriteZip(Path.Combine(_folder.Path, "flipped.zip"));
        byte[] bytes = File.ReadAllBytes(path);
        int at = bytes.AsSpan().IndexOf(Replica.Files()[2].Content) + 300;
        bytes[at] ^= 4;
        File.WriteAllBytes(path, bytes);
        ImageDataset data = ImageDataset.FromZip(path, (4, 4), shuffle: false);
        Assert.Equal((2 * Replica.Expected(FilePolicy.Decodable)) - 1, data.Count());
        DroppedFile dropped = data.Dropped[0];
        Assert.Equal($"{path}/PetImages/Cat/0.jpg", dropped.Path);
        Assert.Matches(@"^offset \d+: the content's CRC-32 is [0-9a-f]{8}, the archive's directory says [0-9a-f]{8}$", dropped.Reason);
    }

    [Fact]
    public void A_zip_that_is_none_or_not_whole_is_named_with_the_offset()
    {
        string path = Replica.WriteZip(Path.Combine(_folder.Path, "whole.zip"));
        byte[] bytes = File.ReadAllBytes(path);
        void Check(byte[] content, string message)
        {
            string broken = _folder.Write("broken.zip", content);
            AssertError(() => ImageDataset.FromZip(broken, (4, 4)), broken, message);
        }

        Check([], "offset 0: no end record of a zip archive");
        Check(bytes[..^1], "no end record of a zip archive: not a zip archive, or one that was cut off");
        Check(bytes[..(bytes.Length / 2)], "no end record");
        byte[] shifted = [.. bytes];
        shifted[^6] ^= 1;
        Check(shifted, "does not lie before its end record");
        Check([.. bytes[..^22], .. bytes[^22..^12], 1, .. bytes[^11..]], "goes on after the 1 entries");
        _ = Assert.Throws<FileNotFoundException>(() => ImageDataset.FromZip(Path.Combine(_folder.Path, "none.zip"), (4, 4)));
    }

    [Fact]
    public void A_zip64_archive_is_read()
    {
        string path = _folder.Write("wide.zip", HandmadeZip.Wide([("x/a/1.jpg", TestPictures.GrayJpeg), ("x/b/1.jpg", TestPictures.SubsampledJpeg)]));
        ImageDataset data = ImageDataset.FromZip(path, (8, 8), shuffle: false);
        Assert.Equal([0f, 1f], data.Select(item => item.Y.ToFloats()[1]));
        using ZipArchive archive = ZipFile.OpenRead(path);
        Assert.Equal(2, archive.Entries.Count);
    }

    [Theory]
    [InlineData(8, 1, "encrypted")]
    [InlineData(10, 12, "method 12")]
    [InlineData(24, 77, "bytes but takes")]
    public void What_a_zip_entry_asks_for_and_is_not_had_is_said(int field, byte value, string reason)
    {
        byte[] zip = HandmadeZip.Plain([("x/a/1.jpg", TestPictures.GrayJpeg), ("x/b/1.jpg", TestPictures.GrayJpeg)]);
        zip[zip.AsSpan().IndexOf("PK\u0001\u0002"u8) + field] = value;
        ImageDataset data = ImageDataset.FromZip(_folder.Write("odd.zip", zip), (8, 8), shuffle: false);
        _ = Assert.Single(data);
        Assert.Contains(reason, Assert.Single(data.Dropped).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tar_that_is_none_or_not_whole_is_named_with_the_offset()
    {
        string path = Replica.WriteTar(Path.Combine(_folder.Path, "whole.tar"), TarEntryFormat.Pax);
        byte[] bytes = File.ReadAllBytes(path);
        void Check(byte[] content, string message)
        {
            string broken = _folder.Write("broken.tar", content);
            AssertError(() => ImageDataset.FromTar(broken, (4, 4)), broken, message);
        }

        Check([], "offset 0: not a tar archive");
        Check(bytes[..700], "offset 700: the archive has no end mark");
        Check(bytes[..^1024], "the archive has no end mark");
        Check(bytes[..(bytes.AsSpan().IndexOf(Replica.Files()[2].Content) + 100)], "go beyond the end of the archive");
        Check([.. bytes[..130], .. "9"u8, .. bytes[131..]], "offset 0: not a tar header");
        Check(TestPictures.Noise(SkiaSharp.SKEncodedImageFormat.Png, 30, 30, out _), "offset 0: not a tar header");
    }

    [Fact]
    public void Inspecting_tells_formats_sizes_policies_and_duplicates()
    {
        ImageDataset data = ImageDataset.FromDirectory(Replica.WriteFolder(_folder), (4, 4), shuffle: false);
        ImageInspection found = data.Inspect();
        Assert.Equal(data.FilePaths.ToArray(), found.Files.Select(file => file.Path));
        foreach (FilePolicy policy in (FilePolicy[])[FilePolicy.Decodable, FilePolicy.Tfds, FilePolicy.Keras])
            Assert.Equal(2 * Replica.Expected(policy), found.Count(policy));
        Assert.Equal(2 * Replica.Expected(FilePolicy.Decodable), data.Cardinality);
        InspectedFile first = found.Files[0];
        Assert.Equal((ImageFormat.Jpeg, 30, 20, null), (first.Format, first.Height, first.Width, first.Damage));
        Assert.Equal(2, found.Files.Count(file => file.Format == ImageFormat.Png));

        // The odd files are the same for both classes, two of them differ from no other in either.
        Assert.Equal(Replica.Odd - 1, found.Duplicates.Length);
        Assert.All(found.Duplicates, group => Assert.Equal(2, group.Length));
        string index = Path.Combine(_folder.Path, "index.tsv");
        found.Save(index);
        string[] lines = File.ReadAllLines(index);
        Assert.Equal(1 + found.Files.Length, lines.Length);
        Assert.All(lines, line => Assert.Equal(9, line.Count(c => c == '\t')));
    }

    [Fact]
    public void Inspecting_can_be_cancelled()
    {
        ImageDataset data = ImageDataset.FromDirectory(Replica.WriteFolder(_folder), (4, 4));
        using var cancellation = new CancellationTokenSource();
        var done = new Counter(cancellation);
        _ = Assert.Throws<OperationCanceledException>(() => data.Inspect(done, cancellation.Token));
        Assert.Equal(3, done.Count);
    }

    private static IEnumerable<string> Decoded(ImageDataset data)
    {
        using var items = data.EnumerateAt(0, [.. Enumerable.Range(0, data.FilePaths.Length)]);
        while (items.MoveNext())
            yield return items.Current is { } item ? Convert.ToHexString(item.X.Bytes) : "left out";
    }

    private static void AssertError(Func<object> open, string path, string message)
    {
        var error = Assert.Throws<InvalidDataException>(open);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private ImageDataset Open(string kind, FilePolicy policy)
    {
        string path = Path.Combine(_folder.Path, kind);
        (int, int) size = (5, 7);
        return kind switch
        {
            "folder" => ImageDataset.FromDirectory(Replica.WriteFolder(_folder), size, seed: 4, policy: policy),
            "stored.zip" => ImageDataset.FromZip(Replica.WriteZip(path), size, seed: 4, policy: policy),
            "deflated.zip" => ImageDataset.FromZip(Replica.WriteZip(path, CompressionLevel.Optimal), size, seed: 4, policy: policy),
            "backslash.zip" => ImageDataset.FromZip(Replica.WriteZip(path, separator: '\\'), size, seed: 4, policy: policy),
            "pax.tar" => ImageDataset.FromTar(Replica.WriteTar(path, TarEntryFormat.Pax), size, seed: 4, policy: policy),
            "gnu.tar" => ImageDataset.FromTar(Replica.WriteTar(path, TarEntryFormat.Gnu), size, seed: 4, policy: policy),
            "ustar.tar" => ImageDataset.FromTar(Replica.WriteTar(path, TarEntryFormat.Ustar), size, seed: 4, policy: policy),
            "v7.tar" => ImageDataset.FromTar(Replica.WriteTar(path, TarEntryFormat.V7), size, seed: 4, policy: policy),
            _ => ImageDataset.FromTFRecords(Replica.WriteRecords(path), size, seed: 4, policy: policy),
        };
    }

    private sealed class Counter(CancellationTokenSource cancellation) : IProgress<int>
    {
        public int Count { get; private set; }

        public void Report(int value)
        {
            Count = value;
            if (value == 3)
                cancellation.Cancel();
        }
    }
}
