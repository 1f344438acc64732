using System.Numerics;
using System.Runtime.CompilerServices;
using Numerics.CudaSimulator.Memory;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>ld.param, of one value or a vector.</summary>
internal sealed class LoadParameterInstruction(int[] rows, int address, int distance, int size) : PtxInstruction
{
    public override void Execute(Warp warp, uint active)
    {
        int bytes = size * rows.Length;
        Span<ulong> addresses = warp.Row(address);
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            ulong at = addresses[lane] + (ulong)distance;
            if (at + (ulong)bytes > (ulong)warp.Arguments.Length || at % (ulong)bytes != 0)
                throw new PtxException($"argument bytes {at} to {at + (ulong)bytes - 1} of {warp.Arguments.Length}");
            for (int i = 0; i < rows.Length; i++)
                warp.Row(rows[i])[lane] = MemoryWord.Read(ref warp.Arguments[at + (ulong)(i * size)], size);
        }
    }
}

/// <summary>An access to global memory.</summary>
internal abstract class GlobalMemoryInstruction(int address, int distance) : PtxInstruction
{
    public abstract bool IsStore { get; }

    public ulong Address(Warp warp, int lane) => warp.Row(address)[lane] + (ulong)distance;
}

/// <summary>ld.global, of one value or a vector.</summary>
internal sealed unsafe class LoadGlobalInstruction(int[] rows, int address, int distance, int size) : GlobalMemoryInstruction(address, distance)
{
    public override bool IsStore => false;

    private DeviceAllocation? _last;

    public override void Execute(Warp warp, uint active)
    {
        int bytes = size * rows.Length;
        DeviceAllocation? last = _last;
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            ulong at = Address(warp, lane);
            last = warp.Memory.Check(last, at, bytes);
            byte* place = last.At(at);
            for (int i = 0; i < rows.Length; i++)
                warp.Row(rows[i])[lane] = MemoryWord.Read(ref place[i * size], size);
        }

        _last = last;
    }
}

/// <summary>st.global, of one value or a vector.</summary>
internal sealed unsafe class StoreGlobalInstruction(int[] rows, int address, int distance, int size) : GlobalMemoryInstruction(address, distance)
{
    public override bool IsStore => true;

    private DeviceAllocation? _last;

    public override void Execute(Warp warp, uint active)
    {
        int bytes = size * rows.Length;
        DeviceAllocation? last = _last;
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            ulong at = Address(warp, lane);
            last = warp.Memory.Check(last, at, bytes);
            byte* place = last.At(at);
            for (int i = 0; i < rows.Length; i++)
                MemoryWord.Write(ref place[i * size], size, warp.Row(rows[i])[lane]);
        }

        _last = last;
    }
}

/// <summary>ld.shared.</summary>
internal sealed class LoadSharedInstruction(int[] rows, int address, int distance, int size) : PtxInstruction
{
    public override void Execute(Warp warp, uint active)
    {
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            int at = MemoryWord.SharedPlace(warp, warp.Row(address)[lane] + (ulong)distance, size * rows.Length);
            for (int i = 0; i < rows.Length; i++)
                warp.Row(rows[i])[lane] = MemoryWord.Read(ref warp.Shared[at + (i * size)], size);
        }
    }
}

/// <summary>st.shared.</summary>
internal sealed class StoreSharedInstruction(int[] rows, int address, int distance, int size) : PtxInstruction
{
    public override void Execute(Warp warp, uint active)
    {
        for (; active != 0; active &= active - 1)
        {
            int lane = BitOperations.TrailingZeroCount(active);
            int at = MemoryWord.SharedPlace(warp, warp.Row(address)[lane] + (ulong)distance, size * rows.Length);
            for (int i = 0; i < rows.Length; i++)
                MemoryWord.Write(ref warp.Shared[at + (i * size)], size, warp.Row(rows[i])[lane]);
        }
    }
}

/// <summary>Words of 1, 2, 4 or 8 bytes in memory.</summary>
internal static class MemoryWord
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ref byte at, int size) => size switch
    {
        4 => Unsafe.ReadUnaligned<uint>(ref at),
        8 => Unsafe.ReadUnaligned<ulong>(ref at),
        2 => Unsafe.ReadUnaligned<ushort>(ref at),
        _ => at,
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ref byte at, int size, ulong value)
    {
        switch (size)
        {
            case 4:
                Unsafe.WriteUnaligned(ref at, (uint)value);
                break;
            case 8:
                Unsafe.WriteUnaligned(ref at, value);
                break;
            case 2:
                Unsafe.WriteUnaligned(ref at, (ushort)value);
                break;
            default:
                at = (byte)value;
                break;
        }
    }

    public static int SharedPlace(Warp warp, ulong address, int bytes)
    {
        if (address + (ulong)bytes > (ulong)warp.Shared.Length)
            throw new PtxException($"shared address {address} of {bytes} bytes; the block has {warp.Shared.Length}");
        if (address % (ulong)bytes != 0)
            throw new PtxException($"misaligned shared address {address} of {bytes} bytes");
        return (int)address;
    }
}
