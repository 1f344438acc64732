namespace Numerics.Tensors;

/// <summary>
/// Work that a backend noted while <see cref="Backend.Capture"/> ran, and can repeat as a whole, without the program that asked for it.
/// It reads and writes the same memory every time: the tensors that it read must stay alive, and those that were made while it was
/// noted hold the results of the last <see cref="Launch"/> as long as they are kept.
/// </summary>
public abstract class CapturedWork : IDisposable
{
    /// <summary>
    /// Does the work once more, in order with everything else that is asked of the backend. Random numbers are drawn as if the program
    /// had run: the next keys of <see cref="RandomGenerator.Default"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The work was given back.</exception>
    public abstract void Launch();

    /// <summary>Gives back what was noted. Tensors made meanwhile stay as they are.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the work holds.</summary>
    /// <param name="disposing">Always true: captured work has no finaliser.</param>
    protected abstract void Dispose(bool disposing);
}
