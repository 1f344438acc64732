using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Numerics.Data;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs.Pictures;
using Numerics.Samples.CatsVsDogs.Plots;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>predict</c>: what pictures show.</summary>
internal sealed class PredictCommand
{
    private readonly Option<string?> _weights = PathOption.Create("--weights", "FILE", "The file of weights, as train writes it.", required: true);
    private readonly Option<bool> _json = JsonOption.Create("the probabilities");
    private readonly Option<string?> _gradCam = PathOption.Create(
        "--grad-cam", "DIR", "Draw for each picture where the network sees what it says, as a heat map over the picture (Grad-CAM).");

    private readonly Argument<string[]> _files = new("PICTURE")
    {
        Description = "JPEG, PNG, BMP, GIF or WebP files.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Terminal _terminal;

    private PredictCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var predict = new PredictCommand(terminal);
        predict._files.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
                result.AddError("PICTURE: expected a path, got nothing");
        });
        var command = new Command("predict", "Says what pictures show.") { predict._weights, predict._json, predict._gradCam, predict._files };
        var device = DeviceOption.AddTo(command);
        command.SetAction((arguments, cancellationToken) =>
        {
            device.Apply(arguments);
            return Task.FromResult(predict.Run(arguments, cancellationToken));
        });
        return command;
    }

    private int Run(ParseResult arguments, CancellationToken cancellationToken)
    {
        using Sequential model = Network.Load(arguments.GetValue(_weights)!);
        string? heatMaps = arguments.GetValue(_gradCam);
        if (heatMaps is not null)
            OutputFolder.Create(heatMaps, "--grad-cam");
        bool json = arguments.GetValue(_json);
        var answers = new JsonArray();
        int code = ExitCode.Success, number = 0;
        foreach (string file in arguments.GetValue(_files)!)
        {
            cancellationToken.ThrowIfCancellationRequested();
            number++;
            try
            {
                NDArray picture = Image.Load(file, PictureFolder.ImageSize);
                NDArray batch = picture.Reshape(picture.Shape.Prepend(1));
                float[] shares = model.PredictOnBatch(batch).ToFloats();
                string? heatMap = heatMaps is null ? null : DrawHeatMap(model, batch, shares, HeatMapPicture.PathFor(heatMaps, file, number));
                if (json)
                    answers.Add((JsonNode)ToJson(file, shares, heatMap));
                else
                    _terminal.Out.WriteLine($"{string.Join("  ", PictureFolder.ClassNames.Zip(shares, Share))}  {file}");
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                string reason = exception is FileNotFoundException or DirectoryNotFoundException ? $"{file}: no such file" : exception.Message;
                _terminal.Error.WriteLine($"error: {reason}");
                code = ExitCode.Failure;
            }
        }

        if (json)
            JsonOption.Write(_terminal, answers);
        else if (heatMaps is not null)
            _terminal.Out.WriteLine($"heat maps drawn into {heatMaps}");
        return code;
    }

    private static string Share(string name, float share) => string.Create(CultureInfo.InvariantCulture, $"{name} {100 * share,5:F1} %");

    private static JsonObject ToJson(string file, float[] shares, string? heatMap)
    {
        var probabilities = new JsonObject();
        foreach ((string name, float share) in PictureFolder.ClassNames.Zip(shares))
            probabilities[name] = share;
        var answer = new JsonObject
        {
            ["file"] = file,
            ["class"] = PictureFolder.ClassNames[Array.IndexOf(shares, shares.Max())],
            ["probabilities"] = probabilities,
        };
        if (heatMap is not null)
            answer["heat_map"] = heatMap;
        return answer;
    }

    private static string DrawHeatMap(Sequential model, NDArray batch, float[] shares, string path)
    {
        int said = Array.IndexOf(shares, shares.Max());
        NDArray heat = GradCam.Compute(model, batch, [said]);
        string text = $"{Share(PictureFolder.ClassNames[said], shares[said]).Replace("  ", " ", StringComparison.Ordinal)}: what speaks for it";
        HeatMapPicture.Save(batch.Reshape(new Shape(batch.Shape.Dims[1..])), heat.Reshape(new Shape(heat.Shape.Dims[1..])), text, path);
        return path;
    }
}
