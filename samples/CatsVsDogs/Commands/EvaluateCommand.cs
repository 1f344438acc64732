using System.CommandLine;
using System.Globalization;
using Numerics.Data;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs.Pictures;
using Numerics.Samples.CatsVsDogs.Plots;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>evaluate</c>: how well trained weights do on pictures.</summary>
internal static class EvaluateCommand
{
    private const int BatchSize = 32;

    public static Command Create(Terminal terminal)
    {
        Option<string?> weights = PathOption.Create("--weights", "FILE", "The file of weights, as train writes it.", required: true);
        Option<string?> data = PathOption.Create("--data", "DIR", "A folder with two in it, Cat and Dog; a .zip or .tar of them; or TFRecords.", required: true);
        Option<FilePolicy?> policy = PolicyOption.Create(acceptsStrict: true);
        Option<string?> plots = PathOption.Create(
            "--plots", "DIR", "Where to draw the confusion matrix and the ROC and precision-recall curves, as confusion.png, roc.png and pr.png.");
        var command = new Command("evaluate", "Shows how often the network is right on pictures, class by class.") { weights, data, policy, plots };
        var device = DeviceOption.AddTo(command);
        command.SetAction((arguments, cancellationToken) =>
        {
            device.Apply(arguments);
            ImageDataset pictures = PictureFolder.Open(arguments.GetValue(data)!, seed: 0, policy: arguments.GetValue(policy)!.Value);
            Run(terminal.Out, arguments.GetValue(weights)!, pictures, arguments.GetValue(plots), cancellationToken);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void Run(TextWriter output, string weights, ImageDataset pictures, string? plots, CancellationToken cancellationToken)
    {
        using Sequential model = Network.Load(weights);
        if (plots is not null)
            OutputFolder.Create(plots, "--plots");
        var matrix = new ConfusionMatrix();
        var roc = new AUC(name: "ROC-AUC");
        var precisionRecall = new AUC(AUCCurve.PR, name: "PR-AUC");
        Metric[] others = [roc, precisionRecall, new BalancedAccuracy(), new MatthewsCorrelation(), new CohenKappa(), new ExpectedCalibrationError()];
        model.Compile(model.Optimizer!, model.Loss!, [new CategoricalAccuracy(), matrix, .. others]);
        IReadOnlyDictionary<string, double> result = model.Evaluate(pictures.Batch(BatchSize).Prefetch(), cancellationToken: cancellationToken);
        DamageReport.Write(output, pictures);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"accuracy {100 * result["accuracy"]:F1} %  loss {result["loss"]:F4}  {pictures.Cardinality:N0} pictures"));
        output.WriteLine();
        output.Write(new ClassificationReport(matrix).ToText(PictureFolder.ClassNames));
        output.WriteLine();
        output.Write(matrix.ToText(PictureFolder.ClassNames));
        output.WriteLine();
        foreach (Metric metric in others)
        {
            string each = metric is AUC area
                ? $"  ({string.Join(", ", PictureFolder.ClassNames.Zip(area.PerClass, (name, value) => string.Create(CultureInfo.InvariantCulture, $"{name} {value:F4}")))})"
                : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{metric.Name.Replace('_', ' '),-26}  {metric.Result():F4}{each}"));
        }

        if (plots is null)
            return;
        ConfusionMatrixPlot.Save(matrix, PictureFolder.ClassNames, Path.Combine(plots, "confusion.png"));
        RocCurvePlot.Save(roc, PictureFolder.ClassNames, Path.Combine(plots, "roc.png"));
        PrecisionRecallPlot.Save(precisionRecall, PictureFolder.ClassNames, Path.Combine(plots, "pr.png"));
        output.WriteLine();
        output.WriteLine($"confusion.png, roc.png and pr.png drawn into {plots}");
    }
}
