using System.Collections.Immutable;
using Numerics.Tensors;

namespace Numerics.Data;

/// <content>Where pictures come from.</content>
public sealed partial class ImageDataset
{
    /// <summary>
    /// Finds the pictures of a directory, as Keras' <c>image_dataset_from_directory</c> does. Every folder in it is a class,
    /// except those whose name starts with a dot; its files named .jpg, .jpeg, .png, .bmp, .gif or .webp, in folders within it
    /// too, are the pictures. What a file is, its content says. No file is opened before the first enumeration.
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <param name="imageSize">The height and width that every picture is resized to.</param>
    /// <param name="classNames">
    /// The folders to read, in the order of their labels; null takes all, sorted without regard to case.
    /// </param>
    /// <param name="labelMode">The form of the labels.</param>
    /// <param name="channels">3 for RGB, 1 for grey (0.299 R + 0.587 G + 0.114 B).</param>
    /// <param name="shuffle">
    /// Whether the files are brought into a random order, once, so that the classes are mixed however small the buffer of a
    /// later <see cref="Dataset.Shuffle"/> is. Else they come class by class, sorted by path.
    /// </param>
    /// <param name="seed">The seed of that order.</param>
    /// <param name="validationSplit">The part of the files, in 0..1, that is set aside: the last ones of the order.</param>
    /// <param name="subset">Which part to take. Both have the same seed and no file in common.</param>
    /// <param name="policy">Which files are taken.</param>
    /// <param name="options">How they are decoded and resized; <see cref="ImageOptions.Default"/> when null.</param>
    /// <remarks>
    /// Pixels are as <c>tf.io.decode_image</c> gives them: grey and CMYK pictures become RGB, an alpha channel is dropped, EXIF
    /// orientation and colour profiles are not applied, the first frame of an animation is taken. The inks of a CMYK JPEG are
    /// taken to be stored inverted, as Adobe's programs and most others do. Resized values are rounded to the nearest byte.
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// There are no class folders, or only one; a class has no folder or no pictures. Enumeration throws it when every file is
    /// left out, and for the first damaged file with <see cref="FilePolicy.Strict"/>.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A class is named twice; or binary labels, but not two classes; or a subset without a split, or the reverse.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">Size, channels or split are out of range.</exception>
    public static ImageDataset FromDirectory(
        string path,
        (int Height, int Width) imageSize,
        IReadOnlyList<string>? classNames = null,
        LabelMode labelMode = LabelMode.Categorical,
        int channels = 3,
        bool shuffle = true,
        ulong seed = 0,
        double validationSplit = 0,
        DatasetSubset subset = DatasetSubset.All,
        FilePolicy policy = FilePolicy.Decodable,
        ImageOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var choice = new Choice(imageSize, labelMode, channels, shuffle, seed, validationSplit, subset, policy, options ?? ImageOptions.Default);
        choice.Check();
        ImmutableArray<string> classes = ImageDirectory.FindClasses(path, classNames);
        return choice.Create(path, classes, () => ImageDirectory.FindFiles(path, classes));
    }

    /// <summary>
    /// Finds the pictures of a zip archive, which is read in place: nothing is extracted. Contents are checked against the archive's
    /// checksums; an entry that does not match is a damaged file.
    /// </summary>
    /// <param name="path">The archive, such as <c>kagglecatsanddogs_5340.zip</c>. Backslashes in the names in it are read as slashes.</param>
    /// <param name="imageSize">The height and width that every picture is resized to.</param>
    /// <param name="folder">
    /// The folder in the archive that holds the classes' folders, such as <c>PetImages</c>; null takes the folder that all pictures have in
    /// common or, with <paramref name="classNames"/>, the one that holds all of these.
    /// </param>
    /// <param name="classNames">The folders to read, in the order of their labels; null takes all, sorted without regard to case.</param>
    /// <param name="labelMode">The form of the labels.</param>
    /// <param name="channels">3 for RGB, 1 for grey (0.299 R + 0.587 G + 0.114 B).</param>
    /// <param name="shuffle">
    /// Whether the files are brought into a random order, once, so that the classes are mixed however small the buffer of a
    /// later <see cref="Dataset.Shuffle"/> is. Else they come class by class, sorted by path.
    /// </param>
    /// <param name="seed">The seed of that order.</param>
    /// <param name="validationSplit">The part of the files, in 0..1, that is set aside: the last ones of the order.</param>
    /// <param name="subset">Which part to take. Both have the same seed and no file in common.</param>
    /// <param name="policy">Which files are taken.</param>
    /// <param name="options">How they are decoded and resized; <see cref="ImageOptions.Default"/> when null.</param>
    /// <exception cref="FileNotFoundException">The archive does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// The archive is damaged (path and offset are named), or there are not two classes with pictures in it.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A class is named twice; or binary labels, but not two classes; or a subset without a split, or the reverse.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">Size, channels or split are out of range.</exception>
    public static ImageDataset FromZip(
        string path,
        (int Height, int Width) imageSize,
        string? folder = null,
        IReadOnlyList<string>? classNames = null,
        LabelMode labelMode = LabelMode.Categorical,
        int channels = 3,
        bool shuffle = true,
        ulong seed = 0,
        double validationSplit = 0,
        DatasetSubset subset = DatasetSubset.All,
        FilePolicy policy = FilePolicy.Decodable,
        ImageOptions? options = null) => FromArchive(
            path, folder, classNames, new Choice(imageSize, labelMode, channels, shuffle, seed, validationSplit, subset, policy, options ?? ImageOptions.Default),
            ZipDirectory.Read, entry => entry.Name, (_, entry, label) => new ZipImageFile(path, entry, label));

    /// <summary>Finds the pictures of a tar archive, which is read in place. It must not be compressed.</summary>
    /// <inheritdoc cref="FromZip"/>
    public static ImageDataset FromTar(
        string path,
        (int Height, int Width) imageSize,
        string? folder = null,
        IReadOnlyList<string>? classNames = null,
        LabelMode labelMode = LabelMode.Categorical,
        int channels = 3,
        bool shuffle = true,
        ulong seed = 0,
        double validationSplit = 0,
        DatasetSubset subset = DatasetSubset.All,
        FilePolicy policy = FilePolicy.Decodable,
        ImageOptions? options = null) => FromArchive(
            path, folder, classNames, new Choice(imageSize, labelMode, channels, shuffle, seed, validationSplit, subset, policy, options ?? ImageOptions.Default),
            TarDirectory.Read, entry => entry.Name, (archive, entry, label) => new TarImageFile(path, entry, label, archive.Written));

    /// <summary>
    /// Finds the pictures of a data set of TFRecords, as TensorFlow Datasets keeps them on disk: every record a
    /// <see cref="TFExample"/> with an encoded picture and a class. Reads all shards once and verifies every checksum, and the numbers of
    /// records that <c>dataset_info.json</c> gives, if it is there.
    /// </summary>
    /// <param name="path">
    /// The folder of the shards, such as <c>cats_vs_dogs/4.0.1</c>; one above it, of which the newest version is taken; or a single file.
    /// </param>
    /// <param name="imageSize">The height and width that every picture is resized to.</param>
    /// <param name="split">The split to read, as it stands in the shards' names.</param>
    /// <param name="imageKey">The feature that holds the picture.</param>
    /// <param name="labelKey">The feature that holds the class's index.</param>
    /// <param name="classNames">The names of the classes; null takes those of the file <c>label.labels.txt</c>, or numbers.</param>
    /// <param name="labelMode">The form of the labels.</param>
    /// <param name="channels">3 for RGB, 1 for grey (0.299 R + 0.587 G + 0.114 B).</param>
    /// <param name="shuffle">
    /// Whether the files are brought into a random order, once, so that the classes are mixed however small the buffer of a
    /// later <see cref="Dataset.Shuffle"/> is. Else they come class by class, sorted by path.
    /// </param>
    /// <param name="seed">The seed of that order.</param>
    /// <param name="validationSplit">The part of the files, in 0..1, that is set aside: the last ones of the order.</param>
    /// <param name="subset">Which part to take. Both have the same seed and no file in common.</param>
    /// <param name="policy">Which files are taken.</param>
    /// <param name="options">How they are decoded and resized; <see cref="ImageOptions.Default"/> when null.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">
    /// A shard is missing or damaged; the message names path, offset and record. Unlike a damaged picture, a damaged record is never
    /// left out: nothing in it can be trusted.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A class is named twice; or binary labels, but not two classes; or a subset without a split, or the reverse.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">Size, channels or split are out of range.</exception>
    public static ImageDataset FromTFRecords(
        string path,
        (int Height, int Width) imageSize,
        string split = "train",
        string imageKey = "image",
        string labelKey = "label",
        IReadOnlyList<string>? classNames = null,
        LabelMode labelMode = LabelMode.Categorical,
        int channels = 3,
        bool shuffle = true,
        ulong seed = 0,
        double validationSplit = 0,
        DatasetSubset subset = DatasetSubset.All,
        FilePolicy policy = FilePolicy.Decodable,
        ImageOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(split);
        var choice = new Choice(imageSize, labelMode, channels, shuffle, seed, validationSplit, subset, policy, options ?? ImageOptions.Default);
        choice.Check();
        List<string> shards = TFRecordFolder.FindShards(path, split);
        List<ImageFile> files = TFRecordFolder.FindFiles(shards, imageKey, labelKey);
        return choice.Create(path, TFRecordFolder.FindClasses(shards, classNames, labelKey, files), () => files);
    }

    private static ImageDataset FromArchive<TEntry>(
        string path, string? folder, IReadOnlyList<string>? classNames, Choice choice,
        Func<ArchiveFile, List<TEntry>> read, Converter<TEntry, string> nameOf, Func<ArchiveFile, TEntry, int, ImageFile> pictureOf)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        choice.Check();
        using var archive = new ArchiveFile(path);
        List<TEntry> entries = read(archive);
        var (classes, pictures) = ArchiveClasses.Find(path, entries.ConvertAll(nameOf), folder, classNames);
        return choice.Create(path, classes, () => [.. pictures.Select(picture => pictureOf(archive, entries[picture.Index], picture.Label))]);
    }

    private readonly record struct Choice(
        (int Height, int Width) ImageSize, LabelMode LabelMode, int Channels, bool Shuffle, ulong Seed, double ValidationSplit, DatasetSubset Subset,
        FilePolicy Policy, ImageOptions Options)
    {
        /// <summary>Refuses arguments that make no sense, before anything is read.</summary>
        public void Check()
        {
            CheckSubset(ValidationSplit, Subset);
            _ = new ImageDecoder(ImageSize, Channels, Options);
        }

        private static void CheckSubset(double validationSplit, DatasetSubset subset)
        {
            if (validationSplit > 0 != (subset != DatasetSubset.All))
                throw new ArgumentException("validationSplit and subset go together: give both or neither", nameof(subset));
        }

        private static void CheckLabels(LabelMode labelMode, int classes)
        {
            if (labelMode == LabelMode.Binary && classes != 2)
                throw new ArgumentException($"binary labels need two classes, there are {classes}", nameof(labelMode));
        }

        public ImageDataset Create(string path, ImmutableArray<string> classes, Func<List<ImageFile>> find)
        {
            CheckLabels(LabelMode, classes.Length);
            List<ImageFile> files = find();
            if (Shuffle)
                files = [.. new IndexSampler(new RandomKey(Seed, 0)).Permutation(files.Count).Select(i => files[i])];
            int held = Data.ValidationSplit.Count(files.Count, ValidationSplit);
            ImageFile[] chosen = Subset switch
            {
                DatasetSubset.Training => [.. files[..^held]],
                DatasetSubset.Validation => [.. files[^held..]],
                _ => [.. files],
            };
            return new ImageDataset(path, chosen, classes, new ImageDecoder(ImageSize, Channels, Options), Options, LabelMode, Policy);
        }
    }
}
