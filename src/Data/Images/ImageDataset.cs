using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Numerics.Tensors;

namespace Numerics.Data;

/// <summary>
/// Labelled pictures in a directory with one folder a class, decoded in parallel ahead of the consumer. Each item's X is a
/// picture, UNorm8 [height, width, channels] (bytes that stand for 0..1), its Y the class as <see cref="LabelMode"/> says.
/// </summary>
/// <remarks>
/// Files that a <see cref="FilePolicy"/> leaves out are found while decoding: they are noted in <see cref="Dropped"/> and, unless
/// <see cref="FilePolicy.Strict"/> was chosen, skipped. What is known of a file is kept, so from the end of the first
/// complete enumeration (or of <see cref="Verify"/>) on, <see cref="Cardinality"/> is exact. Every epoch yields the same items.
/// </remarks>
public sealed partial class ImageDataset : Dataset
{
    private const int PicturesAheadPerThread = 4;

    private readonly string _path;
    private readonly ImageFile[] _files;
    private readonly ImageDecoder _decoder;
    private readonly ImageOptions _options;
    private readonly LabelMode _labelMode;
    private readonly FilePolicy _policy;

    private ImageDataset(
        string path, ImageFile[] files, ImmutableArray<string> classNames, ImageDecoder decoder, ImageOptions options, LabelMode labelMode,
        FilePolicy policy)
    {
        (_path, _files, ClassNames) = (path, files, classNames);
        (_decoder, _options, _labelMode, _policy) = (decoder, options, labelMode, policy);
        FilePaths = [.. files.Select(file => file.Path)];
        Labels = [.. files.Select(file => file.Label)];
    }

    /// <summary>The names of the classes; a label is an index into them.</summary>
    public ImmutableArray<string> ClassNames { get; }

    /// <summary>The files in the order in which they are read, those that are left out included.</summary>
    public ImmutableArray<string> FilePaths { get; }

    /// <summary>The class of each of <see cref="FilePaths"/>, as an index into <see cref="ClassNames"/>.</summary>
    public ImmutableArray<int> Labels { get; }

    /// <summary>The files found so far to be left out, and why, in the order of <see cref="FilePaths"/>.</summary>
    public ImmutableArray<DroppedFile> Dropped =>
        [.. _files.Where(file => file.Dropped is not null).Select(file => new DroppedFile(file.Path, file.Dropped!))];

    /// <summary>
    /// The number of pictures: the number of files less that of the dropped ones found so far. It is exact from the end of the
    /// first complete enumeration on, or after <see cref="Verify"/>.
    /// </summary>
    public override int? Cardinality => _files.Count(file => file.Dropped is null);

    internal override int? IndexCount => _files.Length;

    internal override string? Fingerprint
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
            Add($"images {_decoder.Fingerprint} {_labelMode} {_policy} {string.Join('|', ClassNames)}");
            foreach (ImageFile file in _files)
                Add($"{file.Path} {file.Label} {file.Fingerprint}");
            return Convert.ToHexString(hash.GetHashAndReset());
        }
    }

    /// <summary>Decodes every file once, so that <see cref="Dropped"/> and <see cref="Cardinality"/> are complete.</summary>
    /// <param name="cancellationToken">Stops after the picture at hand.</param>
    /// <exception cref="InvalidDataException">
    /// Every file is left out; or one is damaged, and the policy is <see cref="FilePolicy.Strict"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Verify(CancellationToken cancellationToken = default)
    {
        using var items = Enumerate(epoch: 0);
        while (items.MoveNext())
            cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Reads, hashes and decodes every file, whatever the policy, for a report of what the data set holds. Marks what the policy leaves
    /// out, as <see cref="Verify"/> does, but never throws for a damaged file.
    /// </summary>
    /// <param name="progress">Is told how many files are done, from time to time.</param>
    /// <param name="cancellationToken">Stops after the file at hand.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ImageInspection Inspect(IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        int threads = Environment.ProcessorCount;
        var inspected = ImmutableArray.CreateBuilder<InspectedFile>(_files.Length);
        using var files = new ParallelEnumerator<ImageFile, (ImageFile, InspectedFile)>(
            ((IEnumerable<ImageFile>)_files).GetEnumerator(), file => (file, ImageInspector.Inspect(file, _decoder, _options.MaxBytes)),
            threads, PicturesAheadPerThread * threads, cancellationToken: cancellationToken);
        while (files.MoveNext())
        {
            (ImageFile file, InspectedFile found) = files.Current;
            if (_policy != FilePolicy.Strict)
                file.Dropped = found.IsTakenBy(_policy) ? null : found.Damage ?? "not taken by the policy: no JFIF where it is looked for";
            inspected.Add(found);
            progress?.Report(inspected.Count);
        }

        return new ImageInspection(inspected.DrainToImmutable(), ClassNames);
    }

    /// <summary>
    /// Splits the files, so that neither part decodes the other's. The parts are image data sets, and what they find to be left out
    /// shows in this one's <see cref="Dropped"/> too.
    /// </summary>
    /// <inheritdoc/>
    public override (Dataset Train, Dataset Validation) Split(double validationFraction, ulong? seed = null, bool stratified = false)
    {
        if (stratified)
        {
            bool[] chosen = ValidationSplit.DrawStratified(Labels.AsSpan(), validationFraction, seed);
            return (With([.. _files.Where((_, i) => !chosen[i])]), With([.. _files.Where((_, i) => chosen[i])]));
        }

        int held = ValidationSplit.Count(_files.Length, validationFraction);
        if (seed is not { } number)
            return (With(_files[..^held]), With(_files[^held..]));
        bool[] validation = ValidationSplit.Draw(_files.Length, held, number);
        return (With([.. _files.Where((_, i) => !validation[i])]), With([.. _files.Where((_, i) => validation[i])]));
    }

    /// <inheritdoc/>
    /// <remarks>Every epoch has the order of <see cref="FilePaths"/>.</remarks>
    public override IEnumerator<DataItem> Enumerate(long epoch) => Kept(EnumerateAt(epoch, [.. Enumerable.Range(0, _files.Length)]));

    internal override IEnumerator<DataItem?> EnumerateAt(long epoch, int[] order)
    {
        int threads = Environment.ProcessorCount;
        using var pictures = new ParallelEnumerator<ImageFile, DataItem?>(
            order.Select(i => _files[i]).GetEnumerator(), Decode, threads, PicturesAheadPerThread * threads, isAdaptive: true);
        bool any = false;
        while (pictures.MoveNext())
        {
            any |= pictures.Current is not null;
            yield return pictures.Current;
        }

        if (!any && order.Length == _files.Length && order.Length > 0)
            throw new InvalidDataException($"{_path}: none of the {order.Length} pictures can be used; the first is {Dropped[0]}");
    }

    private DataItem? Decode(ImageFile file)
    {
        if (file.Dropped is not null)
            return null;
        NDArray? picture = _decoder.Decode(file, _policy, out string? damage);
        if (picture is not null)
            return new DataItem(picture, Label(file.Label));
        if (_policy == FilePolicy.Strict)
            throw new InvalidDataException($"{file.Path}: {damage}");
        file.Dropped = damage;
        return null;
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

    private ImageDataset With(ImageFile[] files) => new(_path, files, ClassNames, _decoder, _options, _labelMode, _policy);
}
