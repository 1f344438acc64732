using System.Text.RegularExpressions;

namespace Numerics.Formats;

/// <summary>The names that Keras makes of class names: <c>MaxPooling2D</c> is <c>max_pooling2d</c>.</summary>
internal static partial class SnakeCase
{
    /// <summary>Keras' <c>to_snake_case</c> (keras/src/utils/naming.py), step by step, as paths in weight files depend on it.</summary>
    public static string Of(string className)
    {
        string name = NoWord().Replace(className, "");
        name = WordStart().Replace(name, "$1_$2");
        return CaseChange().Replace(name, "$1_$2").ToLowerInvariant();
    }

    [GeneratedRegex(@"\W+")]
    private static partial Regex NoWord();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex WordStart();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex CaseChange();
}
