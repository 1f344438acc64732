using System.Numerics;
using System.Runtime.CompilerServices;
using Numerics.CudaSimulator.Memory;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>
/// 32 threads. Each has its own place in the program; those that are furthest behind run together until they meet the others,
/// which makes structured code come together again.
/// </summary>
internal sealed class Warp(int rows)
{
    public const int Lanes = 32;

    private readonly ulong[] _registers = new ulong[rows * Lanes];
    private readonly int[] _places = new int[Lanes];
    private readonly int[] _barriers = new int[Lanes];

    /// <summary>The lanes that have a thread which has not ended.</summary>
    public uint Live { get; private set; }

    /// <summary>The lanes that wait at a barrier.</summary>
    public uint Waiting { get; private set; }

    // Lanes that came to an instruction of the whole warp before the others that take part.
    private uint _parked;

    public DeviceMemory Memory { get; private set; } = null!;

    public byte[] Arguments { get; private set; } = null!;

    public byte[] Shared { get; private set; } = null!;

    /// <summary>Where what is executed is counted, if it is.</summary>
    public KernelProfile? Profile { get; init; }

    /// <summary>The number of instructions run, each once for all its lanes.</summary>
    public long Steps { get; private set; }

    /// <summary>The 32 lanes of a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<ulong> Row(int row) => _registers.AsSpan(row, Lanes);

    public void Start(uint live, DeviceMemory memory, byte[] arguments, byte[] shared)
    {
        (Live, Waiting, Memory, Arguments, Shared) = (live, 0, memory, arguments, shared);
        _parked = 0;
        Array.Clear(_places);
    }

    public void Release()
    {
        Waiting = 0;
    }

    public void End(uint lanes) => Live &= ~lanes;

    public void Wait(uint lanes, int place)
    {
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
            _barriers[BitOperations.TrailingZeroCount(rest)] = place;
        Waiting |= lanes;
        uint first = (uint)_barriers[BitOperations.TrailingZeroCount(Waiting)];
        for (uint rest = Waiting; rest != 0; rest &= rest - 1)
        {
            if (_barriers[BitOperations.TrailingZeroCount(rest)] != first)
                throw new PtxException("the lanes of a warp wait at different barriers");
        }
    }

    /// <summary>Runs until every live lane waits at a barrier or has ended.</summary>
    public void Run(PtxInstruction[] program, long limit)
    {
        while ((Live & ~Waiting) != 0)
        {
            (uint group, int place, int next) = Furthest();
            int at = Run(program, group, place, next, limit);

            // Those of the group, and those that it met in an instruction of the whole warp and went on with.
            for (int lane = 0; lane < Lanes; lane++)
            {
                if (_places[lane] < 0)
                    _places[lane] = at;
            }
        }
    }

    // The lanes at the smallest place, that place, and the next one that other lanes stand at.
    private (uint Group, int Place, int Next) Furthest()
    {
        int place = int.MaxValue, next = int.MaxValue;
        uint ready = Live & ~Waiting & ~_parked, group = 0;
        if (ready == 0)
            throw new PtxException($"lanes {_parked:X8} of {Live:X8} wait in a shuffle or another instruction of the whole warp for others that do not come");
        for (uint rest = ready; rest != 0; rest &= rest - 1)
            place = Math.Min(place, _places[BitOperations.TrailingZeroCount(rest)]);
        for (uint rest = ready; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            if (_places[lane] == place)
                group |= 1u << lane;
            else
                next = Math.Min(next, _places[lane]);
        }

        return (group, place, next);
    }

    // Runs lanes together until they part, meet others, wait or end. Lanes whose place is not set yet have -1.
    private int Run(PtxInstruction[] program, uint group, int place, int next, long limit)
    {
        for (uint rest = group; rest != 0; rest &= rest - 1)
            _places[BitOperations.TrailingZeroCount(rest)] = -1;
        while (true)
        {
            if (place >= next)
                return place;
            if (++Steps > limit)
                throw new PtxException($"still running after {limit} instructions");
            PtxInstruction instruction = program[place];
            uint active = group;
            if (instruction.Guard >= 0)
                active &= Mask(instruction.Guard) ^ (instruction.GuardNegated ? uint.MaxValue : 0);
            Profile?.Count(this, place, active);
            try
            {
                switch (instruction)
                {
                    case BranchInstruction branch when active == group:
                        place = branch.Target;
                        continue;
                    case BranchInstruction branch when active != 0:
                        SetPlaces(active, branch.Target);
                        SetPlaces(group & ~active, place + 1);
                        return place;
                    case BranchInstruction:
                        break;
                    case ExitInstruction:
                        End(active);
                        if (active == group)
                            return place;
                        SetPlaces(group & ~active, place + 1);
                        return place;
                    case BarrierInstruction when active != 0:
                        SetPlaces(group, place + 1);
                        Wait(active, place);
                        return place;
                    case WarpInstruction whole when active == group && !whole.IsComplete(this, active):
                        active = group |= ParkedAt(place);
                        if (!whole.IsComplete(this, active))
                        {
                            SetPlaces(group, place);
                            _parked |= group;
                            return place;
                        }

                        _parked &= ~group;
                        SetPlaces(group, -1);
                        instruction.Execute(this, active);
                        break;
                    default:
                        if (active != 0)
                            instruction.Execute(this, active);
                        break;
                }
            }
            catch (Exception error) when (error is PtxException or DeviceMemoryException)
            {
                throw new PtxException($"line {instruction.Line}, '{instruction.Code}': {error.Message}", error);
            }

            place++;
        }
    }

    private uint ParkedAt(int place)
    {
        uint lanes = 0;
        for (uint rest = _parked; rest != 0; rest &= rest - 1)
        {
            int lane = BitOperations.TrailingZeroCount(rest);
            if (_places[lane] == place)
                lanes |= 1u << lane;
        }

        return lanes;
    }

    private void SetPlaces(uint lanes, int place)
    {
        for (; lanes != 0; lanes &= lanes - 1)
            _places[BitOperations.TrailingZeroCount(lanes)] = place;
    }

    private uint Mask(int row)
    {
        Span<ulong> values = Row(row);
        uint mask = 0;
        for (int lane = 0; lane < Lanes; lane++)
            mask |= (uint)(values[lane] & 1) << lane;
        return mask;
    }
}
