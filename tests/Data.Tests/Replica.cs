using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using SkiaSharp;

namespace Numerics.Data.Tests;

/// <summary>
/// A small copy of Microsoft's cats and dogs, with each kind of odd file that is in the real one, in known numbers: <c>PetImages/Cat/N.jpg</c>
/// and <c>Dog/N.jpg</c>, two <c>Thumbs.db</c>, and files beside the folder.
/// </summary>
internal static class Replica
{
    public const int Sound = 6, Odd = 11;

    /// <summary>The names and contents, cats before dogs.</summary>
    public static List<(string Name, byte[] Content)> Files()
    {
        var files = new List<(string, byte[])>
        {
            ("readme[1].txt", "a licence"u8.ToArray()),
            ("MSR-LA - 3467.docx", new byte[40]),
        };
        foreach (string folder in (string[])["Cat", "Dog"])
        {
            byte[][] contents =
            [
                .. Enumerable.Range(0, Sound).Select(i => TestPictures.Noise(SKEncodedImageFormat.Jpeg, 20 + i, 30 + (folder == "Cat" ? 0 : 9), out _)),
                [],
                TestPictures.Bmp(TestPictures.Colour),
                TestPictures.Gif,
                TestPictures.Noise(SKEncodedImageFormat.Png, 9, 8, out _),
                WithoutJfif(TestPictures.SubsampledJpeg),
                WithLateJfif(TestPictures.SubsampledJpeg, 1000),
                WithLateJfif(TestPictures.SubsampledJpeg, 5000),
                TestPictures.GrayJpeg,
                TestPictures.CmykJpeg,
                WithExtraneousBytes(TestPictures.SubsampledJpeg),
                TestPictures.SubsampledJpeg[..^60],
            ];
            for (int i = 0; i < contents.Length; i++)
                files.Add(($"PetImages/{folder}/{i}.jpg", contents[i]));
            files.Add(($"PetImages/{folder}/Thumbs.db", [0xD0, 0xCF, 0x11, 0xE0]));
        }

        return files;
    }

    /// <summary>How many of one class a policy takes: sound ones, then those of the odd ones that it lets pass and that decode.</summary>
    public static int Expected(FilePolicy policy) => Sound + policy switch
    {
        FilePolicy.Tfds => 2, // grey, extraneous bytes
        FilePolicy.Keras => 3, // and the one with a segment of 1,000 bytes before JFIF
        _ => 9, // all but the empty and the truncated one
    };

    /// <summary>Writes the files into a folder.</summary>
    public static string WriteFolder(PictureFolder folder)
    {
        foreach (var (name, content) in Files())
            _ = folder.Write(name, content);
        return Path.Combine(folder.Path, "PetImages");
    }

    public static string WriteZip(string path, CompressionLevel level = CompressionLevel.NoCompression, char separator = '/')
    {
        using var archive = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, content) in Files())
        {
            using Stream stream = archive.CreateEntry(name.Replace('/', separator), level).Open();
            stream.Write(content);
        }

        return path;
    }

    public static string WriteTar(string path, TarEntryFormat format, string prefix = "")
    {
        using var writer = new TarWriter(File.Create(path), format);
        foreach (var (name, content) in Files())
        {
            System.Formats.Tar.TarEntry entry = format switch
            {
                TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, prefix + name),
                TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, prefix + name),
                TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, prefix + name),
                _ => new UstarTarEntry(TarEntryType.RegularFile, prefix + name),
            };
            entry.DataStream = new MemoryStream(content);
            writer.WriteEntry(entry);
        }

        return path;
    }

    public static string WriteRecords(string path)
    {
        TFRecordFile.Write(path, Files().Where(file => file.Name.EndsWith(".jpg", StringComparison.Ordinal)).Select(file =>
        {
            var example = new TFExample
            {
                ["image"] = new TFFeature.Bytes(file.Content),
                ["image/filename"] = new TFFeature.Bytes(Encoding.UTF8.GetBytes(file.Name)),
                ["label"] = new TFFeature.Integers(file.Name.Contains("Dog") ? 1 : 0),
            };
            return (ReadOnlyMemory<byte>)example.ToArray();
        }));
        return path;
    }

    // APP0 stands first in what an encoder writes: marker, length, "JFIF".
    private static byte[] WithoutJfif(byte[] jpeg) => [.. jpeg[..2], .. jpeg[(4 + (jpeg[4] << 8) + jpeg[5])..]];

    private static byte[] WithLateJfif(byte[] jpeg, int length) =>
        [.. jpeg[..2], 0xFF, 0xFE, (byte)(length >> 8), (byte)length, .. new byte[length - 2], .. jpeg[2..]];

    private static byte[] WithExtraneousBytes(byte[] jpeg) => [.. jpeg[..^2], .. new byte[228], .. jpeg[^2..]];
}
