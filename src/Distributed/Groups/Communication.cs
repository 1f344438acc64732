using System.Runtime.ExceptionServices;

namespace Numerics.Distributed;

/// <summary>
/// Something that processes do together and that is under way. Its tensors are not to be used before <see cref="Wait"/> returns.
/// </summary>
public abstract class Communication
{
    /// <summary>Waits until it is done, or, on a device that computes by itself, makes the device's later work wait.</summary>
    /// <exception cref="ProcessGroupException">It failed, or the process was told to stop and the others did not answer.</exception>
    public abstract void Wait();

    /// <summary>Whether waiting would return at once.</summary>
    public abstract bool IsCompleted { get; }

    /// <summary>Something that is done already.</summary>
    internal static Communication Done { get; } = new Finished();

    private sealed class Finished : Communication
    {
        public override bool IsCompleted => true;

        public override void Wait()
        {
        }
    }
}

/// <summary>Work of the thread that communicates.</summary>
/// <param name="group">Whose.</param>
/// <param name="work">The work.</param>
internal sealed class QueuedCommunication(HostProcessGroup group, Action work) : Communication
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ExceptionDispatchInfo? _error;

    public override bool IsCompleted => _done.Task.IsCompleted;

    public override void Wait()
    {
        group.WaitFor(_done.Task);
        _error?.Throw();
    }

    /// <summary>Does the work, on the thread that communicates.</summary>
    /// <returns>What went wrong, or null.</returns>
    public Exception? Run()
    {
        try
        {
            work();
            return null;
        }
        catch (Exception error)
        {
            _error = ExceptionDispatchInfo.Capture(error);
            return error;
        }
        finally
        {
            _done.SetResult();
        }
    }

    /// <summary>Ends without having been done.</summary>
    public void Fail(Exception error)
    {
        _error = ExceptionDispatchInfo.Capture(error);
        _done.SetResult();
    }
}
