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

    /// <summary>Calls every one when an exception has ended training: one that fails does not keep others from giving back what they hold.</summary>
    /// <param name="error">The exception.</param>
    /// <param name="action">What is called.</param>
    /// <exception cref="AggregateException">A callback failed: the exception that ended training, and those of callbacks.</exception>
    public void EachAfter(Exception error, Action<Callback> action)
    {
        var errors = new List<Exception> { error };
        foreach (Callback callback in Callbacks)
        {
            try
            {
                action(callback);
            }
            catch (Exception another)
            {
                errors.Add(another);
            }
        }

        if (errors.Count > 1)
            throw new AggregateException(errors);
    }
}
