using System.Reflection;
using System.Reflection.Emit;

namespace Numerics.Backends.Cpu.Tests;

/// <summary>
/// Loops over elements are compiled with optimization at their first call: compiled quickly at first, they call a method for each vector until they are
/// compiled again, many steps later. Methods that are taken into their callers are compiled with these.
/// </summary>
public sealed class CompiledAtOnceTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private const MethodImplAttributes AtOnce = MethodImplAttributes.AggressiveOptimization | MethodImplAttributes.AggressiveInlining;

    private static readonly Dictionary<short, OpCode> s_opCodes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    [Fact]
    public void Work_of_shards() => AllAreAtOnce(method =>
        method.Name == nameof(IShardedWork.Run) && !method.IsAbstract && method.DeclaringType!.IsAssignableTo(typeof(IShardedWork)));

    [Fact]
    public void Loops_over_elements() => AllAreAtOnce(method =>
        method.GetParameters().Any(parameter => parameter.ParameterType.IsPointer) && method.DeclaringType != typeof(CpuBackend) && HasLoop(method));

    private static void AllAreAtOnce(Func<MethodInfo, bool> isMeant)
    {
        string[] late = [.. typeof(CpuBackend).Assembly.GetTypes().SelectMany(type => type.GetMethods(Declared)).Where(isMeant)
            .Where(method => (method.MethodImplementationFlags & AtOnce) == 0)
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}")];
        Assert.True(late.Length == 0, $"without AggressiveOptimization: {string.Join(", ", late)}");
    }

    // Whether a jump goes back.
    private static bool HasLoop(MethodInfo method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int at = 0; at < code.Length;)
        {
            int length = code[at] == 0xFE ? 2 : 1;
            OpCode opCode = s_opCodes[length == 2 ? (short)((0xFE << 8) | code[at + 1]) : code[at]];
            at += length;
            if (opCode.OperandType == OperandType.InlineBrTarget && BitConverter.ToInt32(code, at) < 0)
                return true;
            if (opCode.OperandType == OperandType.ShortInlineBrTarget && (sbyte)code[at] < 0)
                return true;
            at += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }

        return false;
    }
}
