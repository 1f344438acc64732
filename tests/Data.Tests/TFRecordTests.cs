using System.Text;
using CsCheck;
using Numerics.Tensors;

namespace Numerics.Data.Tests;

public sealed class TFRecordTests : IDisposable
{
    private static readonly string Fixture = Path.Combine(AppContext.BaseDirectory, "Fixtures", "tfrecords");

    private readonly PictureFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_checksum_is_the_published_one()
    {
        // RFC 3720, B.4: 32 bytes of zeros have the CRC-32C 8a9136aa, 32 of ones 62a8ab43; the catalogue's check value is e3069283.
        static uint Unmasked(ReadOnlySpan<byte> data) => System.Numerics.BitOperations.RotateLeft(unchecked(MaskedCrc32C.Compute(data) - 0xa282ead8), 15);
        Assert.Equal(0x8a9136aau, Unmasked(new byte[32]));
        Assert.Equal(0x62a8ab43u, Unmasked(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
        Assert.Equal(0xe3069283u, Unmasked("123456789"u8));
        Assert.Equal(0u, Unmasked([]));
    }

    [Fact]
    public void What_another_program_wrote_is_read_bit_for_bit_and_written_the_same()
    {
        string path = Path.Combine(Fixture, "bytes.tfrecord");
        byte[][] records = [.. TFRecordFile.Read(path)];
        Assert.Equal([0, 1, 7, 8, 9, 100, 1000], records.Select(record => record.Length));
        string copy = Path.Combine(_folder.Path, "copy.tfrecord");
        TFRecordFile.Write(copy, records.Select(record => (ReadOnlyMemory<byte>)record));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(copy));
        Assert.Equal([copy], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Every_kind_of_feature_is_read_and_written_the_same()
    {
        byte[] record = TFRecordFile.Read(Path.Combine(Fixture, "features.tfrecord")).Single();
        TFExample example = TFExample.Parse(record);
        Assert.Equal(["", "00FF"], Assert.IsType<TFFeature.Bytes>(example["bytes"]).Values.Select(value => Convert.ToHexString(value.Span)));
        Assert.Equal([0f, -1.5f, 3.4e38f], Assert.IsType<TFFeature.Floats>(example["floats"]).Values);
        Assert.Equal([0, 1, -1, long.MaxValue, long.MinValue], Assert.IsType<TFFeature.Integers>(example["integers"]).Values);
        Assert.Equal(record, example.ToArray());
    }

    [Fact]
    public void A_data_set_of_another_program_is_read_from_any_folder_above_it()
    {
        string version = Path.Combine(Fixture, "cats_vs_dogs", "4.0.1");
        foreach (string path in (string[])[Fixture, Path.Combine(Fixture, "cats_vs_dogs"), version])
        {
            ImageDataset data = ImageDataset.FromTFRecords(path, (16, 16), shuffle: false);
            Assert.Equal(["cat", "dog"], data.ClassNames.ToArray());
            string[] names = [.. data.FilePaths.Select(file => file[file.IndexOf('#', StringComparison.Ordinal)..])];
            Assert.Equal(["#0/PetImages/Cat/0.jpg", "#1/PetImages/Dog/3.jpg", "#0/PetImages/Dog/1.jpg", "#1/PetImages/Cat/4.jpg", "#0/PetImages/Cat/2.jpg"], names);
            Assert.Equal([0, 1, 1, 0, 0], data.Labels.ToArray());
            string[] pictures = ["colour", "grey", "progressive", "colour", "cmyk"];
            foreach ((DataItem item, string picture) in data.Zip(pictures))
                Assert.Equal(Image.Load(Path.Combine(AppContext.BaseDirectory, "Fixtures", "pictures", $"{picture}.jpg"), (16, 16)).Bytes.ToArray(), item.X.Bytes.ToArray());
        }
    }

    [Fact]
    public void Every_flipped_bit_is_found_and_named()
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Fixture, "cats_vs_dogs", "4.0.1", "cats_vs_dogs-train.tfrecord-00002-of-00003"));
        int second = bytes.Length;
        bytes = [.. bytes, .. bytes];
        for (int bit = 0; bit < bytes.Length * 8; bit += bit % 8 == 7 ? 25 : 1)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            string path = _folder.Write("flipped.tfrecord", flipped);
            var error = Assert.Throws<InvalidDataException>(() => ImageDataset.FromTFRecords(path, (4, 4)));
            Assert.StartsWith($"{path}: offset ", error.Message, StringComparison.Ordinal);
            Assert.Contains(bit / 8 < second ? "record 0" : "record 1", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_that_was_cut_off_is_named()
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(Fixture, "bytes.tfrecord"));
        int[] ends = [0, 16, 33, 56, 80, 105, 221, 1237];
        Assert.Equal(ends[^1], bytes.Length);
        for (int length = 0; length < 230; length++)
        {
            string path = _folder.Write("cut.tfrecord", bytes.AsSpan(0, length));
            if (ends.Contains(length))
                Assert.Equal(Array.IndexOf(ends, length), TFRecordFile.Read(path).Count());
            else
                Assert.StartsWith($"{path}: offset ", Assert.Throws<InvalidDataException>(() => TFRecordFile.Read(path).Count()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_does_not_belong_together_is_refused()
    {
        string version = Path.Combine(Fixture, "cats_vs_dogs", "4.0.1");
        void Copy(string to)
        {
            foreach (string file in Directory.GetFiles(version))
                _ = _folder.Write($"{to}/{Path.GetFileName(file)}", File.ReadAllBytes(file));
        }

        string Shard(string of, int i) => Path.Combine(_folder.Path, of, $"cats_vs_dogs-train.tfrecord-0000{i}-of-00003");
        void Check(string of, string message)
        {
            var error = Assert.Throws<InvalidDataException>(() => Open(Path.Combine(_folder.Path, of)));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }

        Copy("missing");
        File.Delete(Shard("missing", 1));
        Check("missing", "number 1 is missing");
        Copy("short");
        File.WriteAllBytes(Shard("short", 0), TFRecordBytes(Shard("short", 0), 1));
        Check("short", "1 records, but dataset_info.json says 2");
        Copy("other");
        File.WriteAllText(Path.Combine(_folder.Path, "other", "dataset_info.json"), """{"splits":[{"name":"train","shardLengths":"many"}]}""");
        Check("other", "dataset_info.json: not what TensorFlow Datasets writes");
        Copy("labels");
        File.WriteAllText(Path.Combine(_folder.Path, "labels", "label.labels.txt"), "cat\n");
        Check("labels", "only 1 classes are named: cat");
        Copy("newest/4.0.0");
        Copy("newest/4.0.1");
        File.Delete(Path.Combine(_folder.Path, "newest", "4.0.0", "dataset_info.json"));
        Assert.Contains("4.0.1", Open(Path.Combine(_folder.Path, "newest")).FilePaths[0], StringComparison.Ordinal);
        Copy("two/a");
        Copy("two/b");
        Check("two", "holds more than one data set");
        _ = Directory.CreateDirectory(Path.Combine(_folder.Path, "empty"));
        Check("empty", "no shards of the split 'train'");
        _ = Assert.Throws<DirectoryNotFoundException>(() => Open(Path.Combine(_folder.Path, "nowhere")));
        string odd = _folder.Write("odd.tfrecord", Framed(new TFExample { ["label"] = new TFFeature.Integers(1) }.ToArray()));
        Assert.Contains("has no feature 'image'", Assert.Throws<InvalidDataException>(() => Open(odd)).Message, StringComparison.Ordinal);
        odd = _folder.Write("odd.tfrecord", Framed(new TFExample { ["image"] = new TFFeature.Bytes("x"u8.ToArray()), ["label"] = new TFFeature.Integers(-1) }.ToArray()));
        Assert.Contains("has no feature 'label' of one number", Assert.Throws<InvalidDataException>(() => Open(odd)).Message, StringComparison.Ordinal);
        odd = _folder.Write("odd.tfrecord", Framed([0x0A, 200]));
        Assert.Contains("offset 13: record 0 is not a tf.train.Example", Assert.Throws<InvalidDataException>(() => Open(odd)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Examples_survive_writing_and_reading() =>
        Gen.Select(Gen.String, Gen.Byte.Array[0, 40].Array[0, 3], Gen.Float.Array[0, 5], Gen.Long.Array[0, 5]).Sample((name, bytes, floats, numbers) =>
        {
            var example = new TFExample
            {
                ["b"] = new TFFeature.Bytes([.. bytes.Select(value => (ReadOnlyMemory<byte>)value)]),
                ["f"] = new TFFeature.Floats(floats),
                ["i"] = new TFFeature.Integers(numbers),
            };
            TFExample read = TFExample.Parse(example.ToArray());
            Assert.Equal(bytes, ((TFFeature.Bytes)read["b"]).Values.Select(value => value.ToArray()));
            Assert.Equal(floats, ((TFFeature.Floats)read["f"]).Values);
            Assert.Equal(numbers, ((TFFeature.Integers)read["i"]).Values);
            string utf8 = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name));
            Assert.True(TFExample.Parse(new TFExample { [utf8] = new TFFeature.Integers(7) }.ToArray()).Features.ContainsKey(utf8));
        });

    [Fact]
    public void A_writer_that_fails_leaves_the_old_file()
    {
        string path = _folder.Write("old.tfrecord", "old"u8);
        static IEnumerable<ReadOnlyMemory<byte>> Failing()
        {
            yield return new byte[10];
            throw new FormatException("no more");
        }

        _ = Assert.Throws<FormatException>(() => TFRecordFile.Write(path, Failing()));
        Assert.Equal("old", File.ReadAllText(path));
        _ = Assert.Single(Directory.GetFiles(_folder.Path));
    }

    private static ImageDataset Open(string path) => ImageDataset.FromTFRecords(path, (4, 4));

    private static byte[] TFRecordBytes(string path, int count) => Framed([.. TFRecordFile.Read(path).Take(count)]);

    private static byte[] Framed(params byte[][] records)
    {
        var stream = new MemoryStream();
        using (var writer = new TFRecordWriter(stream))
        {
            foreach (byte[] record in records)
                writer.Write(record);
        }

        return stream.ToArray();
    }
}
