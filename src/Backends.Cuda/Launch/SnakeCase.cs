using System.Text;

namespace Numerics.Backends.Cuda;

/// <summary>The names of ops as the kernels have them: LeakyRelu is leaky_relu.</summary>
internal static class SnakeCase
{
    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(letter));
        }

        return text.ToString();
    }

    /// <summary>For each value of an enumeration that counts from 0: a prefix and the value's name.</summary>
    public static string[] All<T>(string prefix)
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => prefix + Of(name))];
}
