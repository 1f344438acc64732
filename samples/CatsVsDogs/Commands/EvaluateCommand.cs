using System.CommandLine;
using Numerics.Data;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs.Pictures;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>evaluate</c>: how well trained weights do on pictures.</summary>
internal static class EvaluateCommand
{
    private const int BatchSize = 32;

    public static Command Create(Terminal terminal)
    {
        Option<string?> weights = PathOption.Create("--weights", "FILE", "The file of weights, as train writes it.", required: true);
        Option<string?> data = PathOption.Create("--data", "DIR", "A folder with two in it, Cat and Dog; a .zip or .tar of them; or TFRecords.", required: true);
        var command = new Command("evaluate", "Shows how often the network is right on pictures.") { weights, data };
        var device = DeviceOption.AddTo(command);
        command.SetAction((arguments, cancellationToken) =>
        {
            device.Apply(arguments);
            Run(terminal.Out, arguments.GetValue(weights)!, arguments.GetValue(data)!, cancellationToken);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static void Run(TextWriter output, string weights, string data, CancellationToken cancellationToken)
    {
        ImageDataset pictures = PictureFolder.Open(data, seed: 0);
        using Sequential model = Network.Load(weights);
        IReadOnlyDictionary<string, double> result = model.Evaluate(pictures.Batch(BatchSize).Prefetch(), cancellationToken: cancellationToken);
        DamageReport.Write(output, pictures);
        output.WriteLine($"accuracy {100 * result["accuracy"]:F1} %  loss {result["loss"]:F4}  {pictures.Cardinality:N0} pictures");
    }
}
