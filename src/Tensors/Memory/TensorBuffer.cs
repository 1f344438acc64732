namespace Numerics.Tensors;

/// <summary>
/// A piece of a backend's memory with a count of the tensors that share it. A backend derives its own buffer type and gets it
/// back in every tensor it made.
/// </summary>
public abstract class TensorBuffer
{
    private int _references = 1;

    /// <summary>Creates a buffer with one reference.</summary>
    /// <param name="byteLength">The usable size in bytes.</param>
    protected TensorBuffer(long byteLength) => ByteLength = byteLength;

    /// <summary>The usable size in bytes.</summary>
    public long ByteLength { get; }

    /// <summary>The first byte, where the processor can read and write it as it is and nothing is under way; else 0.</summary>
    public virtual nint HostAddress => 0;

    /// <summary>Whether the memory has gone back to its backend.</summary>
    public bool IsReleased => Volatile.Read(ref _references) == 0;

    /// <summary>Whether the elements may change: those of a variable do, all others never.</summary>
    internal bool IsVariable { get; set; }

    /// <summary>Adds a reference for another user of the memory.</summary>
    /// <exception cref="ObjectDisposedException">The memory has gone back already.</exception>
    public void AddReference()
    {
        int now;
        do
        {
            now = Volatile.Read(ref _references);
            ObjectDisposedException.ThrowIf(now == 0, typeof(Tensor));
        }
        while (Interlocked.CompareExchange(ref _references, now + 1, now) != now);
    }

    /// <summary>Drops one reference; the last one returns the memory.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
            ReturnMemory();
    }

    /// <summary>Gives the memory back to the backend; called once, possibly from the finaliser thread.</summary>
    protected abstract void ReturnMemory();
}
