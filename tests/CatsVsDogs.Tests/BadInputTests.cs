using System.Text;
using Numerics.Data.Tests;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs;
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
        { "taken", "a folder; --output names a file" },
        { "file.txt/weights.safetensors", "file.txt is a file, not a folder" },
    };

    /// <summary>Options that name a folder that is made, and what else the commands need.</summary>
    public static TheoryData<string, string> FolderOptions => new()
    {
        { "prepare", "--output" },
        { "imbalance", "--output" },
        { "train --data DATA --output WEIGHTS", "--run-dir" },
        { "train --output WEIGHTS", "--drawings" },
        { "predict --weights WHOLE DATA/Cat/1.jpg", "--grad-cam" },
        { "evaluate --weights WHOLE --data DATA", "--plots" },
    };

    public static TheoryData<string, string> BadConfigs => new()
    {
        { """{"wings": 2}""", "'wings': no option of train" },
        { """{"wings": null}""", "'wings': no option of train" },
        { """{"": 1}""", "''" },
        { """{"config": "other.json"}""", "'config'" },
        { """{"epochs": "many"}""", "'epochs': --epochs: expected a whole number of at least 1, got 'many'" },
        { """{"epochs": 0}""", "'epochs'" },
        { """{"batch_size": true}""", "'batch_size': expected a number or a text, got true" },
        { """{"augment": 3}""", "'augment': expected true or false, got 3" },
        { """{"data": ""}""", "'data': --data: expected a path" },
        { """{"epochs": 1, "epochs": 2}""", "epochs" },
        { "", "empty" },
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
    public void A_folder_in_the_place_of_a_file_is_called_one()
    {
        string data = _folder.WriteDrawings("data", 1), weights = MakeWeights("whole.safetensors");
        string taken = Directory.CreateDirectory(_folder["taken"]).FullName, picture = Path.Combine(data, "Cat", "1.jpg");
        Catsvsdogs.Run("predict", "--weights", taken, picture).AssertFailed(1, taken, "a folder");
        Catsvsdogs.RunProcess("predict", "--weights", weights, taken).AssertFailed(1, taken, "a folder");
        Catsvsdogs.Run("evaluate", "--weights", taken, "--data", data).AssertFailed(1, taken, "a folder");
        Catsvsdogs.RunProcess("train", "--config", taken).AssertFailed(1, taken, "a folder; --config names a file");
        Catsvsdogs.Run("data", "--data", data, "--output", taken).AssertFailed(1, taken, "a folder; --output names a file");
        Catsvsdogs.Run("data", "--data", data, "--output", _folder["sheet.png"], "--index", taken).AssertFailed(1, taken, "a folder; --index names a file");
        _ = Directory.CreateDirectory(_folder["taken/kagglecatsanddogs_5340.zip"]);
        Catsvsdogs.Run("prepare", "--output", taken).AssertFailed(1, _folder["taken/kagglecatsanddogs_5340.zip"], "a folder");
    }

    [Theory]
    [MemberData(nameof(FolderOptions))]
    public void A_folder_that_cannot_be_made_is_named_with_what_is_in_the_way(string command, string option)
    {
        string data = _folder.WriteDrawings("data", 1), weights = _folder["weights.safetensors"], file = _folder.Write("file.txt", "text"u8);
        string whole = MakeWeights("whole.safetensors"), below = Path.Combine(file, "below");
        string[] args = [.. command.Split(' ').Select(word => word.Replace("DATA", data).Replace("WEIGHTS", weights).Replace("WHOLE", whole)), option];
        Catsvsdogs.Run([.. args, file]).AssertFailed(1, file, $"a file; {option} names a folder");
        Catsvsdogs.Run([.. args, below]).AssertFailed(1, below, $"{file} is a file, not a folder");
        Catsvsdogs.RunProcess([.. args, below]).AssertFailed(1, below, $"{file} is a file, not a folder");
        if (OperatingSystem.IsLinux())
            Catsvsdogs.Run([.. args, "/proc/nowhere"]).AssertFailed(1, "/proc/nowhere", "nothing can be written into /proc");
        Assert.False(File.Exists(weights));
    }

    [Theory]
    [MemberData(nameof(BadConfigs))]
    public void Options_in_a_file_that_are_none_are_named_with_the_file(string json, string expected)
    {
        string config = _folder.Write("config.json", Encoding.UTF8.GetBytes(json)), weights = _folder["weights.safetensors"];
        Catsvsdogs.Run("train", "--config", config, "--output", weights).AssertFailed(1, config, expected);
        _ = _folder.Write("weights-run/config.json", Encoding.UTF8.GetBytes(json));
        Catsvsdogs.Run("train", "--resume", "--output", weights).AssertFailed(1, _folder["weights-run/config.json"], expected);
        Assert.False(File.Exists(weights));
    }

    [Fact]
    public void A_file_of_options_is_given_once() => Catsvsdogs.Run(
        "train", "--config", _folder.Write("a.json", "{}"u8), "--config", _folder.Write("b.json", "{}"u8)).AssertFailed(2, "--config");

    [Fact]
    public void Sheet_and_index_are_two_files()
    {
        string data = _folder.WriteDrawings("data", 1), file = _folder["both"];
        Catsvsdogs.Run("data", "--data", data, "--output", file, "--index", file).AssertFailed(1, file, "--index and --output");
        Assert.False(File.Exists(file));
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
            "whole.safetensors" => SaveNetwork(name),
            _ => _folder[name],
        };
    }

    private string SaveNetwork(string name)
    {
        using Sequential network = Network.Create();
        network.SaveWeights(_folder[name]);
        return _folder[name];
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
