using Numerics.Data.Tests;
using Numerics.Nn;
using SkiaSharp;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>Pictures and files that are not what they should be: exit code 1, a message with the path, nothing written.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> BadFolders => new()
    {
        { "missing", "no such folder" },
        { "file.txt", "not a folder" },
        { "empty", "Cat and Dog" },
        { "only-cats", "only one class" },
        { "no-dogs", "no pictures" },
        { "nested", "did you mean" },
        { "damaged", "damaged" },
    };

    public static TheoryData<string, string> BadOutputs => new()
    {
        { "nowhere/weights.safetensors", "no folder" },
        { "taken", "a folder" },
        { "file.txt/weights.safetensors", "no folder" },
    };

    public static TheoryData<string> BadWeights => ["missing.safetensors", "text.safetensors", "zero.safetensors", "truncated.safetensors", "other.safetensors"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(BadFolders))]
    public void Training_on_a_bad_folder_fails(string name, string expected)
    {
        string data = MakeFolder(name), weights = _folder["weights.safetensors"];
        Catsvsdogs.Run("train", "--data", data, "--output", weights).AssertFailed(1, data, expected);
        Assert.False(File.Exists(weights));
    }

    [Theory]
    [MemberData(nameof(BadFolders))]
    public void So_it_does_for_the_shell(string name, string expected)
    {
        string data = MakeFolder(name), weights = _folder["weights.safetensors"];
        Catsvsdogs.RunProcess("train", "--data", data, "--output", weights).AssertFailed(1, data, expected);
        Assert.False(File.Exists(weights));
    }

    [Theory]
    [MemberData(nameof(BadOutputs))]
    public void An_output_that_cannot_be_written_is_found_before_training(string name, string expected)
    {
        _ = _folder.Write("file.txt", "text"u8);
        _ = Directory.CreateDirectory(_folder["taken"]);
        string data = _folder.WriteDrawings("data", 2);
        foreach (Outcome outcome in (Outcome[])[
            Catsvsdogs.Run("train", "--data", data, "--output", _folder[name]), Catsvsdogs.RunProcess("train", "--data", data, "--output", _folder[name])])
        {
            outcome.AssertFailed(1, _folder[name], expected);
            Assert.DoesNotContain("epoch", outcome.Out, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(BadWeights))]
    public void Weights_that_are_not_the_networks_are_refused(string name)
    {
        string data = _folder.WriteDrawings("data", 1), weights = MakeWeights(name);
        Catsvsdogs.Run("evaluate", "--weights", weights, "--data", data).AssertFailed(1, weights);
        Catsvsdogs.RunProcess("predict", "--weights", weights, Path.Combine(data, "Cat", "1.jpg")).AssertFailed(1, weights);
    }

    [Fact]
    public void Damaged_pictures_are_counted_named_and_left_out_and_odd_ones_are_read()
    {
        string data = _folder.WriteDrawings("data", 4), weights = _folder["weights.safetensors"];
        byte[] jpeg = File.ReadAllBytes(Path.Combine(data, "Cat", "1.jpg"));
        _ = _folder.Write("data/Cat/text.jpg", "this is no picture"u8);
        _ = _folder.Write("data/Cat/zero.jpg", []);
        _ = _folder.Write("data/Dog/truncated.jpg", jpeg.AsSpan(0, jpeg.Length / 2));
        _ = _folder.Write("data/Dog/png.jpg", TestPictures.Solid(SKEncodedImageFormat.Png, TestPictures.Colour));
        _ = _folder.Write("data/Dog/bmp.jpg", TestPictures.Bmp(TestPictures.Colour));
        _ = _folder.Write("data/Cat/grey.jpg", TestPictures.GrayJpeg);
        _ = _folder.Write("data/Cat/cmyk.jpg", TestPictures.CmykJpeg);

        Outcome outcome = Catsvsdogs.RunProcess("train", "--data", data, "--epochs", "1", "--validation-split", "0", "--output", weights);
        outcome.AssertSucceeded();
        Assert.Contains("3 damaged files left out", outcome.Out, StringComparison.Ordinal);
        foreach (string name in (string[])["text.jpg", "zero.jpg", "truncated.jpg"])
            Assert.Contains(name, outcome.Out, StringComparison.Ordinal);
        foreach (string name in (string[])["png.jpg", "bmp.jpg", "grey.jpg", "cmyk.jpg"])
            Assert.DoesNotContain(name, outcome.Out, StringComparison.Ordinal);

        Outcome evaluated = Catsvsdogs.Run("evaluate", "--weights", weights, "--data", data);
        evaluated.AssertSucceeded();
        Assert.Contains("12 pictures", evaluated.Out, StringComparison.Ordinal);
        Assert.Contains("3 damaged files left out", evaluated.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_damaged_pictures_are_not_all_named()
    {
        string data = _folder.WriteDrawings("data", 2);
        for (int i = 0; i < 9; i++)
            _ = _folder.Write($"data/Cat/bad{i}.jpg", "this is no picture"u8);
        Outcome outcome = Catsvsdogs.Run("train", "--data", data, "--epochs", "1", "--validation-split", "0", "--output", _folder["w.safetensors"]);
        outcome.AssertSucceeded();
        Assert.Contains("9 damaged files left out", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("and 4 more", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(5, outcome.Out.Split("bad").Length - 1);
    }

    [Fact]
    public void A_loss_that_is_no_number_stops_the_training()
    {
        string data = _folder.WriteDrawings("data", 4), weights = _folder["weights.safetensors"];
        string[] args = ["train", "--data", data, "--learning-rate", "1e30", "--epochs", "50", "--validation-split", "0", "--output", weights];
        Catsvsdogs.Run(args).AssertFailed(1, "loss", "--learning-rate");
        Catsvsdogs.RunProcess(args).AssertFailed(1, "loss", "--learning-rate");
        Assert.False(File.Exists(weights));
        Assert.False(Directory.Exists(_folder["weights-run/checkpoints"]));
    }

    private string MakeWeights(string name)
    {
        using var other = new Sequential { new Input(4), new Dense(2) };
        other.SaveWeights(_folder["whole"]);
        byte[] whole = File.ReadAllBytes(_folder["whole"]);
        return name switch
        {
            "text.safetensors" => _folder.Write(name, "these are no weights, though there is enough of it to be some"u8),
            "zero.safetensors" => _folder.Write(name, []),
            "truncated.safetensors" => _folder.Write(name, whole.AsSpan(0, whole.Length - 5)),
            "other.safetensors" => _folder.Write(name, whole),
            _ => _folder[name],
        };
    }

    private string MakeFolder(string name)
    {
        switch (name)
        {
            case "file.txt":
                return _folder.Write(name, "text"u8);
            case "empty":
                _ = Directory.CreateDirectory(_folder[name]);
                break;
            case "only-cats":
                Directory.Delete(Path.Combine(_folder.WriteDrawings(name, 1), "Dog"), recursive: true);
                break;
            case "no-dogs":
                File.Delete(Path.Combine(_folder.WriteDrawings(name, 1), "Dog", "1.jpg"));
                break;
            case "nested":
                _ = _folder.WriteDrawings("nested/train", 1);
                break;
            case "damaged":
                _ = _folder.Write("damaged/Cat/1.jpg", "text"u8);
                _ = _folder.Write("damaged/Dog/1.jpg", "text"u8);
                break;
        }

        return _folder[name];
    }
}
