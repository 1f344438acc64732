using System.Numerics;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>What warps have executed of a kernel. A profile is written by one thread at a time.</summary>
public sealed class KernelProfile
{
    // The unit in which a device moves global memory.
    private const int SectorBytes = 32;

    private readonly PtxInstruction[] _program;
    private readonly long[] _issued;
    private readonly long[] _lanes;

    internal KernelProfile(PtxInstruction[] program)
    {
        _program = program;
        (_issued, _lanes) = (new long[program.Length], new long[program.Length]);
    }

    /// <summary>The instructions that were executed, by name.</summary>
    public IReadOnlyList<InstructionCount> Instructions =>
    [
        .. Enumerable.Range(0, _program.Length).Where(place => _issued[place] > 0).GroupBy(place => _program[place].Operation)
            .Select(group => new InstructionCount(group.Key, group.Sum(place => _issued[place]), group.Sum(place => _lanes[place]))),
    ];

    /// <summary>How many registers of 32 bits a thread needs at once, by an analysis of the text: what a device's compiler makes of it may differ.</summary>
    public int LiveRegisters => Ptx.LiveRegisters.Most(_program);

    /// <summary>How many sectors of 32 bytes the loads from global memory touched, each load of a warp by itself.</summary>
    public long LoadedSectors { get; private set; }

    /// <summary>How many sectors of 32 bytes the stores to global memory touched, each store of a warp by itself.</summary>
    public long StoredSectors { get; private set; }

    /// <summary>Notes that a warp issues an instruction, before it is executed.</summary>
    internal void Count(Warp warp, int place, uint active)
    {
        _issued[place]++;
        _lanes[place] += BitOperations.PopCount(active);
        if (_program[place] is GlobalMemoryInstruction access)
        {
            int sectors = Sectors(access, warp, active);
            if (access.IsStore)
                StoredSectors += sectors;
            else
                LoadedSectors += sectors;
        }
    }

    /// <summary>Adds what another thread has counted of the same kernel.</summary>
    internal void Add(KernelProfile other)
    {
        for (int place = 0; place < _program.Length; place++)
        {
            _issued[place] += other._issued[place];
            _lanes[place] += other._lanes[place];
        }

        LoadedSectors += other.LoadedSectors;
        StoredSectors += other.StoredSectors;
    }

    private static int Sectors(GlobalMemoryInstruction access, Warp warp, uint active)
    {
        Span<ulong> touched = stackalloc ulong[Warp.Lanes];
        int count = 0;
        for (; active != 0; active &= active - 1)
        {
            // Alignment keeps an access within one sector.
            ulong sector = access.Address(warp, BitOperations.TrailingZeroCount(active)) / SectorBytes;
            if (!touched[..count].Contains(sector))
                touched[count++] = sector;
        }

        return count;
    }
}
