using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
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
        Option<bool> json = JsonOption.Create("the results");
        var command = new Command("evaluate", "Shows how often the network is right on pictures, class by class.") { weights, data, policy, plots, json };
        var device = DeviceOption.AddTo(command);
        command.SetAction((arguments, cancellationToken) =>
        {
            device.Apply(arguments);
            ImageDataset pictures = PictureFolder.Open(arguments.GetValue(data)!, seed: 0, policy: arguments.GetValue(policy)!.Value);
            Run(terminal, arguments.GetValue(json), arguments.GetValue(weights)!, pictures, arguments.GetValue(plots), cancellationToken);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void Run(Terminal terminal, bool json, string weights, ImageDataset pictures, string? plots, CancellationToken cancellationToken)
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
        if (json)
            JsonOption.Write(terminal, Document(result, pictures, matrix, others, plots));
        else
            Write(terminal.Out, result, pictures, matrix, others);
        if (plots is null)
            return;
        ConfusionMatrixPlot.Save(matrix, PictureFolder.ClassNames, Path.Combine(plots, "confusion.png"));
        RocCurvePlot.Save(roc, PictureFolder.ClassNames, Path.Combine(plots, "roc.png"));
        PrecisionRecallPlot.Save(precisionRecall, PictureFolder.ClassNames, Path.Combine(plots, "pr.png"));
        if (json)
            return;
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"confusion.png, roc.png and pr.png drawn into {plots}");
    }

    private static void Write(
        TextWriter output, IReadOnlyDictionary<string, double> result, ImageDataset pictures, ConfusionMatrix matrix, IReadOnlyList<Metric> others)
    {
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
    }

    private static JsonObject Document(
        IReadOnlyDictionary<string, double> result, ImageDataset pictures, ConfusionMatrix matrix, IReadOnlyList<Metric> others, string? plots)
    {
        var report = new ClassificationReport(matrix);
        var classes = new JsonObject();
        foreach ((string name, ClassScores scores) in PictureFolder.ClassNames.Zip(report.Classes))
        {
            classes[name] = new JsonObject
            {
                ["precision"] = scores.Precision,
                ["recall"] = scores.Recall,
                ["f1"] = scores.F1,
                ["support"] = scores.Support,
            };
        }

        double[,] counts = matrix.Counts;
        int size = matrix.Classes;
        var document = new JsonObject
        {
            ["pictures"] = pictures.Cardinality,
            ["loss"] = JsonOption.Number(result["loss"]),
            ["accuracy"] = result["accuracy"],
            ["classes"] = classes,
            ["confusion"] = JsonOption.List(Enumerable.Range(0, size).Select(
                row => (JsonNode?)JsonOption.List(Enumerable.Range(0, size).Select(column => (JsonNode?)counts[row, column])))),
        };
        foreach (Metric metric in others)
            document[metric.Name.ToLowerInvariant().Replace('-', '_')] = JsonOption.Number(metric.Result());
        if (pictures.Dropped.Length > 0)
            document["left_out"] = DamageReport.ToJson(pictures);
        if (plots is not null)
            document["plots"] = plots;
        return document;
    }
}
