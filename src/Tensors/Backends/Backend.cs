using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Numerics.Tensors;

/// <summary>
/// Where tensors live and ops run. A backend implements the abstract members, the primitive ops; it may override the virtual
/// ones, the fused ops, whose defaults compose primitives. Callers use <see cref="Tensor"/>'s methods, which check shapes and
/// types, allocate the outputs and record gradients: an implementation can rely on arguments that fit, on outputs that
/// overlap no input (unless a member says otherwise) and holds garbage before, and on Float32 where no other type is named.
/// </summary>
public abstract partial class Backend : IDisposable
{
    private static readonly Lock s_defaultLock = new();
    private static Backend? s_default;

    /// <summary>
    /// The backend of tensors that are made without naming one. Unless set, it is the CPU backend, found by the name of its
    /// assembly.
    /// </summary>
    /// <exception cref="BackendUnavailableException">No backend was set and Numerics.Backends.Cpu is not part of the program.</exception>
    [AllowNull]
    public static Backend Default
    {
        get
        {
            lock (s_defaultLock)
                return s_default ??= CreateCpuBackend();
        }

        set
        {
            lock (s_defaultLock)
                s_default = value;
        }
    }

    /// <summary>A short name for people, such as <c>cpu</c> or <c>cuda:0</c>.</summary>
    public abstract string Name { get; }

    /// <summary>One line about the hardware and how it is used, for <c>info</c> commands and bug reports.</summary>
    public abstract string Description { get; }

    /// <summary>Whether ops return before they are done, so that reading a tensor waits.</summary>
    public virtual bool IsAsynchronous => false;

    /// <summary>Reserves memory for a tensor; its content is not set.</summary>
    /// <param name="byteLength">The size in bytes; may be 0.</param>
    public abstract TensorBuffer Allocate(long byteLength);

    /// <summary>
    /// Reserves memory for the gradient of a tensor. A backend that stores some tensors in fewer bits than their type has may store the gradient
    /// as it stores the tensor.
    /// </summary>
    /// <param name="tensor">What it will be the gradient of.</param>
    public virtual TensorBuffer AllocateLike(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Allocate((long)tensor.Count * tensor.DType.Size());
    }

    /// <summary>Copies managed memory into a tensor.</summary>
    /// <param name="source">The elements' bytes; as many as <paramref name="target"/> holds.</param>
    /// <param name="target">The tensor to overwrite.</param>
    public abstract void Upload(ReadOnlySpan<byte> source, Tensor target);

    /// <summary>Copies some of a tensor's bytes into managed memory, after everything that computes it is done.</summary>
    /// <param name="source">The tensor to read.</param>
    /// <param name="offset">The first byte; at the start of an element.</param>
    /// <param name="target">As many bytes as are copied: whole elements, all within the tensor.</param>
    public abstract void Download(Tensor source, long offset, Span<byte> target);

    /// <summary>Copies the elements of one tensor over those of another of the same shape and type.</summary>
    public abstract void Copy(Tensor source, Tensor target);

    /// <summary>
    /// Notes what an action asks of the backend instead of doing it, so that it can be repeated as a whole: where a device waits for the
    /// program between ops, it need not any more. Do the same once before in the ordinary way, so that whatever is made on first use is there.
    /// </summary>
    /// <param name="work">
    /// Ops on tensors, the same whenever it is called. It cannot read a tensor's elements, nor bring new ones to the device, and draws
    /// random numbers from <see cref="RandomGenerator.Default"/> only. Nothing else may use the backend meanwhile.
    /// </param>
    /// <returns>The work, not yet done; null, and the action was not called, where a backend has nothing to gain from this.</returns>
    /// <exception cref="InvalidOperationException">The action did what cannot be noted; the message says what.</exception>
    public virtual CapturedWork? Capture(Action work) => null;

    /// <summary>Gives back memory, threads and handles. Tensors of the backend cannot be used afterwards.</summary>
    public void Dispose()
    {
        lock (s_defaultLock)
        {
            if (s_default == this)
                s_default = null;
        }

        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the backend holds.</summary>
    /// <param name="disposing">Always true: backends have no finaliser.</param>
    protected abstract void Dispose(bool disposing);

    private static Backend CreateCpuBackend()
    {
        // The literal name lets trimming and ahead-of-time compilation see what is needed.
        Type type = Type.GetType("Numerics.Backends.Cpu.CpuBackend, Numerics.Backends.Cpu")
            ?? throw new BackendUnavailableException("no backend: reference Numerics.Backends.Cpu, or set Backend.Default before the first tensor");
        const BindingFlags Unwrapped = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DoNotWrapExceptions;
        return (Backend)Activator.CreateInstance(type, Unwrapped, null, null, null)!;
    }
}
