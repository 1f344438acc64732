using System.Globalization;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>Reads PTX as compilers write it: a directive, label or instruction a line.</summary>
internal sealed class PtxParser(string text)
{
    private readonly string[] _lines = text.ReplaceLineEndings("\n").Split('\n');
    private readonly Dictionary<string, PtxKernel> _kernels = [];
    private readonly List<(string Name, int Size, int Alignment)> _shared = [];

    public IReadOnlyDictionary<string, PtxKernel> Kernels()
    {
        int line = 0;
        while (line < _lines.Length)
        {
            string statement = Code(line);
            if (statement.Length == 0 || StartsWithAny(statement, ".version", ".target", ".address_size"))
                line++;
            else if (statement.StartsWith(".shared", StringComparison.Ordinal))
                _shared.Add(Array(statement, line++));
            else if (statement.Contains(".entry ", StringComparison.Ordinal))
                line = Kernel(line);
            else
                throw Unknown(line);
        }

        return _kernels;
    }

    private int Kernel(int line)
    {
        string head = Code(line);
        string name = head[(head.IndexOf(".entry ", StringComparison.Ordinal) + 7)..].TrimEnd('(', ')', ' ');
        bool open = !head.EndsWith(')');
        var parameters = new List<PtxParameter>();
        int offset = 0;
        for (line++; open; line++)
        {
            string code = Code(line);
            if (code == ")")
                break;
            if (code.Length == 0)
                continue;
            (string parameter, int size, int alignment) = code.Contains('[') ? Array(code, line) : Scalar(code, line);
            offset = (offset + alignment - 1) / alignment * alignment;
            parameters.Add(new PtxParameter(parameter, offset, size));
            offset += size;
        }

        if (open)
            line++;
        var builder = new KernelBuilder(name, parameters, offset, _shared);
        for (; Code(line) != "}"; line++)
        {
            string code = Code(line);
            // A pragma is a hint to the optimiser, and so is how many blocks there shall be room for.
            if (code.Length == 0 || code == "{" || code.StartsWith(".pragma", StringComparison.Ordinal)
                || code.StartsWith(".minnctapersm", StringComparison.Ordinal))
                continue;
            if (code.StartsWith(".maxntid", StringComparison.Ordinal))
                builder.MaxThreads = MaxThreads(code);
            else if (code.StartsWith(".reg", StringComparison.Ordinal))
                builder.DeclareRegisters(code);
            else if (code.StartsWith(".shared", StringComparison.Ordinal))
                builder.DeclareShared(Array(code, line));
            else if (code.StartsWith("{ .reg", StringComparison.Ordinal))
                AddScoped(builder, line);
            else if (code.EndsWith(':'))
                builder.Label(code[..^1]);
            else if (code.EndsWith(';') && code[0] != '.')
                Add(builder, Code(line)[..^1].Trim(), line);
            else
                throw Unknown(line);
        }

        _kernels[name] = builder.Build();
        return line + 1;
    }

    // { .reg .b32 tmp; mov.b64 {tmp, %r26}, %rd7; }
    private void AddScoped(KernelBuilder builder, int line)
    {
        string[] statements = Code(line)[1..^1].Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        builder.DeclareRegister(statements[0].Split(' ')[^1]);
        foreach (string statement in statements.AsSpan(1))
            Add(builder, statement, line);
    }

    private static void Add(KernelBuilder builder, string code, int line)
    {
        try
        {
            builder.Instruction(code, line + 1);
        }
        catch (Exception error) when (error is KeyNotFoundException or FormatException or IndexOutOfRangeException or ArgumentException)
        {
            throw new PtxException($"line {line + 1}: cannot execute '{code}': {error.Message}", error);
        }
    }

    private static int MaxThreads(string code) =>
        code[8..].Split(',').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).Aggregate(1, (a, b) => a * b);

    // .shared .align 4 .b8 name[128];   .param .align 4 .b8 name[196],
    private (string Name, int Size, int Alignment) Array(string code, int line)
    {
        string[] words = code.TrimEnd(';', ',').Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        int open = words[^1].IndexOf('[', StringComparison.Ordinal);
        if (open < 0 || words[^2] != ".b8" || words[1] != ".align")
            throw Unknown(line);
        int size = int.Parse(words[^1].AsSpan(open + 1, words[^1].Length - open - 2), CultureInfo.InvariantCulture);
        return (words[^1][..open], size, int.Parse(words[2], CultureInfo.InvariantCulture));
    }

    // .param .u64 name,
    private (string Name, int Size, int Alignment) Scalar(string code, int line)
    {
        string[] words = code.TrimEnd(',').Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 3 || words[0] != ".param")
            throw Unknown(line);
        int size = int.Parse(words[1].AsSpan(2), CultureInfo.InvariantCulture) / 8;
        return (words[2], size, size);
    }

    private string Code(int line)
    {
        if (line >= _lines.Length)
            throw new PtxException($"line {line}: the text ends inside a kernel");
        string code = _lines[line];
        int comment = code.IndexOf("//", StringComparison.Ordinal);
        return (comment < 0 ? code : code[..comment]).Trim();
    }

    private PtxException Unknown(int line) => new($"line {line + 1}: unknown directive '{Code(line)}'");

    private static bool StartsWithAny(string code, params ReadOnlySpan<string> prefixes)
    {
        foreach (string prefix in prefixes)
        {
            if (code.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
