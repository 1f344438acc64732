namespace Numerics.Samples.CatsVsDogs.Drawings;

/// <summary>
/// A folder of drawings laid out as folders of photographs are: <c>train</c> and <c>test</c>, in each <c>Cat</c> and <c>Dog</c>,
/// in those numbered JPEG files. It is made once; later runs find it.
/// </summary>
internal static class DrawingSet
{
    /// <summary>How many pictures there are to train with, cats and dogs together.</summary>
    public const int TrainingPictures = 1200;

    /// <summary>How many further ones are held out to test with.</summary>
    public const int HeldOutPictures = 200;

    private const ulong Seed = 1;
    private const int ProgressStep = 100;

    /// <summary>Where the drawings are kept unless asked otherwise: a folder in the user's cache. Its name changes with the drawings.</summary>
    public static string DefaultPath { get; } = Path.Combine(UserCache.Path, "numerics", "catsvsdogs-drawings-v1");

    /// <summary>The pictures to train with.</summary>
    public static string TrainingPath(string folder) => Path.Combine(folder, "train");

    /// <summary>The pictures to test with.</summary>
    public static string HeldOutPath(string folder) => Path.Combine(folder, "test");

    /// <summary>Whether a folder holds the drawings, all of them: they are put there in one go.</summary>
    public static bool Exists(string folder) => Directory.Exists(TrainingPath(folder)) && Directory.Exists(HeldOutPath(folder));

    /// <summary>Draws the pictures into a folder that does not exist yet, or is empty.</summary>
    /// <param name="folder">The folder. It appears when all pictures are drawn; a run that ends before leaves nothing.</param>
    /// <param name="training">How many pictures to train with, half of them cats.</param>
    /// <param name="heldOut">How many to hold out.</param>
    /// <param name="progress">Is told now and then how many pictures are drawn.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UserException">The folder holds something else, or cannot be made.</exception>
    public static void Create(string folder, int training, int heldOut, Action<int> progress, CancellationToken cancellationToken) =>
        Create(
            folder,
            [.. Enumerable.Range(0, training + heldOut).Select(i => new Entry(i < training ? TrainingPath("") : HeldOutPath(""), (Species)(i % 2), (i / 2) + 1))],
            progress, cancellationToken);

    /// <summary>Draws pictures of which one in so many is a dog, in two folders <c>Cat</c> and <c>Dog</c>.</summary>
    /// <param name="folder">The folder. It appears when all pictures are drawn; a run that ends before leaves nothing.</param>
    /// <param name="cats">How many cats.</param>
    /// <param name="dogs">How many dogs.</param>
    /// <param name="progress">Is told now and then how many pictures are drawn.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="UserException">The folder holds something else, or cannot be made.</exception>
    public static void CreateUnbalanced(string folder, int cats, int dogs, Action<int> progress, CancellationToken cancellationToken) =>
        Create(
            folder,
            [.. Enumerable.Range(1, cats).Select(i => new Entry("", Species.Cat, i)), .. Enumerable.Range(1, dogs).Select(i => new Entry("", Species.Dog, i))],
            progress, cancellationToken);

    private static void Create(string folder, Entry[] entries, Action<int> progress, CancellationToken cancellationToken)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(folder))
            throw new UserException($"{folder}: a file; --drawings names a folder");
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new UserException($"{folder}: not a folder of drawings, and not empty; name another with --drawings");

        string unfinished = $"{folder}.{Guid.NewGuid():N}.tmp";
        try
        {
            MakeFolders(folder, unfinished, entries);
            Draw(unfinished, entries, progress, cancellationToken);
            Publish(unfinished, folder);
        }
        finally
        {
            if (Directory.Exists(unfinished))
                Directory.Delete(unfinished, recursive: true);
        }
    }

    private static void MakeFolders(string folder, string unfinished, Entry[] entries)
    {
        try
        {
            foreach (string place in entries.Select(entry => entry.Folder).Distinct())
                _ = Directory.CreateDirectory(Path.Combine(unfinished, place));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{folder}: cannot be made: {OutputFolder.Reason(unfinished, exception)}", exception);
        }
    }

    private static void Draw(string folder, Entry[] entries, Action<int> progress, CancellationToken cancellationToken)
    {
        int drawn = 0;
        var options = new ParallelOptions { CancellationToken = cancellationToken };
        _ = Parallel.ForEach(entries, options, entry =>
        {
            string file = Path.Combine(folder, entry.Folder, $"{entry.Number:D4}.jpg");
            File.WriteAllBytes(file, Drawing.Draw(Seed, entry.Species, entry.Number));
            int now = Interlocked.Increment(ref drawn);
            if (now % ProgressStep == 0)
                progress(now);
        });
    }

    private static void Publish(string unfinished, string folder)
    {
        if (Directory.Exists(folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
        try
        {
            Directory.Move(unfinished, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // Another run finished the same pictures first.
        }
    }

    /// <summary>A picture to draw.</summary>
    /// <param name="Part">The part of the set that it belongs to, a folder; or nothing.</param>
    /// <param name="Species">What it shows.</param>
    /// <param name="Number">Which of the species it is.</param>
    private sealed record Entry(string Part, Species Species, int Number)
    {
        /// <summary>The folder of its file.</summary>
        public string Folder => Path.Combine(Part, Species.ToString());
    }
}
