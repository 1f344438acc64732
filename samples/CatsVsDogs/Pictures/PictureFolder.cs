using Numerics.Data;

namespace Numerics.Samples.CatsVsDogs.Pictures;

/// <summary>
/// Cat and dog pictures: folders <c>PetImages/Cat</c> and <c>Dog</c>, as Microsoft's archive has them, or <c>cat</c> and <c>dog</c>; the same
/// within a zip or tar archive; or the TFRecords of TensorFlow Datasets.
/// </summary>
internal static class PictureFolder
{
    /// <summary>What the labels 0 and 1 stand for.</summary>
    public static readonly string[] ClassNames = ["cat", "dog"];

    /// <summary>The height and width of the network's input, in pixels.</summary>
    public static readonly (int Height, int Width) ImageSize = (224, 224);

    /// <summary>Finds the pictures.</summary>
    /// <param name="path">The folder that holds the two folders, or one that holds <c>PetImages</c>; an archive; or a folder of TFRecords.</param>
    /// <param name="seed">Decides the order.</param>
    /// <param name="validationSplit">The part set aside to validate with.</param>
    /// <param name="subset">Which of the two parts to take.</param>
    /// <param name="policy">Which files count.</param>
    /// <param name="imageSize">The size that pictures are brought to; the network's when null.</param>
    /// <exception cref="UserException">There is no such folder, or no pictures of one kind or both.</exception>
    public static ImageDataset Open(
        string path, ulong seed, double validationSplit = 0, DatasetSubset subset = DatasetSubset.All, FilePolicy policy = FilePolicy.Decodable,
        (int Height, int Width)? imageSize = null)
    {
        (int Height, int Width) size = imageSize ?? ImageSize;
        if (File.Exists(path) && Path.GetExtension(path).ToLowerInvariant() is var kind and (".zip" or ".tar"))
        {
            return CatsAndDogs(path, kind == ".zip"
                ? ImageDataset.FromZip(path, size, seed: seed, validationSplit: validationSplit, subset: subset, policy: policy)
                : ImageDataset.FromTar(path, size, seed: seed, validationSplit: validationSplit, subset: subset, policy: policy));
        }

        if (Directory.Exists(path) && Find(path, ClassNames[0]) is null && HoldsRecords(path))
        {
            return CatsAndDogs(
                path, ImageDataset.FromTFRecords(path, size, seed: seed, validationSplit: validationSplit, subset: subset, policy: policy));
        }

        if (!Directory.Exists(path))
            throw new UserException(File.Exists(path) ? $"{path}: a file, but not a folder, a .zip or a .tar of pictures" : $"{path}: no such folder");
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
        return ImageDataset.FromDirectory(path, size, folders!, seed: seed, validationSplit: validationSplit, subset: subset, policy: policy);
    }

    private static bool HoldsRecords(string path) => Directory.EnumerateFiles(path, "*.tfrecord-*", SearchOption.AllDirectories).Any();

    private static ImageDataset CatsAndDogs(string path, ImageDataset pictures) =>
        pictures.ClassNames.SequenceEqual(ClassNames, StringComparer.OrdinalIgnoreCase)
            ? pictures
            : throw new UserException($"{path}: expected the classes cat and dog in it, found {string.Join(", ", pictures.ClassNames)}");

    private static string? Find(string path, string name) => Directory.EnumerateDirectories(path)
        .Select(folder => Path.GetFileName(folder))
        .Where(folder => folder.Equals(name, StringComparison.OrdinalIgnoreCase))
        .Order(StringComparer.Ordinal)
        .FirstOrDefault();
}
