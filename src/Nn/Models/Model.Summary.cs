using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>The table of layers.</content>
public partial class Model
{
    private static readonly string[] s_titles = ["Layer (type)", "Output Shape", "Param #"];

    /// <summary>
    /// Writes the layers with their output shapes and numbers of weights as a table like Keras', and the totals with their
    /// sizes in memory.
    /// </summary>
    /// <param name="writer">Where to; the console when null.</param>
    public void Summary(TextWriter? writer = null)
    {
        writer ??= Console.Out;
        writer.WriteLine($"Model: \"{Name}\"");
        WriteTable(writer, [.. Layers.Select(layer => new[]
        {
            $"{layer.Name} ({layer.GetType().Name})",
            layer.OutputShape is { } shape ? ShapeText(shape) : "?",
            layer.Built ? Number(layer.CountParams()) : "0 (unbuilt)",
        })]);
        long trainable = Count(TrainableVariables), all = Count(Variables), optimizer = Count(Optimizer?.Variables ?? []);
        writer.WriteLine($" Total params: {Total(all + optimizer)}");
        writer.WriteLine($" Trainable params: {Total(trainable)}");
        writer.WriteLine($" Non-trainable params: {Total(all - trainable)}");
        if (optimizer > 0)
            writer.WriteLine($" Optimizer params: {Total(optimizer)}");
    }

    private static void WriteTable(TextWriter writer, string[][] rows)
    {
        // The least widths are those of Keras' 80-column table; longer names widen their column.
        int[] widths = [31, 22, 13];
        for (int i = 0; i < widths.Length; i++)
            widths[i] = rows.Select(row => row[i].Length).Append(widths[i]).Max();
        string Rule(char left, char line, char cross, char right) =>
            $"{left}{string.Join(cross, widths.Select(width => new string(line, width + 2)))}{right}";
        string Row(char bar, string[] cells) =>
            $"{bar} {cells[0].PadRight(widths[0])} {bar} {cells[1].PadRight(widths[1])} {bar} {cells[2].PadLeft(widths[2])} {bar}";

        writer.WriteLine(Rule('┏', '━', '┳', '┓'));
        writer.WriteLine(Row('┃', s_titles));
        writer.WriteLine(Rule('┡', '━', '╇', '┩'));
        for (int i = 0; i < rows.Length; i++)
        {
            if (i > 0)
                writer.WriteLine(Rule('├', '─', '┼', '┤'));
            writer.WriteLine(Row('│', rows[i]));
        }

        writer.WriteLine(Rule('└', '─', '┴', '┘'));
    }

    private static long Count(IReadOnlyList<Variable> variables) => variables.Sum(variable => (long)variable.Shape.Size);

    private static string ShapeText(Shape shape) => $"({shape.ToString()[1..^1]}{(shape.Rank == 1 ? "," : "")})";

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Total(long count)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        double size = count * (double)DType.Float32.Size();
        int unit = 0;
        while (size >= 1024 && unit < units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{count:N0} ({size:F2} {units[unit]})");
    }
}
