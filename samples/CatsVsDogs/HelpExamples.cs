using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Numerics.Samples.CatsVsDogs;

/// <summary>Examples below each command's help.</summary>
/// <param name="help">The help itself.</param>
internal sealed class HelpExamples(HelpAction help) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> s_examples = new()
    {
        ["train"] =
        [
            "catsvsdogs train", "catsvsdogs train --data PetImages --epochs 20 --learning-rate 0.0005",
            "catsvsdogs train --data PetImages --save-freq 100 --output pets.safetensors", "catsvsdogs train --resume --run-dir pets-run",
        ],
        ["evaluate"] = ["catsvsdogs evaluate --weights pets.safetensors --data test --plots plots", "catsvsdogs evaluate --weights pets.safetensors --data test.zip --json"],
        ["predict"] = ["catsvsdogs predict --weights pets.safetensors cat.jpg dog.png", "catsvsdogs predict --weights pets.safetensors --json --grad-cam heat *.jpg"],
        ["prepare"] = ["catsvsdogs prepare"],
        ["data"] = ["catsvsdogs data --data PetImages"],
        ["imbalance"] = ["catsvsdogs imbalance --rarity 20 --seeds 3"],
        ["bench"] = ["catsvsdogs bench --profile"],
        ["info"] = ["catsvsdogs info --json"],
    };

    /// <summary>Help is shown whatever else is missing.</summary>
    public override bool ClearsParseErrors => true;

    /// <summary>Puts the examples below the help of a command and those inside it.</summary>
    public static void AddTo(RootCommand root)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        option.Action = new HelpExamples((HelpAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        string name = parseResult.CommandResult.Command.Name;
        string[] examples = parseResult.CommandResult.Command is RootCommand
            ? ["catsvsdogs train", "catsvsdogs predict --weights catsvsdogs.safetensors cat.jpg", "catsvsdogs train --help"]
            : s_examples.GetValueOrDefault(name, []);
        if (examples.Length == 0)
            return code;
        output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
        foreach (string example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}
