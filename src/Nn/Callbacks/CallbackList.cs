namespace Numerics.Nn;

/// <summary>The callbacks of one training, in the order they were given.</summary>
internal sealed class CallbackList
{
    private readonly IReadOnlyList<Callback> _callbacks;

    public CallbackList(Model model, IReadOnlyList<Callback> callbacks)
    {
        _callbacks = callbacks;
        Each(callback => callback.Model = model);
    }

    /// <summary>Calls every one.</summary>
    public void Each(Action<Callback> action)
    {
        foreach (Callback callback in _callbacks)
            action(callback);
    }
}
