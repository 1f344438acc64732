using System.Globalization;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>
/// Collects the instructions of a kernel. Registers, constants and special registers all become rows of 32 lanes in one file, so
/// that an instruction sees nothing but row numbers.
/// </summary>
internal sealed class KernelBuilder
{
    private const int Lanes = 32;

    private readonly string _name;
    private readonly IReadOnlyList<PtxParameter> _parameters;
    private readonly int _parameterBytes;
    private readonly Dictionary<string, int> _registers = [];
    private readonly Dictionary<ulong, int> _constants = [];
    private readonly Dictionary<string, int> _special = [];
    private readonly Dictionary<string, int> _labels = [];
    private readonly Dictionary<string, int> _shared = [];
    private readonly List<PtxInstruction> _instructions = [];
    private readonly List<(BranchInstruction Branch, string Label)> _branches = [];
    private int _rows;
    private int _sharedBytes;

    public KernelBuilder(string name, IReadOnlyList<PtxParameter> parameters, int parameterBytes, IEnumerable<(string, int, int)> shared)
    {
        (_name, _parameters, _parameterBytes) = (name, parameters, parameterBytes);
        foreach ((string, int, int) array in shared)
            DeclareShared(array);
    }

    public int MaxThreads { get; set; } = 1024;

    /// <summary>.reg .b32 %r&lt;43>;</summary>
    public void DeclareRegisters(string code)
    {
        int open = code.IndexOf('<', StringComparison.Ordinal);
        string prefix = code[code.IndexOf('%', StringComparison.Ordinal)..open];
        int count = int.Parse(code.AsSpan(open + 1, code.IndexOf('>', StringComparison.Ordinal) - open - 1), CultureInfo.InvariantCulture);
        for (int i = 0; i < count; i++)
            _registers[string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}")] = Lanes * _rows++;
    }

    /// <summary>A register of one name, for the statements behind it.</summary>
    public void DeclareRegister(string name) => _registers[name] = Lanes * _rows++;

    public void DeclareShared((string Name, int Size, int Alignment) array)
    {
        _sharedBytes = (_sharedBytes + array.Alignment - 1) / array.Alignment * array.Alignment;
        _shared[array.Name] = _sharedBytes;
        _sharedBytes += array.Size;
    }

    public void Label(string name) => _labels[name] = _instructions.Count;

    /// <summary>Adds an instruction without its semicolon: an optional guard, the operation, operands.</summary>
    public void Instruction(string code, int line)
    {
        int guard = -1;
        bool negated = false;
        if (code[0] == '@')
        {
            negated = code[1] == '!';
            int end = code.IndexOfAny([' ', '\t']);
            guard = _registers[code[(negated ? 2 : 1)..end]];
            code = code[end..].Trim();
        }

        int space = code.IndexOfAny([' ', '\t']);
        string operation = space < 0 ? code : code[..space];
        string[] operands = space < 0 ? [] : Operands(code[space..]);
        PtxInstruction instruction = InstructionTable.Create(operation, operands, this);
        if (instruction is BranchInstruction branch)
            _branches.Add((branch, operands[0]));
        instruction.Place(guard, negated, line, code);
        _instructions.Add(instruction);
    }

    public PtxKernel Build()
    {
        foreach ((BranchInstruction branch, string label) in _branches)
            branch.Target = _labels[label];

        // A special register is filled for each warp, a constant once.
        return new PtxKernel(_name, _parameters, _parameterBytes, [.. _instructions], _rows, _constants, _special, _sharedBytes, MaxThreads);
    }

    /// <summary>The row of an operand that is read: a register, a special register, a number, the address of shared memory.</summary>
    public int Source(string operand)
    {
        if (_registers.TryGetValue(operand, out int row))
            return row;
        if (operand[0] == '%')
            return _special.TryGetValue(operand, out row) ? row : _special[operand] = SpecialRow(operand);
        if (_parameters.FirstOrDefault(parameter => parameter.Name == operand) is { } parameter)
            return Constant((ulong)parameter.Offset);
        return Constant(_shared.TryGetValue(operand, out int address) ? (ulong)address : Number(operand));
    }

    /// <summary>The row of an operand that is written.</summary>
    public int Target(string operand) => _registers[operand];

    /// <summary>[%rd1+16], [name+4]: the row of the base, and the distance. A name stands for its place in shared memory or among the arguments.</summary>
    public (int Row, int Distance) Address(string operand)
    {
        string inside = operand[1..^1].Trim();
        int plus = inside.IndexOf('+', StringComparison.Ordinal);
        int distance = plus < 0 ? 0 : int.Parse(inside.AsSpan(plus + 1), CultureInfo.InvariantCulture);
        return (Source(plus < 0 ? inside : inside[..plus]), distance);
    }

    private int SpecialRow(string name) => SpecialRegisters.Exists(name) ? Lanes * _rows++ : throw new KeyNotFoundException($"unknown register {name}");

    private int Constant(ulong bits)
    {
        if (!_constants.TryGetValue(bits, out int row))
            _constants[bits] = row = Lanes * _rows++;
        return row;
    }

    // 0f3F800000 and 0d3FF0000000000000 are the bits of floats.
    private static ulong Number(string operand)
    {
        if (operand.StartsWith("0f", StringComparison.Ordinal) || operand.StartsWith("0d", StringComparison.Ordinal))
            return ulong.Parse(operand.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return operand[0] == '-'
            ? (ulong)long.Parse(operand, CultureInfo.InvariantCulture)
            : ulong.Parse(operand, CultureInfo.InvariantCulture);
    }

    // Commas inside braces separate the parts of one vector.
    private static string[] Operands(string code)
    {
        var operands = new List<string>();
        int start = 0, depth = 0;
        for (int i = 0; i <= code.Length; i++)
        {
            if (i == code.Length || (code[i] == ',' && depth == 0))
            {
                operands.Add(code[start..i].Trim());
                start = i + 1;
            }
            else if (code[i] is '{')
            {
                depth++;
            }
            else if (code[i] is '}')
            {
                depth--;
            }
        }

        return [.. operands];
    }
}
