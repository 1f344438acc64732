using System.Collections.Immutable;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// Labelled pictures in a directory with one folder a class, decoded in parallel ahead of the consumer. Each item's X is a
/// picture, UNorm8 [height, width, channels] (bytes that stand for 0..1), its Y the class as <see cref="LabelMode"/> says.
/// </summary>
/// <remarks>
/// Files that cannot be decoded are found while decoding: they are noted in <see cref="Damaged"/> and, unless
/// <see cref="DamagedFilePolicy.Throw"/> was chosen, skipped. What is known of a file is kept, so from the end of the first
/// complete enumeration (or of <see cref="Verify"/>) on, <see cref="Cardinality"/> is exact and every epoch yields the same items.
/// </remarks>
public sealed partial class ImageDataset : Dataset
{
    private const int PicturesAheadPerThread = 4;

    private readonly string _path;
    private readonly ImageFile[] _files;
    private readonly ImageDecoder _decoder;
    private readonly LabelMode _labelMode;
    private readonly DamagedFilePolicy _damagedFiles;

    private ImageDataset(
        string path, ImageFile[] files, ImmutableArray<string> classNames, ImageDecoder decoder, LabelMode labelMode,
        DamagedFilePolicy damagedFiles)
    {
        (_path, _files, ClassNames) = (path, files, classNames);
        (_decoder, _labelMode, _damagedFiles) = (decoder, labelMode, damagedFiles);
        FilePaths = [.. files.Select(file => file.Path)];
        Labels = [.. files.Select(file => file.Label)];
    }

    /// <summary>The names of the classes; a label is an index into them.</summary>
    public ImmutableArray<string> ClassNames { get; }

    /// <summary>The files in the order in which they are read, damaged ones included.</summary>
    public ImmutableArray<string> FilePaths { get; }

    /// <summary>The class of each of <see cref="FilePaths"/>, as an index into <see cref="ClassNames"/>.</summary>
    public ImmutableArray<int> Labels { get; }

    /// <summary>The damaged files found so far, in the order of <see cref="FilePaths"/>.</summary>
    public ImmutableArray<DamagedFile> Damaged =>
        [.. _files.Where(file => file.Damage is not null).Select(file => new DamagedFile(file.Path, file.Damage!))];

    /// <summary>
    /// The number of pictures: the number of files less that of the damaged ones found so far. It is exact from the end of the
    /// first complete enumeration on, or after <see cref="Verify"/>.
    /// </summary>
    public override int? Cardinality => _files.Count(file => file.Damage is null);

    /// <summary>
    /// Finds the pictures of a directory, as Keras' <c>image_dataset_from_directory</c> does. Every folder in it is a class,
    /// except those whose name starts with a dot; its files named .jpg, .jpeg, .png, .bmp, .gif or .webp, in folders within it
    /// too, are the pictures. What a file is, its content says. No file is opened before the first enumeration.
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <param name="imageSize">The height and width that every picture is resized to, with <see cref="BilinearResize"/>.</param>
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
    /// <param name="damagedFiles">What to do with files that cannot be decoded.</param>
    /// <remarks>
    /// Pixels are as <c>tf.io.decode_image</c> gives them: grey and CMYK pictures become RGB, an alpha channel is dropped, EXIF
    /// orientation and colour profiles are not applied, the first frame of an animation is taken. The inks of a CMYK JPEG are
    /// taken to be stored inverted, as Adobe's programs and most others do. Resized values are rounded to the nearest byte.
    /// </remarks>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    /// <exception cref="InvalidDataException">
    /// There are no class folders, or only one; a class has no folder or no pictures. Enumeration throws it when every file is
    /// damaged, and for the first damaged file with <see cref="DamagedFilePolicy.Throw"/>.
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
        DamagedFilePolicy damagedFiles = DamagedFilePolicy.Skip)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (validationSplit > 0 != (subset != DatasetSubset.All))
            throw new ArgumentException("validationSplit and subset go together: give both or neither", nameof(subset));
        var decoder = new ImageDecoder(imageSize, channels);
        ImmutableArray<string> classes = ImageDirectory.FindClasses(path, classNames);
        if (labelMode == LabelMode.Binary && classes.Length != 2)
            throw new ArgumentException($"binary labels need two classes, there are {classes.Length}", nameof(labelMode));

        List<ImageFile> files = ImageDirectory.FindFiles(path, classes);
        if (shuffle)
            files = [.. new IndexSampler(new RandomKey(seed, 0)).Permutation(files.Count).Select(i => files[i])];
        int held = ValidationSplit.Count(files.Count, validationSplit);
        ImageFile[] chosen = subset switch
        {
            DatasetSubset.Training => [.. files[..^held]],
            DatasetSubset.Validation => [.. files[^held..]],
            _ => [.. files],
        };
        return new ImageDataset(path, chosen, classes, decoder, labelMode, damagedFiles);
    }

    /// <summary>Decodes every file once, so that <see cref="Damaged"/> and <see cref="Cardinality"/> are complete.</summary>
    /// <param name="cancellationToken">Stops after the picture at hand.</param>
    /// <exception cref="InvalidDataException">
    /// Every file is damaged; or one is, and the policy is <see cref="DamagedFilePolicy.Throw"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Verify(CancellationToken cancellationToken = default)
    {
        using var items = Enumerate(epoch: 0);
        while (items.MoveNext())
            cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Splits the files, so that neither part decodes the other's. The parts are image data sets, and what they find damaged
    /// shows in this one's <see cref="Damaged"/> too.
    /// </summary>
    /// <inheritdoc/>
    public override (Dataset Train, Dataset Validation) Split(double validationFraction, ulong? seed = null)
    {
        int held = ValidationSplit.Count(_files.Length, validationFraction);
        if (seed is not { } chosen)
            return (With(_files[..^held]), With(_files[^held..]));
        bool[] validation = ValidationSplit.Draw(_files.Length, held, chosen);
        return (With([.. _files.Where((_, i) => !validation[i])]), With([.. _files.Where((_, i) => validation[i])]));
    }

    /// <inheritdoc/>
    /// <remarks>Every epoch has the order of <see cref="FilePaths"/>.</remarks>
    public override IEnumerator<DataItem> Enumerate(long epoch)
    {
        int threads = Environment.ProcessorCount;
        using var pictures = new ParallelEnumerator<ImageFile, DataItem?>(
            _files.Where(IsWanted).GetEnumerator(), Decode, threads, PicturesAheadPerThread * threads);
        bool any = false;
        while (pictures.MoveNext())
        {
            if (pictures.Current is not { } picture)
                continue;
            any = true;
            yield return picture;
        }

        if (!any && _files.Length > 0)
        {
            throw new InvalidDataException(
                $"{_path}: all {_files.Length} pictures are damaged; the first is {Damaged[0]}");
        }
    }

    private bool IsWanted(ImageFile file) => file.Damage is null || _damagedFiles == DamagedFilePolicy.Throw;

    private DataItem? Decode(ImageFile file)
    {
        NDArray? picture = _decoder.Decode(file.Path, out string? damage);
        if (picture is not null)
            return new DataItem(picture, Label(file.Label));
        file.Damage = damage;
        return _damagedFiles == DamagedFilePolicy.Skip ? null : throw new InvalidDataException($"{file.Path}: {damage}");
    }

    private NDArray Label(int index)
    {
        switch (_labelMode)
        {
            case LabelMode.Int:
                return NDArray.From(Shape.Scalar, [index]);
            case LabelMode.Binary:
                return NDArray.From(1, [(float)index]);
            default:
                var oneHot = new NDArray(ClassNames.Length);
                oneHot.AsSpan<float>()[index] = 1f;
                return oneHot;
        }
    }

    private ImageDataset With(ImageFile[] files) => new(_path, files, ClassNames, _decoder, _labelMode, _damagedFiles);
}
