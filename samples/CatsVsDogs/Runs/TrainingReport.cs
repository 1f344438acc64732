using System.Text.Json.Nodes;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs.Commands;
using Numerics.Samples.CatsVsDogs.Pictures;
using Numerics.Samples.CatsVsDogs.Plots;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Runs;

/// <summary>What a training leaves behind: weights, pictures, a page, and a few lines or a JSON document.</summary>
/// <param name="settings">What was asked for.</param>
/// <param name="terminal">Where the document goes.</param>
/// <param name="shown">Where lines go.</param>
/// <param name="pictures">The pictures, with those that were left out.</param>
/// <param name="batches">The same in batches.</param>
/// <param name="history">The epochs.</param>
internal sealed class TrainingReport(
    TrainSettings settings, Terminal terminal, Terminal shown, TrainingPictures pictures, TrainingBatches batches, History history)
{
    private readonly RunFolder _run = settings.Run;

    private string What => settings.AreDrawings ? "drawings" : "pictures";

    /// <summary>Writes the files.</summary>
    /// <param name="model">The trained network.</param>
    /// <param name="config">The options.</param>
    /// <param name="cancellationToken">Stops between two batches of pictures to test on.</param>
    public void Write(Sequential model, JsonObject config, CancellationToken cancellationToken)
    {
        model.SaveWeights(_run.Model);
        model.SaveWeights(settings.Output);
        shown.Out.WriteLine($"weights written to {settings.Output}");
        HeldOutResults? results = batches.Test is null ? null : HeldOutResults.Of(model, batches.Test, cancellationToken);
        CurvesPlot.Save(history, _run.Curves);
        if (results is not null)
        {
            ConfusionMatrixPlot.Save(results.Matrix, PictureFolder.ClassNames, _run.Confusion);
            MistakesPicture.Save(results.Mistakes, PictureFolder.ClassNames, _run.Mistakes);
        }

        ReportPage.Write(_run, history, results, config, model, $"trained on {batches.Pictures.Cardinality:N0} {What} with {Backend.Default.Name}");
    }

    /// <summary>Says how well the network does.</summary>
    public void WriteSummary()
    {
        shown.Out.WriteLine($"report written to {_run.Report}");
        if (settings.Json)
        {
            JsonOption.Write(terminal, Document());
        }
        else if (batches.HeldOut is { } heldOut)
        {
            double accuracy = history["val_accuracy"][^1], loss = history["val_loss"][^1];
            shown.Out.WriteLine($"held-out accuracy {100 * accuracy:F1} % of {heldOut.Cardinality:N0} {What}, loss {loss:F4}");
        }
    }

    private JsonObject Document()
    {
        var document = new JsonObject
        {
            ["weights"] = settings.Output,
            ["report"] = _run.Report,
            ["epochs"] = JsonOption.List(history.Epoch.Select(epoch =>
            {
                var values = new JsonObject { ["epoch"] = epoch + 1 };
                foreach ((string name, double value) in history.Logs(epoch))
                    values[name] = JsonOption.Number(value);
                return (JsonNode?)values;
            })),
        };
        if (batches.HeldOut is { } heldOut)
        {
            document["held_out"] = new JsonObject
            {
                ["pictures"] = heldOut.Cardinality,
                ["loss"] = JsonOption.Number(history["val_loss"][^1]),
                ["accuracy"] = history["val_accuracy"][^1],
            };
        }

        JsonArray leftOut = DamageReport.ToJson(pictures.All);
        if (leftOut.Count > 0)
            document["left_out"] = leftOut;
        return document;
    }
}
