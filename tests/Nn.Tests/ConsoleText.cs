namespace Numerics.Nn.Tests;

/// <summary>What a piece of code writes to the console.</summary>
internal static class ConsoleText
{
    /// <summary>The text on the output and on the error stream.</summary>
    public static (string Out, string Error) Of(Action action)
    {
        (TextWriter output, TextWriter error) = (Console.Out, Console.Error);
        using StringWriter text = new() { NewLine = "\n" }, errors = new() { NewLine = "\n" };
        Console.SetOut(text);
        Console.SetError(errors);
        try
        {
            action();
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }

        return (text.ToString(), errors.ToString());
    }
}
