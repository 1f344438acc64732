using System.Runtime.CompilerServices;
using Numerics.Tensors;

namespace Numerics.Backends.Cpu;

/// <summary>
/// Packs chosen taps of a kernel, transposed, for the input gradient: steps are output channels tap by tap, columns are
/// input channels. A shard is one panel of one group.
/// </summary>
internal readonly unsafe struct PackTapsWork(PackedPanels panels, Conv2DGeometry g, float* kernel, int* taps, int tapCount) : IShardedWork
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int shard)
    {
        (int group, int panel) = Math.DivRem(shard, panels.Count);
        var target = new PackedPanels(panels.Data + (group * PackedPanels.Size(panels.Rows, panels.Columns)), panels.Rows, panels.Columns);
        for (int tap = 0; tap < tapCount; tap++)
        {
            int firstRow = tap * g.GroupOutChannels;
            float* source = kernel + ((nint)taps[tap] * g.GroupInChannels * g.OutChannels) + (group * g.GroupOutChannels);
            target.Pack(panel, firstRow, g.GroupOutChannels, source - firstRow, 1, g.OutChannels);
        }
    }
}
