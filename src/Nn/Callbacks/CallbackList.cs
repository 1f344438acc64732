namespace Numerics.Nn;

/// <summary>The callbacks of one training, in the order they were given.</summary>
internal sealed class CallbackList
{

    public CallbackList(Model model, IReadOnlyList<Callback> callbacks)
    {
        // What saves the state of the others runs after them; of several processes the first one writes.
        bool isFirst = model.Strategy is not { Rank: > 0 };
        Callbacks = [.. callbacks.Where(callback => isFirst || callback.RunsOnEveryProcess).OrderBy(callback => callback is BackupAndRestore)];
        Each(callback => callback.Model = model);
    }

    /// <summary>The callbacks.</summary>
    public IReadOnlyList<Callback> Callbacks { get; }

    /// <summary>Calls every one.</summary>
    public void Each(Action<Callback> action)
    {
        foreach (Callback callback in Callbacks)
            action(callback);
    }
}
