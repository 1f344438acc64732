namespace Numerics.Tensors;

/// <summary>
/// Owns every tensor made on this thread while it is the innermost scope, and returns their memory in one go when it is
/// disposed. Scopes nest and end in the reverse order. <see cref="Tensor.Keep"/> takes a tensor out of all scopes,
/// <see cref="Return"/> hands one to the enclosing scope.
/// </summary>
/// <example><code>
/// using var scope = new TensorScope();
/// Tensor error = (prediction - target).Abs().Mean();
/// Console.WriteLine(error.Item());
/// </code></example>
public class TensorScope : IDisposable
{
    [ThreadStatic]
    private static TensorScope? s_current;

    private readonly TensorScope? _parent;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Tensor> _tensors = [];
    private bool _disposed;

    /// <summary>Opens a scope inside the thread's current one.</summary>
    public TensorScope()
    {
        _parent = s_current;
        s_current = this;
    }

    /// <summary>The innermost scope of the calling thread, or null.</summary>
    public static TensorScope? Current => s_current;

    /// <summary>The number of tensors the scope owns now.</summary>
    public int Count => _tensors.Count;

    /// <summary>Whether the calling thread opened the scope: lists of tensors are not for several threads.</summary>
    internal bool IsOfThisThread => _thread == Environment.CurrentManagedThreadId;

    /// <summary>Hands a tensor of this scope to the enclosing one, or to the caller when there is none.</summary>
    /// <param name="tensor">The tensor to let out.</param>
    /// <returns>The same tensor.</returns>
    public Tensor Return(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Owner == this)
            tensor.MoveTo(_parent);

        // Probabilities keep the logits that they came from.
        if (tensor.Logits is { } logits && logits.Owner == this)
            logits.MoveTo(_parent);
        return tensor;
    }

    /// <summary>
    /// Ends the scope and returns the memory of its tensors. A tensor that an enclosing <see cref="GradientTape"/> still needs
    /// for its gradient lives on until that tape ends.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another thread opened the scope, or a scope opened later is not finished yet.</exception>
    public void Dispose()
    {
        if (!_disposed)
            Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    internal void Add(Tensor tensor)
    {
        tensor.ScopeIndex = _tensors.Count;
        _tensors.Add(tensor);
    }

    internal void Remove(Tensor tensor)
    {
        if (!IsOfThisThread)
            throw new InvalidOperationException($"a tensor of shape {tensor.Shape} belongs to a TensorScope of another thread; Keep() it there before this one disposes or keeps it");
        int index = tensor.ScopeIndex, last = _tensors.Count - 1;
        Tensor moved = _tensors[last];
        _tensors[index] = moved;
        moved.ScopeIndex = index;
        _tensors.RemoveAt(last);
    }

    /// <summary>Ends the scope; a derived scope lets go of what it holds in <see cref="OnEnding"/>.</summary>
    /// <param name="disposing">Always true: scopes have no finaliser.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!IsOfThisThread)
            throw new InvalidOperationException("a TensorScope ends on the thread that opened it");
        if (s_current != this)
            throw new InvalidOperationException("TensorScopes end in the reverse order of their opening; an inner scope is still open");
        _disposed = true;
        s_current = _parent;
        OnEnding();
        for (int i = _tensors.Count - 1; i >= 0; i--)
        {
            Tensor tensor = _tensors[i];
            if (tensor.Tape is { } tape)
                tensor.MoveTo(tape);
            else
                tensor.Dispose();
        }
    }

    /// <summary>Called once when the scope ends, before its tensors go.</summary>
    private protected virtual void OnEnding()
    {
    }
}
