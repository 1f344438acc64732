using System.CommandLine;
using Numerics.Data;
using Numerics.Samples.CatsVsDogs.Pictures;
using Numerics.Samples.CatsVsDogs.Report;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>data</c>: shows what a data set holds.</summary>
internal sealed class DataCommand
{
    private const string DefaultOutput = "catsvsdogs-batch.png";
    private const int Columns = 8;

    private readonly Option<string?> _data = PathOption.Create(
        "--data", "PATH", "A folder with two in it, Cat and Dog; a .zip or .tar of them; or TFRecords.", required: true);

    private readonly Option<FilePolicy?> _policy = PolicyOption.Create(acceptsStrict: false);
    private readonly Option<int?> _batchSize = NumberOption.Count("--batch-size", "How many pictures the sheet shows.", 32);
    private readonly Option<ulong?> _seed = NumberOption.Create<ulong>("--seed", "Decides which.", "a whole number of at least 0", _ => true, 1);
    private readonly Option<string?> _output = PathOption.Create("--output", "FILE", "The PNG of a batch, as the network sees it.", DefaultOutput);
    private readonly Option<string?> _index = PathOption.Create("--index", "FILE", "Write what was found of each file into this one, a line each.");
    private readonly Terminal _terminal;

    private DataCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var data = new DataCommand(terminal);
        var command = new Command("data", "Shows what a data set holds, and a sheet of its pictures.")
        {
            data._data, data._policy, data._batchSize, data._seed, data._output, data._index,
        };
        command.SetAction((arguments, cancellationToken) => Task.FromResult(data.Run(arguments, cancellationToken)));
        return command;
    }

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        string output = arguments.GetValue(_output)!;
        OutputFile.CheckWritable(output, "--output");
        if (arguments.GetValue(_index) is { } checkedIndex)
        {
            OutputFile.CheckWritable(checkedIndex, "--index");
            if (Path.GetFullPath(checkedIndex) == Path.GetFullPath(output))
                throw new UserException($"{checkedIndex}: --index and --output name the same file");
        }

        ulong seed = arguments.GetValue(_seed)!.Value;
        ImageDataset pictures = PictureFolder.Open(arguments.GetValue(_data)!, seed, policy: arguments.GetValue(_policy)!.Value);
        ImageInspection found = pictures.Inspect(new InspectionProgress(_terminal.Out, pictures.FilePaths.Length), cancellationToken);
        new DataReport(found).Write(_terminal.Out);
        if (arguments.GetValue(_index) is { } index)
        {
            found.Save(index);
            _terminal.Out.WriteLine($"index      {index}");
        }

        DataItem batch = pictures.Shuffle(seed: seed).Batch(arguments.GetValue(_batchSize)!.Value).First();
        File.WriteAllBytes(output, ContactSheet.Draw(batch, Columns));
        string colours = string.Join(", ", ContactSheet.Frames.Zip(PictureFolder.ClassNames, (frame, name) => $"{name} {frame.Name}"));
        _terminal.Out.WriteLine($"sheet      {output}: {batch.X.Shape[0]} of {pictures.Cardinality:N0} pictures; frames: {colours}");
        return ExitCode.Success;
    }
}
