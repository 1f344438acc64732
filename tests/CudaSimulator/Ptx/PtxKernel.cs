using System.Runtime.ExceptionServices;
using Numerics.Backends.Cuda;
using Numerics.CudaSimulator.Memory;

namespace Numerics.CudaSimulator.Ptx;

/// <summary>A kernel that can be run. Its blocks run in any order, several at a time: it has no atomic operations.</summary>
public sealed class PtxKernel
{
    private const int MaxSharedBytes = 48 << 10;
    private const long MaxSteps = 1L << 32;

    private readonly PtxInstruction[] _program;
    private readonly int _rows;
    private readonly IReadOnlyDictionary<ulong, int> _constants;
    private readonly IReadOnlyDictionary<string, int> _special;
    private readonly int _sharedBytes;
    private readonly int _maxThreads;

    internal PtxKernel(
        string name,
        IReadOnlyList<PtxParameter> parameters,
        int parameterBytes,
        PtxInstruction[] program,
        int rows,
        IReadOnlyDictionary<ulong, int> constants,
        IReadOnlyDictionary<string, int> special,
        int sharedBytes,
        int maxThreads)
    {
        (Name, Parameters, ParameterBytes) = (name, parameters, parameterBytes);
        (_program, _rows, _constants, _special, _sharedBytes, _maxThreads) = (program, rows, constants, special, sharedBytes, maxThreads);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What it takes.</summary>
    public IReadOnlyList<PtxParameter> Parameters { get; }

    /// <summary>The size of the argument block.</summary>
    public int ParameterBytes { get; }

    /// <summary>What a launch with these extents would break, or null.</summary>
    public string? Refusal(CudaDim grid, CudaDim block, int sharedBytes, int argumentBytes)
    {
        if (grid.X < 1 || grid.Y < 1 || grid.Z < 1 || block.X < 1 || block.Y < 1 || block.Z < 1)
            return $"{Name}: an extent below 1 in grid {grid}, block {block}";
        if (grid.Y > 65_535 || grid.Z > 65_535)
            return $"{Name}: grid {grid} is larger than 2147483647 × 65535 × 65535";
        if (block.X > 1024 || block.Y > 1024 || block.Z > 64 || (long)block.X * block.Y * block.Z > _maxThreads)
            return $"{Name}: block {block} has more than {_maxThreads} threads";
        if (sharedBytes < 0 || sharedBytes + _sharedBytes > MaxSharedBytes)
            return $"{Name}: {sharedBytes + _sharedBytes} bytes of shared memory, a block has {MaxSharedBytes}";
        return argumentBytes == ParameterBytes ? null : $"{Name}: {argumentBytes} bytes of arguments, it takes {ParameterBytes}";
    }

    /// <summary>An empty profile of it.</summary>
    public KernelProfile NewProfile() => new(_program);

    /// <summary>Runs the whole grid.</summary>
    /// <exception cref="PtxException">A thread did what a device would stop; the message says which and where.</exception>
    public void Run(CudaDim grid, CudaDim block, int dynamicSharedBytes, byte[] arguments, DeviceMemory memory, KernelProfile? profile = null)
    {
        long blocks = (long)grid.X * grid.Y * grid.Z;
        int sharedBytes = _sharedBytes + dynamicSharedBytes;
        if (blocks < 8)
        {
            var alone = new BlockExecutor(this, block, sharedBytes, profile);
            for (long i = 0; i < blocks; i++)
                alone.Run(i, grid, arguments, memory);
            return;
        }

        try
        {
            Parallel.For(
                0L,
                blocks,
                () => new BlockExecutor(this, block, sharedBytes, profile is null ? null : NewProfile()),
                (i, _, executor) =>
                {
                    executor.Run(i, grid, arguments, memory);
                    return executor;
                },
                executor =>
                {
                    if (profile is null)
                        return;
                    lock (profile)
                        profile.Add(executor.Profile!);
                });
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerExceptions[0]);
        }
    }

    /// <summary>Runs one block after another in the same registers and shared memory.</summary>
    private sealed class BlockExecutor
    {
        private readonly PtxKernel _kernel;
        private readonly CudaDim _block;
        private readonly Warp[] _warps;
        private readonly byte[] _shared;

        public BlockExecutor(PtxKernel kernel, CudaDim block, int sharedBytes, KernelProfile? profile)
        {
            (_kernel, _block, _shared, Profile) = (kernel, block, new byte[sharedBytes], profile);
            int threads = block.X * block.Y * block.Z;
            _warps = new Warp[(threads + Warp.Lanes - 1) / Warp.Lanes];
            for (int w = 0; w < _warps.Length; w++)
            {
                _warps[w] = new Warp(kernel._rows) { Profile = profile };
                foreach ((ulong value, int row) in kernel._constants)
                    _warps[w].Row(row).Fill(value);
            }
        }

        public KernelProfile? Profile { get; }

        public void Run(long index, CudaDim grid, byte[] arguments, DeviceMemory memory)
        {
            var at = new CudaDim((int)(index % grid.X), (int)(index / grid.X % grid.Y), (int)(index / grid.X / grid.Y));

            // What a block leaves behind is nothing that the next may rely on.
            _shared.AsSpan().Fill(0xFF);
            int threads = _block.X * _block.Y * _block.Z;
            for (int w = 0; w < _warps.Length; w++)
            {
                int count = Math.Min(Warp.Lanes, threads - (w * Warp.Lanes));
                _warps[w].Start(count == Warp.Lanes ? uint.MaxValue : (1u << count) - 1, memory, arguments, _shared);
                foreach ((string name, int row) in _kernel._special)
                {
                    Span<ulong> lanes = _warps[w].Row(row);
                    for (int lane = 0; lane < count; lane++)
                        lanes[lane] = (uint)SpecialRegisters.Value(name, at, grid, _block, (w * Warp.Lanes) + lane);
                }
            }

            while (true)
            {
                bool waiting = false;
                for (int w = 0; w < _warps.Length; w++)
                {
                    try
                    {
                        _warps[w].Run(_kernel._program, MaxSteps);
                    }
                    catch (PtxException error)
                    {
                        throw new PtxException($"{_kernel.Name}, block {at}, warp {w}: {error.Message}", error);
                    }

                    waiting |= _warps[w].Live != 0;
                }

                // Every thread that lives waits now: on they go.
                if (!waiting)
                    return;
                foreach (Warp warp in _warps)
                    warp.Release();
            }
        }
    }
}
