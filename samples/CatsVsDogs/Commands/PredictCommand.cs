using System.CommandLine;
using Numerics.Data;
using Numerics.Nn;
using Numerics.Samples.CatsVsDogs.Pictures;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>predict</c>: what pictures show.</summary>
internal static class PredictCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<string?> weights = PathOption.Create("--weights", "FILE", "The file of weights, as train writes it.", required: true);
        Argument<string[]> files = new("PICTURE") { Description = "JPEG, PNG, BMP, GIF or WebP files.", Arity = ArgumentArity.OneOrMore };
        files.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
                result.AddError("PICTURE: expected a path, got nothing");
        });
        var command = new Command("predict", "Says what pictures show.") { weights, files };
        var device = DeviceOption.AddTo(command);
        command.SetAction((arguments, cancellationToken) =>
        {
            device.Apply(arguments);
            return Task.FromResult(Run(terminal, arguments.GetValue(weights)!, arguments.GetValue(files)!, cancellationToken));
        });
        return command;
    }

    private static int Run(Terminal terminal, string weights, string[] files, CancellationToken cancellationToken)
    {
        using Sequential model = Network.Load(weights);
        int code = ExitCode.Success;
        foreach (string file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                NDArray picture = Image.Load(file, PictureFolder.ImageSize);
                float[] shares = model.Predict(picture.Reshape(picture.Shape.Prepend(1)), cancellationToken: cancellationToken).ToFloats();
                string answer = string.Join("  ", PictureFolder.ClassNames.Zip(shares, (name, share) => $"{name} {100 * share,5:F1} %"));
                terminal.Out.WriteLine($"{answer}  {file}");
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                string reason = exception is FileNotFoundException or DirectoryNotFoundException ? $"{file}: no such file" : exception.Message;
                terminal.Error.WriteLine($"error: {reason}");
                code = ExitCode.Failure;
            }
        }

        return code;
    }
}
