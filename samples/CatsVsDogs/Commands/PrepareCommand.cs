using System.CommandLine;
using Numerics.Data;
using Numerics.Samples.CatsVsDogs.Download;
using Numerics.Samples.CatsVsDogs.Pictures;
using Numerics.Samples.CatsVsDogs.Report;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>prepare</c>: downloads Microsoft's photographs and checks them.</summary>
internal sealed class PrepareCommand
{
    private readonly Option<string?> _output = PathOption.Create("--output", "DIR", "The folder to put the archive in.", ".");
    private readonly Option<string?> _url = PathOption.Create("--url", "URL", "Where to download from.", PetImages.Url);
    private readonly Option<string?> _sha256 = PathOption.Create("--sha256", "HEX", "The SHA-256 that the archive must have.", PetImages.Sha256);
    private readonly Terminal _terminal;

    private PrepareCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var prepare = new PrepareCommand(terminal);
        var command = new Command("prepare", $"Downloads {PetImages.FileName} (787 MiB), checks every picture, and writes an index.")
        {
            prepare._output, prepare._url, prepare._sha256,
        };
        prepare._url.Validators.Add(result =>
        {
            if (!Uri.TryCreate(result.GetValueOrDefault<string>(), UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
                result.AddError($"--url: expected an http or https address, got '{result.GetValueOrDefault<string>()}'");
        });
        prepare._sha256.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: 64 } text || !text.All(char.IsAsciiHexDigit))
                result.AddError($"--sha256: expected 64 hexadecimal digits, got '{result.GetValueOrDefault<string>()}'");
        });
        command.SetAction(prepare.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string folder = arguments.GetValue(_output)!, path = Path.Combine(folder, PetImages.FileName), sha256 = arguments.GetValue(_sha256)!;
        var source = new Uri(arguments.GetValue(_url)!);
        string index = Path.Combine(folder, Path.ChangeExtension(PetImages.FileName, ".index.tsv"));
        OutputFolder.Create(folder, "--output");
        if (((string[])[path, FileDownload.PartOf(path), index]).FirstOrDefault(Directory.Exists) is { } taken)
            throw new UserException($"{taken}: a folder where a file is to be written");
        TextWriter output = _terminal.Out;
        output.WriteLine($"downloading {source}");
        using (var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan })
            await new FileDownload(client, output, pause: TimeSpan.FromSeconds(0.5)).RunAsync(source, path, sha256, cancellationToken);

        output.WriteLine("checking every picture");
        ImageDataset pictures = PictureFolder.Open(path, seed: 0);
        ImageInspection found = pictures.Inspect(new InspectionProgress(output, pictures.FilePaths.Length), cancellationToken);
        found.Save(index);
        new DataReport(found).Write(output);
        if (sha256.Equals(PetImages.Sha256, StringComparison.OrdinalIgnoreCase))
            CheckCounts(path, found);
        output.WriteLine($"archive    {path}");
        output.WriteLine($"index      {index}");
        output.WriteLine($"next       catsvsdogs train --data {path}");
        return ExitCode.Success;
    }

    // The archive is known by its hash; other numbers than these mean that something here reads it wrongly.
    private static void CheckCounts(string path, ImageInspection found)
    {
        int[] classes = [.. found.ClassNames.Select((_, label) => found.Files.Count(file => file.Label == label))];
        (string What, int Found, int Expected)[] counts =
        [
            ("files of cats", classes[0], PetImages.FilesOfAClass), ("files of dogs", classes[1], PetImages.FilesOfAClass),
            ("files that TensorFlow Datasets takes", found.Count(FilePolicy.Tfds), PetImages.TakenByTfds),
            ("files that the keras.io tutorial takes", found.Count(FilePolicy.Keras), PetImages.TakenByKeras),
        ];
        foreach (var (what, number, expected) in counts)
        {
            if (number != expected)
                throw new UserException($"{path}: {number:N0} {what}, expected {expected:N0}");
        }
    }
}
