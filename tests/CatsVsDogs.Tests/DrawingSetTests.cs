using Numerics.Samples.CatsVsDogs;
using Numerics.Samples.CatsVsDogs.Drawings;

namespace Numerics.CatsVsDogs.Tests;

/// <summary>The folder of drawings: complete or not there.</summary>
public sealed class DrawingSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_set_is_balanced_and_no_picture_stands_in_both_parts()
    {
        string set = _folder["set"];
        DrawingSet.Create(set, training: 12, heldOut: 6, _ => { }, default);
        Assert.True(DrawingSet.Exists(set));
        string[] training = Files(DrawingSet.TrainingPath(set)), heldOut = Files(DrawingSet.HeldOutPath(set));
        Assert.Equal(6, training.Count(file => file.StartsWith("Cat", StringComparison.Ordinal)));
        Assert.Equal(6, training.Count(file => file.StartsWith("Dog", StringComparison.Ordinal)));
        Assert.Equal(3, heldOut.Count(file => file.StartsWith("Cat", StringComparison.Ordinal)));
        Assert.Equal(3, heldOut.Count(file => file.StartsWith("Dog", StringComparison.Ordinal)));
        Assert.Empty(training.Intersect(heldOut));
        Assert.Equal(set, Assert.Single(Directory.GetFileSystemEntries(_folder.Path)));
    }

    [Fact]
    public void Two_sets_are_the_same()
    {
        foreach (string name in (string[])["a", "b"])
            DrawingSet.Create(_folder[name], training: 4, heldOut: 2, _ => { }, default);
        foreach (string file in Files(_folder["a"]))
            Assert.Equal(File.ReadAllBytes(Path.Combine(_folder["a"], file)), File.ReadAllBytes(Path.Combine(_folder["b"], file)));
    }

    [Fact]
    public void An_interrupted_run_leaves_nothing()
    {
        using var cancellation = new CancellationTokenSource();
        _ = Assert.ThrowsAny<OperationCanceledException>(
            () => DrawingSet.Create(_folder["set"], training: 4000, heldOut: 0, _ => cancellation.Cancel(), cancellation.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void An_empty_folder_is_taken()
    {
        _ = Directory.CreateDirectory(_folder["set"]);
        DrawingSet.Create(_folder["set"], training: 2, heldOut: 2, _ => { }, default);
        Assert.True(DrawingSet.Exists(_folder["set"]));
    }

    [Fact]
    public void A_folder_with_something_else_in_it_is_left_alone()
    {
        string mine = _folder.Write("set/mine.txt", "mine"u8);
        UserException exception = Assert.Throws<UserException>(() => DrawingSet.Create(_folder["set"], 2, 2, _ => { }, default));
        Assert.Contains(_folder["set"], exception.Message, StringComparison.Ordinal);
        Assert.Equal(mine, Assert.Single(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories)));
    }

    private static string[] Files(string folder) =>
        [.. Directory.GetFiles(folder, "*.jpg", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file))];
}
