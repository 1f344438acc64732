using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>The table of layers.</content>
public partial class Model
{
    private static readonly Column s_layer = new("Layer (type)", 31, false);
    private static readonly Column s_output = new("Output Shape", 22, false);
    private static readonly Column s_params = new("Param #", 13, true);
    private static readonly Column s_connections = new("Connected to", 22, false);

    /// <summary>
    /// Writes the layers with their output shapes and numbers of weights as a table like Keras', and the totals with their
    /// sizes in memory. A model whose layers are no chain has a column of what each layer reads besides: a layer, which of its calls,
    /// and which output of that.
    /// </summary>
    /// <param name="writer">Where to; the console when null.</param>
    public void Summary(TextWriter? writer = null)
    {
        writer ??= Console.Out;
        writer.WriteLine($"Model: \"{Name}\"");
        bool chain = _graph?.IsChain ?? true;
        Column[] columns = chain ? [s_layer, s_output, s_params] : [s_layer, s_output, s_params, s_connections];
        WriteTable(writer, columns, [.. Layers.Select(layer =>
        {
            string[] cells =
            [
                $"{layer.Name} ({layer.GetType().Name})",
                layer.OutputShape is { } shape ? ShapeText(shape) : "?",
                layer.Built ? Number(layer.CountParams()) : "0 (unbuilt)",
            ];
            return chain ? cells : [.. cells, Connections(layer)];
        })]);
        long trainable = Count(TrainableVariables), all = Count(Variables), optimizer = Count(Optimizer?.Variables ?? []);
        writer.WriteLine($" Total params: {Total(all + optimizer)}");
        writer.WriteLine($" Trainable params: {Total(trainable)}");
        writer.WriteLine($" Non-trainable params: {Total(all - trainable)}");
        if (optimizer > 0)
            writer.WriteLine($" Optimizer params: {Total(optimizer)}");
    }

    private static void WriteTable(TextWriter writer, Column[] columns, string[][] rows)
    {
        // The least widths are those of Keras' 80-column table; longer names widen their column. Cells may have several lines.
        string[][][] cells = [.. rows.Select(row => row.Select(cell => cell.Split('\n')).ToArray())];
        int[] widths = [.. columns.Select((column, i) => cells.SelectMany(row => row[i]).Select(line => line.Length).Append(column.Width).Max())];
        string Rule(char left, char line, char cross, char right) =>
            $"{left}{string.Join(cross, widths.Select(width => new string(line, width + 2)))}{right}";
        string Row(char bar, IEnumerable<string> line) =>
            bar + string.Concat(line.Select((cell, i) => $" {(columns[i].Right ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))} {bar}"));

        writer.WriteLine(Rule('┏', '━', '┳', '┓'));
        writer.WriteLine(Row('┃', columns.Select(column => column.Title)));
        writer.WriteLine(Rule('┡', '━', '╇', '┩'));
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0)
                writer.WriteLine(Rule('├', '─', '┼', '┤'));
            for (int line = 0; line < cells[i].Max(cell => cell.Length); line++)
                writer.WriteLine(Row('│', cells[i].Select(cell => line < cell.Length ? cell[line] : "")));
        }

        writer.WriteLine(Rule('└', '─', '┴', '┘'));
    }

    private string Connections(Layer layer)
    {
        string[] read =
        [
            .. _graph!.Nodes.Where(node => node.Layer == layer && !Inputs.Contains(node.Outputs[0])).SelectMany(node => node.Inputs).Select(
                tensor => string.Create(
                    CultureInfo.InvariantCulture, $"{tensor.Layer.Name}[{tensor.Node.Number}][{tensor.Index}]")),
        ];
        return read.Length == 0 ? "-" : string.Join(",\n", read);
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

    private readonly record struct Column(string Title, int Width, bool Right);
}
