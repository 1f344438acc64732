using System.IO.Compression;
using System.Security.Cryptography;
using SkiaSharp;

namespace Numerics.CatsVsDogs.Tests;

/// <summary><c>prepare</c> and <c>data</c>, on a small archive laid out as Microsoft's is.</summary>
public sealed class DataCommandTests : IDisposable
{
    private const string ArchiveName = "kagglecatsanddogs_5340.zip";

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _archive;
    private readonly string _sha256;

    public DataCommandTests()
    {
        string pictures = _folder.WriteDrawings("PetImages", 4);
        _ = _folder.Write("PetImages/Cat/666.jpg", []);
        _ = _folder.Write("PetImages/Dog/7.jpg", File.ReadAllBytes(Path.Combine(pictures, "Cat", "1.jpg")));
        _ = _folder.Write("PetImages/Dog/Thumbs.db", [1, 2, 3]);
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string file in Directory.GetFiles(pictures, "*", SearchOption.AllDirectories).Order())
            {
                using Stream entry = archive.CreateEntry(Path.GetRelativePath(_folder.Path, file), CompressionLevel.NoCompression).Open();
                entry.Write(File.ReadAllBytes(file));
            }
        }

        _archive = stream.ToArray();
        _sha256 = Convert.ToHexString(SHA256.HashData(_archive));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Prepare_downloads_checks_and_writes_an_index()
    {
        using var server = new FileServer(_archive);
        Outcome outcome = Prepare(server);
        outcome.AssertSucceeded();
        Assert.Equal(_archive, File.ReadAllBytes(_folder[$"out/{ArchiveName}"]));
        Assert.Equal([ArchiveName, "kagglecatsanddogs_5340.index.tsv"], Directory.GetFiles(_folder["out"]).Select(path => Path.GetFileName(path)).OrderByDescending(name => name.EndsWith("zip")));
        Assert.Equal(11, File.ReadAllLines(_folder["out/kagglecatsanddogs_5340.index.tsv"]).Length);
        Assert.Matches(@"all +10 +9 +9 +9", outcome.Out);
        Assert.Contains("1 pictures stand more than once", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("PetImages/Cat/666.jpg: empty file", outcome.Out, StringComparison.Ordinal);

        Outcome again = Prepare(server);
        again.AssertSucceeded();
        Assert.Contains("there already", again.Out, StringComparison.Ordinal);
        _ = Assert.Single(server.Starts);
    }

    [Fact]
    public void A_dropped_connection_is_gone_on_from_where_it_ended()
    {
        using var server = new FileServer(_archive);
        foreach (int drop in (int[])[1000, 2000, 0, 70_000])
            server.Drops.Enqueue(drop);
        server.Statuses.Enqueue("503 Service Unavailable");
        Outcome outcome = Prepare(server);
        outcome.AssertSucceeded();
        Assert.Equal(_archive, File.ReadAllBytes(_folder[$"out/{ArchiveName}"]));
        Assert.Equal([0, 0, 1000, 3000, 3000, 73_000], server.Starts);
        Assert.Contains("going on from byte 3,000", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_run_goes_on_with_what_an_earlier_one_left()
    {
        using var server = new FileServer(_archive);
        _ = _folder.Write($"out/{ArchiveName}.part", _archive.AsSpan(0, 12_345));
        Prepare(server).AssertSucceeded();
        Assert.Equal([12_345], server.Starts);

        // All of it had come before the run ended.
        File.Move(_folder[$"out/{ArchiveName}"], _folder[$"out/{ArchiveName}.part"]);
        Prepare(server).AssertSucceeded();
        Assert.Equal([12_345, _archive.Length], server.Starts);
        Assert.Equal(_archive, File.ReadAllBytes(_folder[$"out/{ArchiveName}"]));
    }

    [Fact]
    public void A_server_that_knows_no_ranges_is_asked_for_all_of_it()
    {
        using var server = new FileServer(_archive) { KnowsRanges = false };
        server.Drops.Enqueue(5000);
        Prepare(server).AssertSucceeded();
        Assert.Equal([0, 5000], server.Starts);
        Assert.Equal(_archive, File.ReadAllBytes(_folder[$"out/{ArchiveName}"]));
    }

    [Fact]
    public void Wrong_bytes_are_refused_and_nothing_is_left()
    {
        byte[] wrong = [.. _archive];
        wrong[wrong.Length / 2] ^= 1;
        using var server = new FileServer(wrong);
        Prepare(server).AssertFailed(1, server.Url, "not the expected file", _sha256.ToLowerInvariant());
        Assert.Empty(Directory.GetFiles(_folder["out"]));

        _ = _folder.Write($"out/{ArchiveName}", wrong);
        Prepare(server).AssertFailed(1, "not the expected file", "delete it");
        Assert.Equal(wrong, File.ReadAllBytes(_folder[$"out/{ArchiveName}"]));
    }

    [Fact]
    public void What_is_left_of_another_file_is_not_built_on()
    {
        using var server = new FileServer(_archive);
        _ = _folder.Write($"out/{ArchiveName}.part", new byte[_archive.Length + 10]);
        Prepare(server).AssertSucceeded();
        Assert.Equal(_archive, File.ReadAllBytes(_folder[$"out/{ArchiveName}"]));
    }

    [Fact]
    public void A_file_that_is_not_there_is_said_at_once()
    {
        using var server = new FileServer(_archive);
        server.Statuses.Enqueue("404 Not Found");
        Prepare(server).AssertFailed(1, "404");
        _ = Assert.Single(server.Starts);
        Assert.Empty(Directory.GetFiles(_folder["out"]));
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("zip")]
    public void Data_tells_what_is_there_and_draws_a_sheet(string kind)
    {
        string path = kind == "zip" ? _folder.Write("pets.zip", _archive) : _folder["PetImages"];
        Outcome outcome = Catsvsdogs.Run("data", "--data", path, "--output", _folder["sheet.png"], "--index", _folder["index.tsv"], "--batch-size", "9", "--policy", "tfds");
        outcome.AssertSucceeded();
        Assert.Matches(@"Cat +5 +4 +4 +4", outcome.Out);
        Assert.Matches(@"Dog +5 +5 +5 +5", outcome.Out);
        Assert.Contains("formats    JPEG 9, none that is known 1", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(11, File.ReadAllLines(_folder["index.tsv"]).Length);
        using SKBitmap sheet = SKBitmap.Decode(_folder["sheet.png"]);
        Assert.Equal(((8 * 240) + 4, (2 * 240) + 4), (sheet.Width, sheet.Height));
        SKColor[] frames = [.. Enumerable.Range(0, 9).Select(i => sheet.GetPixel(6 + (i % 8 * 240), 6 + (i / 8 * 240)))];
        Assert.Equal(4, frames.Count(colour => colour == new SKColor(0xE6, 0x7E, 0x22)));
        Assert.Equal(5, frames.Count(colour => colour == new SKColor(0x29, 0x80, 0xB9)));
    }

    [Fact]
    public void An_archive_can_be_trained_on_and_evaluated()
    {
        string path = _folder.Write("pets.zip", _archive), weights = _folder["w.safetensors"];
        Outcome outcome = Catsvsdogs.Run("train", "--data", path, "--epochs", "1", "--validation-split", "0", "--output", weights);
        outcome.AssertSucceeded();
        Assert.Contains("pets.zip/PetImages/Cat/666.jpg: empty file", outcome.Out, StringComparison.Ordinal);
        Outcome evaluated = Catsvsdogs.Run("evaluate", "--weights", weights, "--data", path);
        evaluated.AssertSucceeded();
        Assert.Contains("9 pictures", evaluated.Out, StringComparison.Ordinal);

        Catsvsdogs.Run("evaluate", "--weights", weights, "--data", path, "--policy", "strict").AssertFailed(1, "pets.zip/PetImages/Cat/666.jpg", "empty file");
        Catsvsdogs.Run("train", "--data", path, "--epochs", "1", "--policy", "strict", "--output", _folder["none"])
            .AssertFailed(1, "pets.zip/PetImages/Cat/666.jpg", "empty file");
        Assert.False(File.Exists(_folder["none"]));
    }

    [Fact]
    public void What_is_no_data_set_is_said()
    {
        string text = _folder.Write("text.zip", "no archive"u8);
        Catsvsdogs.Run("data", "--data", text, "--output", _folder["s.png"]).AssertFailed(1, text, "not a zip archive");
        Catsvsdogs.Run("data", "--data", _folder["none"], "--output", _folder["s.png"]).AssertFailed(1, "no such folder");
        Catsvsdogs.Run("data", "--data", _folder["PetImages"], "--output", _folder["none/s.png"]).AssertFailed(1, "cannot be written");
        Catsvsdogs.Run("data", "--data", "a", "--policy", "strictest").AssertFailed(2, "--policy", "strictest");
        Catsvsdogs.Run("prepare", "--url", "ftp://somewhere").AssertFailed(2, "--url");
        Catsvsdogs.Run("prepare", "--sha256", "12").AssertFailed(2, "--sha256");
        Assert.False(File.Exists(_folder["s.png"]));
    }

    private Outcome Prepare(FileServer server) =>
        Catsvsdogs.Run("prepare", "--output", _folder["out"], "--url", server.Url, "--sha256", _sha256);
}
