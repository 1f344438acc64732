using System.CommandLine;
using Numerics.Data;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary><c>--policy</c>: which files of a data set count.</summary>
internal static class PolicyOption
{
    /// <summary>Creates the option.</summary>
    /// <param name="acceptsStrict">Whether the first damaged file may be an error; a command that lists damage has no use for it.</param>
    public static Option<FilePolicy?> Create(bool acceptsStrict)
    {
        FilePolicy[] policies = [FilePolicy.Decodable, FilePolicy.Tfds, FilePolicy.Keras, .. acceptsStrict ? [FilePolicy.Strict] : Array.Empty<FilePolicy>()];
        string[] names = [.. policies.Select(policy => policy.ToString().ToLowerInvariant())];
        return new("--policy")
        {
            Description = "Which files count: all that can be decoded, or those that TensorFlow Datasets or the tutorial at keras.io takes"
                + (acceptsStrict ? "; strict stops at the first that is damaged." : "."),
            HelpName = string.Join('|', names),
            DefaultValueFactory = _ => FilePolicy.Decodable,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                int chosen = Array.FindIndex(names, name => name.Equals(result.Tokens[0].Value, StringComparison.OrdinalIgnoreCase));
                if (chosen >= 0)
                    return policies[chosen];
                result.AddError($"--policy: expected {string.Join(", ", names[..^1])} or {names[^1]}, got '{result.Tokens[0].Value}'");
                return null;
            },
        };
    }
}
