using System.CommandLine;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary>Makes options that take a path.</summary>
internal static class PathOption
{
    /// <summary>An option.</summary>
    /// <param name="name">Its name, with dashes.</param>
    /// <param name="kind">What the path names, for the help: FILE or DIR.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="defaultValue">What it is when not given.</param>
    /// <param name="required">Whether it must be given.</param>
    public static Option<string?> Create(string name, string kind, string description, string? defaultValue = null, bool required = false)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = kind, Required = required, Arity = ArgumentArity.ExactlyOne };
        if (defaultValue is not null)
            option.DefaultValueFactory = _ => defaultValue;
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
                result.AddError($"{name}: expected a path, got nothing");
        });
        return option;
    }
}
