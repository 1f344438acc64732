using Numerics.Backends.Cuda;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>The registers that tell a thread where it is.</summary>
internal static class SpecialRegisters
{
    private static readonly Dictionary<string, Func<CudaDim, CudaDim, CudaDim, int, int>> s_values = new()
    {
        ["%tid.x"] = (_, _, block, thread) => thread % block.X,
        ["%tid.y"] = (_, _, block, thread) => thread / block.X % block.Y,
        ["%tid.z"] = (_, _, block, thread) => thread / block.X / block.Y,
        ["%ntid.x"] = (_, _, block, _) => block.X,
        ["%ntid.y"] = (_, _, block, _) => block.Y,
        ["%ntid.z"] = (_, _, block, _) => block.Z,
        ["%ctaid.x"] = (at, _, _, _) => at.X,
        ["%ctaid.y"] = (at, _, _, _) => at.Y,
        ["%ctaid.z"] = (at, _, _, _) => at.Z,
        ["%nctaid.x"] = (_, grid, _, _) => grid.X,
        ["%nctaid.y"] = (_, grid, _, _) => grid.Y,
        ["%nctaid.z"] = (_, grid, _, _) => grid.Z,
        ["%laneid"] = (_, _, _, thread) => thread % 32,
    };

    public static bool Exists(string name) => s_values.ContainsKey(name);

    /// <summary>The value for one thread.</summary>
    /// <param name="name">The register.</param>
    /// <param name="at">The block's place in the grid, from 0.</param>
    /// <param name="grid">The grid.</param>
    /// <param name="block">The block's extents.</param>
    /// <param name="thread">The thread's number in the block.</param>
    public static int Value(string name, CudaDim at, CudaDim grid, CudaDim block, int thread) => s_values[name](at, grid, block, thread);
}
