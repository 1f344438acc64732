using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using Numerics.Tensors;
using SkiaSharp;

namespace Numerics.Data.Tests;

/// <summary>
/// Every reader is given changed files: it reads them or throws <see cref="InvalidDataException"/> with path and offset, in bounded time
/// and memory. <c>NUMERICS_FUZZ_INPUTS</c> says how many each gets.
/// </summary>
[Collection(nameof(MeasuresMemory))]
public sealed class ReaderFuzzTests : IDisposable
{
    private static readonly int Inputs = int.Parse(Environment.GetEnvironmentVariable("NUMERICS_FUZZ_INPUTS") ?? "1000", CultureInfo.InvariantCulture);

    // A picture may ask for as much memory as the options let it.
    private static readonly ImageOptions Limited = new() { MaxPixels = 1 << 16 };

    private readonly PictureFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Zip()
    {
        var seeds = new List<byte[]>
        {
            HandmadeZip.Plain([("x/a/1.jpg", TestPictures.GrayJpeg), ("x/b/1.jpg", TestPictures.GrayJpeg)]),
            HandmadeZip.Wide([("x/a/1.jpg", TestPictures.GrayJpeg), ("x/b/1.jpg", TestPictures.GrayJpeg)]),
        };
        using (var stream = new MemoryStream())
        {
            using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            {
                foreach (string name in (string[])["a/1.jpg", "b/1.jpg"])
                {
                    using Stream entry = archive.CreateEntry(name).Open();
                    entry.Write(TestPictures.GrayJpeg);
                }
            }

            seeds.Add(stream.ToArray());
        }

        Run(seeds, "x.zip", path =>
        {
            ImageDataset data = ImageDataset.FromZip(path, (2, 2), shuffle: false, options: Limited);
            ReadAll(data);
        });
    }

    [Fact]
    public void Tar()
    {
        var seeds = new List<byte[]>();
        foreach (TarEntryFormat format in (TarEntryFormat[])[TarEntryFormat.Pax, TarEntryFormat.Gnu])
        {
            string deep = string.Concat(Enumerable.Repeat("a-long-name/", 12));
            using var stream = new MemoryStream();
            using (var writer = new TarWriter(stream, format, leaveOpen: true))
            {
                foreach (string name in (string[])["a/1.jpg", "b/1.jpg"])
                {
                    System.Formats.Tar.TarEntry entry = format == TarEntryFormat.Pax
                        ? new PaxTarEntry(TarEntryType.RegularFile, deep + name) : new GnuTarEntry(TarEntryType.RegularFile, deep + name);
                    entry.DataStream = new MemoryStream(TestPictures.GrayJpeg);
                    writer.WriteEntry(entry);
                }
            }

            seeds.Add(stream.ToArray());
        }

        Run(seeds, "x.tar", path => ReadAll(ImageDataset.FromTar(path, (2, 2), shuffle: false, options: Limited)), WithTarChecksums);
    }

    [Fact]
    public void Records()
    {
        string fixture = Path.Combine(AppContext.BaseDirectory, "Fixtures", "tfrecords");
        byte[][] seeds = [.. Directory.GetFiles(fixture, "cats_vs_dogs*", SearchOption.AllDirectories).Order().Select(File.ReadAllBytes)];
        Run(seeds, "x.tfrecord", path =>
        {
            _ = TFRecordFile.Read(path).Count();
            ReadAll(ImageDataset.FromTFRecords(path, (2, 2), shuffle: false, options: Limited));
        });
    }

    // The checksums would catch nearly every change of a file before the parser sees it.
    [Fact]
    public void Examples_in_sound_records()
    {
        string fixture = Path.Combine(AppContext.BaseDirectory, "Fixtures", "tfrecords", "cats_vs_dogs", "4.0.1");
        byte[][] seeds = [.. Directory.GetFiles(fixture, "*.tfrecord*").Order().SelectMany(TFRecordFile.Read)];
        Run(seeds, "x.tfrecord", path => ReadAll(ImageDataset.FromTFRecords(path, (2, 2), shuffle: false, options: Limited)), record =>
        {
            var stream = new MemoryStream();
            using (var writer = new TFRecordWriter(stream))
                writer.Write(record);
            return stream.ToArray();
        });
    }

    [Fact]
    public void Cache_files()
    {
        string path = Path.Combine(_folder.Path, "x.cache");
        Assert.Equal(6, Numbers.UpTo(6).Cache(path, "key").Count());
        Run([File.ReadAllBytes(path)], "x.cache", file =>
        {
            if (CacheFile.TryOpen(file, "\nkey") is { } cache)
            {
                using var items = cache.Read([.. Enumerable.Range(0, cache.Count)]);
                while (items.MoveNext())
                    continue;
            }
        });
    }

    [Fact]
    public void Pictures()
    {
        byte[][] seeds =
        [
            TestPictures.SubsampledJpeg, TestPictures.ProgressiveJpeg, TestPictures.CmykJpeg, TestPictures.GrayJpeg, TestPictures.Gif,
            TestPictures.WithExifRotation(TestPictures.SubsampledJpeg), TestPictures.Bmp(TestPictures.Colour),
            TestPictures.Noise(SKEncodedImageFormat.Png, 9, 9, out _), TestPictures.Noise(SKEncodedImageFormat.Webp, 9, 9, out _),
        ];
        var options = Limited with { ApplyOrientation = true, ScaledDecoding = true, AspectRatio = AspectRatio.Crop };
        Run(seeds, "x.jpg", path => _ = Image.Load(path, (4, 4), options: options), hasOffsets: false);
    }

    private static void ReadAll(ImageDataset data)
    {
        int read = 0;
        try
        {
            foreach (DataItem _ in data)
                read++;
        }
        catch (InvalidDataException error) when (read == 0 && data.Dropped.Length == data.FilePaths.Length)
        {
            Assert.Contains("none of the", error.Message, StringComparison.Ordinal);
        }
    }

    private static byte[] WithTarChecksums(byte[] tar)
    {
        for (int block = 0; block + 512 <= tar.Length; block += 512)
        {
            if (!tar.AsSpan(block + 257, 5).SequenceEqual("ustar"u8))
                continue;
            tar.AsSpan(block + 148, 8).Fill((byte)' ');
            int sum = 0;
            foreach (byte value in tar.AsSpan(block, 512))
                sum += value;
            string digits = Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ";
            for (int i = 0; i < 8; i++)
                tar[block + 148 + i] = (byte)digits[i];
        }

        return tar;
    }

    private void Run(IReadOnlyList<byte[]> seeds, string name, Action<string> read, Func<byte[], byte[]>? repair = null, bool hasOffsets = true)
    {
        string path = Path.Combine(_folder.Path, name);
        foreach (byte[] seed in seeds)
        {
            File.WriteAllBytes(path, repair is null ? seed : repair([.. seed]));
            read(path);
        }

        int refused = 0;
        var random = new Random(1);
        for (int input = 0; input < Inputs; input++)
        {
            byte[] changed = Mutation.Apply(seeds[random.Next(seeds.Count)], random);
            if (repair is not null && random.Next(8) != 0)
                changed = repair(changed);
            File.WriteAllBytes(path, changed);
            long allocated = GC.GetTotalAllocatedBytes(), started = Stopwatch.GetTimestamp();
            try
            {
                read(path);
            }
            catch (InvalidDataException error)
            {
                refused++;
                Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
                if (hasOffsets && !IsAboutContents(error.Message))
                    Assert.Contains(": offset ", error.Message, StringComparison.Ordinal);
            }
            catch (Exception error)
            {
                Assert.Fail($"input {input}: {error}\n{Convert.ToBase64String(changed)}");
            }

            Assert.True(GC.GetTotalAllocatedBytes() - allocated < 1 << 26, $"input {input}: {GC.GetTotalAllocatedBytes() - allocated} bytes allocated");
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"input {input}: took {Stopwatch.GetElapsedTime(started)}");
        }

        Assert.InRange(refused, Inputs / 50, Inputs);
    }

    // A sound file that does not hold what a data set needs: there is no one place where that is wrong.
    private static bool IsAboutContents(string message) =>
        message.Contains("class folder", StringComparison.Ordinal) || message.Contains("no pictures in it", StringComparison.Ordinal)
        || message.Contains("none of the", StringComparison.Ordinal) || message.Contains("classes are named", StringComparison.Ordinal);
}
