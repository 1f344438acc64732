namespace Numerics.Samples.CatsVsDogs.Runs;

/// <summary>What a training leaves behind.</summary>
/// <param name="path">The folder.</param>
internal sealed class RunFolder(string path)
{
    public string Path => path;

    /// <summary>The options of the run, for <c>--config</c> and <c>--resume</c>.</summary>
    public string Config => At("config.json");

    /// <summary>Loss and metrics of each epoch.</summary>
    public string History => At("history.csv");

    /// <summary>The same as curves.</summary>
    public string Curves => At("curves.png");

    /// <summary>How often which class was taken for which.</summary>
    public string Confusion => At("confusion.png");

    /// <summary>The most confidently wrong pictures.</summary>
    public string Mistakes => At("mistakes.png");

    /// <summary>All of it on a page.</summary>
    public string Report => At("report.html");

    /// <summary>The trained weights.</summary>
    public string Model => At("model.safetensors");

    /// <summary>What an interrupted run goes on from.</summary>
    public string Checkpoints => At("checkpoints");

    /// <summary>Whether a run was begun here and is not finished.</summary>
    public bool IsUnfinished => Directory.Exists(Checkpoints) && Directory.EnumerateFiles(Checkpoints, "*.safetensors").Any();

    /// <summary>Where a run goes unless asked otherwise: beside its weights.</summary>
    /// <param name="output">The file of weights.</param>
    public static string DefaultFor(string output) =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(output) ?? "", $"{System.IO.Path.GetFileNameWithoutExtension(output)}-run");

    private string At(string name) => System.IO.Path.Combine(path, name);
}
