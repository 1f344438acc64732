using System.Text.RegularExpressions;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>
/// How many registers of 32 bits hold something that is still needed, where a kernel holds most, in the order of its text. A device's compiler
/// moves instructions and makes constants and addresses anew, so that it is an estimate of what it will need; registers bound how
/// many warps a multiprocessor has. Predicates have registers of their own.
/// </summary>
internal static partial class LiveRegisters
{
    public static int Most(IReadOnlyList<PtxInstruction> program)
    {
        var numbers = new Dictionary<string, int>();
        var sizes = new List<int>();
        (int[] Read, int[] Written)[] registers = [.. program.Select(instruction => (Numbers(Read(instruction)), Numbers(Written(instruction))))];
        var before = new ulong[program.Count + 1][];
        for (int i = 0; i <= program.Count; i++)
            before[i] = new ulong[(sizes.Count + 63) / 64];

        // Backwards, until loops have nothing to add.
        var after = new ulong[before[0].Length];
        int most = 0;
        for (bool changed = true; changed;)
        {
            changed = false;
            most = 0;
            for (int i = program.Count - 1; i >= 0; i--)
            {
                PtxInstruction instruction = program[i];
                bool goesOn = instruction.Guard >= 0 || instruction is not (BranchInstruction or ExitInstruction);
                Array.Clear(after);
                if (goesOn)
                    Join(after, before[i + 1]);
                if (instruction is BranchInstruction branch)
                    Join(after, before[branch.Target]);
                foreach (int register in registers[i].Written)
                    after[register / 64] |= 1ul << register;
                most = Math.Max(most, Size(after));

                // What is written under a condition may keep its old value.
                if (instruction.Guard < 0)
                {
                    foreach (int register in registers[i].Written)
                        after[register / 64] &= ~(1ul << register);
                }

                foreach (int register in registers[i].Read)
                    after[register / 64] |= 1ul << register;
                changed |= Join(before[i], after);
            }
        }

        return most;

        int[] Numbers(IEnumerable<string> names) => [.. names.Select(Number)];

        int Number(string name)
        {
            if (!numbers.TryGetValue(name, out int number))
            {
                numbers[name] = number = sizes.Count;
                sizes.Add(name.StartsWith("%rd", StringComparison.Ordinal) || name.StartsWith("%fd", StringComparison.Ordinal) ? 2 : 1);
            }

            return number;
        }

        int Size(ulong[] set)
        {
            int size = 0;
            for (int register = 0; register < sizes.Count; register++)
                size += (set[register / 64] >> register & 1) != 0 ? sizes[register] : 0;
            return size;
        }
    }

    private static bool Join(ulong[] set, ulong[] other)
    {
        bool changed = false;
        for (int i = 0; i < set.Length; i++)
        {
            changed |= (other[i] & ~set[i]) != 0;
            set[i] |= other[i];
        }

        return changed;
    }

    // The first operand is written, but by what has no result; braces hold the parts of one operand.
    private static int EndOfWritten(PtxInstruction instruction)
    {
        string code = instruction.Code;
        if (instruction is ControlInstruction || instruction.Operation.StartsWith("st.", StringComparison.Ordinal))
            return 0;
        int open = code.IndexOf('{', StringComparison.Ordinal), comma = code.IndexOf(',', StringComparison.Ordinal);
        return open >= 0 && open < comma ? code.IndexOf('}', StringComparison.Ordinal) : Math.Max(comma, 0);
    }

    private static IEnumerable<string> Written(PtxInstruction instruction) => Registers(instruction.Code[..EndOfWritten(instruction)]);

    private static IEnumerable<string> Read(PtxInstruction instruction) => Registers(instruction.Code[EndOfWritten(instruction)..]);

    private static IEnumerable<string> Registers(string text) => Register().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"%(rd|fd|rs|r|f|h|hh)\d+\b")]
    private static partial Regex Register();
}
