using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Numerics.Data;
using Numerics.Samples.CatsVsDogs.Drawings;
using Numerics.Samples.CatsVsDogs.Imbalance;
using Numerics.Samples.CatsVsDogs.Pictures;
using Numerics.Samples.CatsVsDogs.Plots;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>imbalance</c>: cross-entropy, focal losses and other remedies where dogs are rare.</summary>
internal sealed class ImbalanceCommand
{
    private const int SmallestSide = 22;

    // Each of the three parts needs some.
    private const int FewestDogs = 4;

    private readonly Option<string?> _data = PathOption.Create(
        "--data", "DIR", "Photographs: a folder with two in it, Cat and Dog. Without it, drawings.");

    private readonly Option<int?> _pictures = NumberOption.Count("--pictures", "How many drawings are made, cats and dogs together.", 4000);
    private readonly Option<int?> _rarity = NumberOption.Create<int>(
        "--rarity", "One picture in so many shows a dog.", "a whole number of at least 2", value => value >= 2, 20);

    private readonly Option<int?> _imageSize = NumberOption.Create<int>(
        "--image-size", "The height and width that pictures are brought to.", $"a whole number of at least {SmallestSide}", value => value >= SmallestSide, 64);

    private readonly Option<int?> _seeds = NumberOption.Count("--seeds", "How many runs each method has, on pictures drawn anew.", 5);
    private readonly Option<int?> _epochs = NumberOption.Count("--epochs", "How often every picture is seen.", 10);
    private readonly Option<int?> _batchSize = NumberOption.Count("--batch-size", "How many pictures make a step.", 32);
    private readonly Option<float?> _learningRate = NumberOption.Create<float>(
        "--learning-rate", "Adam's step size.", "a number above 0", value => value > 0 && float.IsFinite(value), 0.001f);

    private readonly Option<string?> _output = PathOption.Create("--output", "DIR", "Where imbalance.png and runs.csv go.", "imbalance");
    private readonly Option<int?> _threads = NumberOption.Count("--threads", "How many threads compute. [default: one for each processor]");
    private readonly TextWriter _writer;
    private DeviceOption _device = null!;

    private ImbalanceCommand(TextWriter writer) => _writer = writer;

    public static Command Create(Terminal terminal)
    {
        var imbalance = new ImbalanceCommand(terminal.Out);
        var command = new Command("imbalance", "Compares losses and other remedies where dogs are rare.")
        {
            imbalance._data, imbalance._pictures, imbalance._rarity, imbalance._imageSize, imbalance._seeds, imbalance._epochs,
            imbalance._batchSize, imbalance._learningRate, imbalance._output, imbalance._threads,
        };
        imbalance._device = DeviceOption.AddTo(command, imbalance._threads);
        command.Validators.Add(result =>
        {
            if (result.GetResult(imbalance._data) is { Implicit: false } && result.GetResult(imbalance._pictures) is { Implicit: false })
                result.AddError("--pictures: not together with --data; all photographs take part");
        });
        command.SetAction((arguments, cancellationToken) =>
        {
            imbalance.Run(arguments, cancellationToken);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private void Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        string output = arguments.GetValue(_output)!;
        OutputFolder.Create(output, "--output");
        string picture = Path.Combine(output, "imbalance.png"), table = Path.Combine(output, "runs.csv");
        _device.Apply(arguments);
        int rarity = arguments.GetValue(_rarity)!.Value, side = arguments.GetValue(_imageSize)!.Value;
        LabelledPictures pictures = Open(arguments, rarity, side, cancellationToken);
        var experiment = new Experiment(
            pictures, rarity, arguments.GetValue(_epochs)!.Value, arguments.GetValue(_batchSize)!.Value, arguments.GetValue(_learningRate)!.Value);

        var outcomes = new List<Outcome>();
        for (int seed = 1; seed <= arguments.GetValue(_seeds)!.Value; seed++)
        {
            var (training, validation, test) = experiment.Draw((ulong)seed);
            _writer.WriteLine(
                $"run {seed}: {training.Count:N0} pictures to train on ({training.Of(1).Length:N0} dogs), "
                + $"{validation.Count:N0} ({validation.Of(1).Length:N0}) to tune thresholds, {test.Count:N0} ({test.Of(1).Length:N0}) to test");
            foreach (Method method in Method.All)
            {
                long start = Stopwatch.GetTimestamp();
                Outcome outcome = experiment.Run(method, (ulong)seed, training, validation, test, cancellationToken);
                outcomes.Add(outcome);
                _writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {method.Name,-33} PR-AUC {outcome.PrAuc:F3}  recall {outcome.Recall:F3}  {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
            }
        }

        _writer.WriteLine();
        OutcomeTable.Write(_writer, [.. Method.All.SelectMany(method => outcomes.Where(outcome => outcome.Method == method.Name))]);
        File.WriteAllText(table, Outcome.ToCsv(outcomes));
        ImbalancePlot.Save([.. Method.All.SelectMany(method => outcomes.Where(outcome => outcome.Method == method.Name))], rarity, picture);
        _writer.WriteLine();
        _writer.WriteLine($"written: {picture}, {table}");
    }

    private LabelledPictures Open(ParseResult arguments, int rarity, int side, CancellationToken cancellationToken)
    {
        string folder = arguments.GetValue(_data) ?? Draw(arguments.GetValue(_pictures)!.Value, rarity, cancellationToken);
        ImageDataset source = PictureFolder.Open(folder, seed: 0, imageSize: (side, side));
        LabelledPictures pictures = LabelledPictures.Read(source, cancellationToken);
        DamageReport.Write(_writer, source);
        (_, int rare) = Experiment.Counts(pictures.Of(0).Length, pictures.Of(1).Length, rarity);

        return rare >= FewestDogs ? pictures : throw new UserException(
            $"{folder}: too few pictures: one dog in {rarity} leaves {rare} dogs beside {pictures.Of(0).Length} cats, and {FewestDogs} are needed");
    }

    private string Draw(int pictures, int rarity, CancellationToken cancellationToken)
    {
        int dogs = pictures / rarity, cats = pictures - dogs;
        if (dogs < FewestDogs)
            throw new UserException($"--pictures {pictures}: one dog in {rarity} makes {dogs}, and {FewestDogs} are needed");
        string folder = $"{DrawingSet.DefaultPath}-{cats}-{dogs}";
        if (!Directory.Exists(folder))
        {
            _writer.WriteLine($"drawing {pictures:N0} pictures, {dogs:N0} of them dogs, into {folder}");
            DrawingSet.CreateUnbalanced(folder, cats, dogs, _ => { }, cancellationToken);
        }

        return folder;
    }
}
