using Numerics.Data;

namespace Numerics.Samples.CatsVsDogs.Pictures;

/// <summary>
/// Folders of cat and dog pictures: <c>PetImages/Cat</c> and <c>Dog</c>, as Microsoft's archive has them, or <c>cat</c> and <c>dog</c>.
/// </summary>
internal static class PictureFolder
{
    /// <summary>What the labels 0 and 1 stand for.</summary>
    public static readonly string[] ClassNames = ["cat", "dog"];

    /// <summary>The height and width of the network's input, in pixels.</summary>
    public static readonly (int Height, int Width) ImageSize = (224, 224);

    /// <summary>Finds the pictures.</summary>
    /// <param name="path">The folder that holds the two folders, or one that holds <c>PetImages</c>.</param>
    /// <param name="seed">Decides the order.</param>
    /// <param name="validationSplit">The part set aside to validate with.</param>
    /// <param name="subset">Which of the two parts to take.</param>
    /// <param name="imageSize">The size that pictures are brought to; the network's when null.</param>
    /// <exception cref="UserException">There is no such folder, or no pictures of one kind or both.</exception>
    public static ImageDataset Open(
        string path, ulong seed, double validationSplit = 0, DatasetSubset subset = DatasetSubset.All, (int Height, int Width)? imageSize = null)
    {
        if (!Directory.Exists(path))
            throw new UserException(File.Exists(path) ? $"{path}: a file, not a folder of pictures" : $"{path}: no such folder");
        if (Find(path, "PetImages") is { } inner && Find(path, ClassNames[0]) is null)
            path = Path.Combine(path, inner);
        string?[] folders = [.. ClassNames.Select(name => Find(path, name))];
        if (folders.All(folder => folder is null))
        {
            string hint = Find(path, "train") is { } train ? $"; did you mean {Path.Combine(path, train)}?" : "";
            throw new UserException($"{path}: expected two folders of pictures in it, Cat and Dog{hint}");
        }

        int missing = Array.IndexOf(folders, null);
        if (missing >= 0)
            throw new UserException($"{path}: only one class, '{folders[1 - missing]}'; a folder '{ClassNames[missing]}' is needed too");
        return ImageDataset.FromDirectory(
            path, imageSize ?? ImageSize, folders!, seed: seed, validationSplit: validationSplit, subset: subset);
    }

    private static string? Find(string path, string name) => Directory.EnumerateDirectories(path)
        .Select(folder => Path.GetFileName(folder))
        .Where(folder => folder.Equals(name, StringComparison.OrdinalIgnoreCase))
        .Order(StringComparer.Ordinal)
        .FirstOrDefault();
}
