using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
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

    private static readonly JsonDocumentOptions Json = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>The arguments with those of the files.</summary>
    /// <param name="root">What the arguments are for.</param>
    /// <param name="args">The arguments.</param>
    /// <exception cref="UserException">A file is not there, or holds what are no options of the command.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static string[] Expand(RootCommand root, string[] args)
    {
        ParseResult given = root.Parse(args);
        if (given.CommandResult.Command == root)
            return args;
        if (Value(given, Config) is { } file)
        {
            args = [.. args, .. Options(file, root, given)];
            given = root.Parse(args);
        }

        if (given.GetResult(Resume) is not OptionResult { Implicit: false })
            return args;
        var run = new RunFolder(Value(given, RunDirectory) ?? RunFolder.DefaultFor(Value(given, Output) ?? TrainCommand.DefaultOutput));
        if (!File.Exists(run.Config))
            throw new UserException($"{run.Path}: no run to resume, there is no {Path.GetFileName(run.Config)}; {RunDirectory} names the folder");
        return [.. args, .. Options(run.Config, root, given)];
    }

    // None, or more than one, is for the parser to complain of.
    private static string? Value(ParseResult given, string option) =>
        given.GetResult(option) is OptionResult { Implicit: false, Tokens: [{ Value: { Length: > 0 } value }] } ? value : null;

    private static List<string> Options(string file, RootCommand root, ParseResult given)
    {
        Command command = given.CommandResult.Command;
        Option[] known = [.. command.Options, .. root.Options.Where(option => option.Recursive && option.Name != Config && option is not HelpOption)];
        var options = new List<string>();
        foreach ((string key, JsonNode? value) in Read(file))
        {
            string name = $"--{key.Replace('_', '-')}";
            if (known.FirstOrDefault(option => option.Name == name) is not { } option)
                throw new UserException($"{file}: '{key}': no option of {command.Name}; catsvsdogs {command.Name} --help lists them");
            string[] arguments = Arguments(file, key, option, value);
            if (root.Parse([command.Name, .. arguments]).Errors.FirstOrDefault(error => IsAbout(error, option)) is { } wrong)
                throw new UserException($"{file}: '{key}': {wrong.Message}");
            if (given.GetResult(option) is not { Implicit: false })
                options.AddRange(arguments);
        }

        return options;
    }

    private static string[] Arguments(string file, string key, Option option, JsonNode? value)
    {
        bool isSwitch = option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool);
        return (value?.GetValueKind(), isSwitch) switch
        {
            (null or JsonValueKind.Null, _) or (JsonValueKind.False, true) => [],
            (JsonValueKind.True, true) => [option.Name],
            (JsonValueKind.Number or JsonValueKind.String, false) => [option.Name, value!.ToString()],
            _ => throw new UserException($"{file}: '{key}': expected {(isSwitch ? "true or false" : "a number or a text")}, got {value!.ToJsonString()}"),
        };
    }

    private static bool IsAbout(ParseError error, Option option) =>
        (error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult)?.Option == option;

    private static JsonObject Read(string file)
    {
        if (!File.Exists(file))
            throw new UserException(Directory.Exists(file) ? $"{file}: a folder; {Config} names a file" : $"{file}: no such file");
        string content = File.ReadAllText(file);
        if (string.IsNullOrWhiteSpace(content))
            throw new UserException($"{file}: an empty file, expected an object of options, such as {{ \"epochs\": 5 }}");
        try
        {
            return JsonNode.Parse(content, null, Json) as JsonObject
                ?? throw new UserException($"{file}: expected an object of options, such as {{ \"epochs\": 5 }}");
        }
        catch (JsonException error)
        {
            throw new UserException($"{file}: not JSON: {error.Message}", error);
        }
    }
}
