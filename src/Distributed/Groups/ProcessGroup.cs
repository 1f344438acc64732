using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>
/// Processes that work together, each with a number. Every operation is called by all of them, in the same order and with arguments
/// of the same size; it returns when this process has its result. Operations are called by one thread of a process at a time.
/// </summary>
public abstract class ProcessGroup : IDisposable
{
    /// <summary>The number of this process, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>The number of processes.</summary>
    public abstract int Size { get; }

    /// <summary>One line about the engine, for <c>info</c> commands and bug reports.</summary>
    public abstract string Description { get; }

    /// <summary>Whether numbers can be added in an order that does not depend on the engine (<see cref="ReductionOrder.Fixed"/>).</summary>
    public virtual bool AddsInFixedOrder => true;

    /// <summary>
    /// Told when this process is to stop. What waits for other processes then gives up after half a second, since one of them may have
    /// ended already, which is why this one was told.
    /// </summary>
    public CancellationToken StopToken { get; set; }

    /// <summary>Whether something went wrong in this process that the others do not know of; they are ended by <see cref="Dispose()"/>.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Returns once all processes are here.</summary>
    public abstract void Barrier();

    /// <summary>Copies one process's bytes to all.</summary>
    /// <param name="data">As many bytes in every process.</param>
    /// <param name="root">The process whose bytes they are.</param>
    public abstract void Broadcast(Span<byte> data, int root = 0);

    /// <summary>Copies every process's bytes to all.</summary>
    /// <param name="own">This process's bytes, as many in every process.</param>
    /// <param name="all">The bytes of all, in the order of their ranks.</param>
    public abstract void AllGather(ReadOnlySpan<byte> own, Span<byte> all);

    /// <summary>Copies one process's elements over those of a tensor in all.</summary>
    /// <param name="tensor">A tensor of the same shape and type in every process; overwritten.</param>
    /// <param name="root">The process whose elements they are.</param>
    public abstract void Broadcast(Tensor tensor, int root = 0);

    /// <summary>Begins to replace the elements by what becomes of those of all processes.</summary>
    /// <param name="tensor">A tensor of floats of the same shape in every process; overwritten.</param>
    /// <param name="operation">What becomes of them.</param>
    /// <param name="order">In which order they are added.</param>
    /// <param name="compression">What they are rounded to on their way.</param>
    /// <param name="first">The first element to take part.</param>
    /// <param name="count">How many take part; all from the first on when null.</param>
    /// <returns>What to wait for. Several may be under way; they are carried out in the order of the calls.</returns>
    /// <exception cref="NotSupportedException">The engine adds in its own order only, or does not compress; the message says so.</exception>
    public abstract Communication AllReduceAsync(
        Tensor tensor,
        ReduceOperation operation = ReduceOperation.Sum,
        ReductionOrder order = ReductionOrder.Fixed,
        Compression compression = Compression.None,
        int first = 0,
        int? count = null);

    /// <summary>Begins to collect the rows of all processes.</summary>
    /// <param name="all">[rows, ..], of any type: the rows of all in the order of their ranks, where this process's own are set
    /// already; the others are overwritten.</param>
    /// <param name="rows">How many rows each process has, the same list in every process.</param>
    /// <param name="compression">What floats are rounded to on their way.</param>
    /// <returns>What to wait for.</returns>
    public abstract Communication AllGatherAsync(Tensor all, ReadOnlySpan<int> rows, Compression compression = Compression.None);

    /// <summary>Replaces the elements by what becomes of those of all processes.</summary>
    /// <inheritdoc cref="AllReduceAsync"/>
    public void AllReduce(
        Tensor tensor,
        ReduceOperation operation = ReduceOperation.Sum,
        ReductionOrder order = ReductionOrder.Fixed,
        Compression compression = Compression.None) => AllReduceAsync(tensor, operation, order, compression).Wait();

    /// <summary>The rows of all processes, of which each has as many.</summary>
    /// <param name="own">This process's rows [rows, ..].</param>
    /// <returns>[size · rows, ..], in the order of the ranks.</returns>
    public Tensor AllGather(Tensor own)
    {
        ArgumentNullException.ThrowIfNull(own);
        Shape shape = own.Rank == 0 ? new Shape(1) : own.Shape;
        int[] rows = new int[Size];
        Array.Fill(rows, shape[0]);
        Tensor all = Tensor.Empty(own.Backend, shape.With(0, shape[0] * Size), own.DType);
        using (Tensor part = own.Reshape(shape))
            TensorRows.Copy(part, all, shape[0] * Rank);
        AllGatherAsync(all, rows).Wait();
        return all;
    }

    /// <summary>A number of every process, in the order of their ranks.</summary>
    /// <param name="own">This process's number.</param>
    public int[] AllGather(int own)
    {
        int[] all = new int[Size];
        AllGather(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in own)), MemoryMarshal.AsBytes(all.AsSpan()));
        return all;
    }

    /// <summary>Ends the job: this process and, where the engine can, all others at once.</summary>
    /// <param name="exitCode">The exit code.</param>
    public virtual void Abort(int exitCode = 1) => Environment.Exit(exitCode);

    /// <summary>Notes that this process cannot go on, so that <see cref="Dispose()"/> ends the others instead of waiting for them.</summary>
    public void MarkBroken() => IsBroken = true;

    /// <summary>
    /// Leaves the group; waits until all others do so too. Where something went wrong (<see cref="IsBroken"/>) the others are ended
    /// instead, as far as the engine can.
    /// </summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Leaves the group.</summary>
    /// <param name="disposing">Always true: groups have no finaliser.</param>
    protected abstract void Dispose(bool disposing);
}
