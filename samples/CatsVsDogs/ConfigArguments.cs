using System.Text.Json;
using System.Text.Json.Nodes;
using Numerics.Samples.CatsVsDogs.Commands;
using Numerics.Samples.CatsVsDogs.Runs;

namespace Numerics.Samples.CatsVsDogs;

/// <summary>
/// Options out of files: <c>--config file.json</c> stands for the options in the file, <c>--resume</c> for those of the run. What is
/// given besides has precedence.
/// </summary>
internal static class ConfigArguments
{
    public const string Config = "--config";
    public const string Resume = "--resume";
    public const string RunDirectory = "--run-dir";
    public const string Output = "--output";

    /// <summary>The arguments with those of the files.</summary>
    /// <exception cref="UserException">A file is not there, or holds no options.</exception>
    public static string[] Expand(string[] args)
    {
        if (Value(args, Config) is { } file)
        {
            int at = Array.FindIndex(args, argument => IsOption(argument, Config));
            string[] others = [.. args.Where((_, i) => i != at && (i != at + 1 || args[at] != Config))];
            args = [.. others, .. Options(file, others)];
        }

        if (!args.Contains(Resume))
            return args;
        var run = new RunFolder(Value(args, RunDirectory) ?? RunFolder.DefaultFor(Value(args, Output) ?? TrainCommand.DefaultOutput));
        if (!File.Exists(run.Config))
            throw new UserException($"{run.Path}: no run to resume, there is no {Path.GetFileName(run.Config)}; {RunDirectory} names the folder");
        return [.. args, .. Options(run.Config, args)];
    }

    private static bool IsOption(string argument, string name) =>
        argument == name || argument.StartsWith(name + "=", StringComparison.Ordinal) || argument.StartsWith(name + ":", StringComparison.Ordinal);

    private static string? Value(string[] args, string name)
    {
        int at = Array.FindIndex(args, argument => IsOption(argument, name));
        if (at < 0)
            return null;
        return args[at].Length > name.Length ? args[at][(name.Length + 1)..] : at + 1 < args.Length ? args[at + 1] : null;
    }

    private static List<string> Options(string file, string[] given)
    {
        var options = new List<string>();
        foreach ((string key, JsonNode? value) in Read(file))
        {
            string name = $"--{key.Replace('_', '-')}";
            if (given.Any(argument => IsOption(argument, name)))
                continue;
            switch (value?.GetValueKind())
            {
                case null or JsonValueKind.False or JsonValueKind.Null:
                    break;
                case JsonValueKind.True:
                    options.Add(name);
                    break;
                case JsonValueKind.Number or JsonValueKind.String:
                    options.AddRange([name, value.ToString()]);
                    break;
                default:
                    throw new UserException($"{file}: '{key}': expected a number, a text, true or false");
            }
        }

        return options;
    }

    private static JsonObject Read(string file)
    {
        if (!File.Exists(file))
            throw new UserException($"{file}: no such file");
        try
        {
            return JsonNode.Parse(File.ReadAllText(file), null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }) as JsonObject
                ?? throw new UserException($"{file}: expected an object of options, such as {{ \"epochs\": 5 }}");
        }
        catch (JsonException error)
        {
            throw new UserException($"{file}: not JSON: {error.Message}", error);
        }
    }
}
