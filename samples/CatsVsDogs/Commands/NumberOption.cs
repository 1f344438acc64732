using System.CommandLine;
using System.Globalization;

namespace Numerics.Samples.CatsVsDogs.Commands;

/// <summary>Makes options that take a number and say clearly what they expect.</summary>
internal static class NumberOption
{
    /// <summary>An option.</summary>
    /// <param name="name">Its name, with dashes.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="expected">The numbers it takes, in words.</param>
    /// <param name="isValid">The numbers it takes.</param>
    /// <param name="defaultValue">What it is when not given; null when that depends.</param>
    public static Option<T?> Create<T>(string name, string description, string expected, Func<T, bool> isValid, T? defaultValue = null)
        where T : struct, IParsable<T>
    {
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = "N",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (T.TryParse(text, CultureInfo.InvariantCulture, out T value) && isValid(value))
                    return value;
                result.AddError($"{name}: expected {expected}, got '{text}'");
                return null;
            },
        };
        if (defaultValue is { } value)
            option.DefaultValueFactory = _ => value;
        return option;
    }

    /// <summary>An option for a count of at least 1.</summary>
    /// <inheritdoc cref="Create{T}"/>
    public static Option<int?> Count(string name, string description, int? defaultValue = null) =>
        Create(name, description, "a whole number of at least 1", (int value) => value >= 1, defaultValue);

    /// <summary>An option for a number of at least 0.</summary>
    /// <inheritdoc cref="Create{T}"/>
    public static Option<float?> NotNegative(string name, string description, float defaultValue) =>
        Create(name, description, "a number of at least 0", value => value >= 0 && float.IsFinite(value), (float?)defaultValue);
}
