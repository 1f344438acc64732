namespace Numerics.Data;

/// <content>Some of the files, or some of them several times.</content>
public sealed partial class ImageDataset
{
    /// <summary>
    /// The files at some positions, in that order: a stratified part of them, or those of a rare class several times. Files that are
    /// taken several times are decoded several times, and kept as often by <see cref="Dataset.Cache()"/>. What is found damaged
    /// shows in this one's list too.
    /// </summary>
    /// <param name="positions">Positions in <see cref="FilePaths"/>, in any order; they may repeat.</param>
    /// <returns>The data set of these files; with no positions it is empty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no file at a position.</exception>
    /// <example><code>
    /// NDArray labels = pictures.Labels.ToArray();
    /// var (training, validation) = StratifiedSplit.Draw(labels, share: 0.2, seed: 1);
    /// ImageDataset rareMoreOften = pictures.Take(Oversampling.Order(labels, seed: 1));
    /// </code></example>
    public ImageDataset Take(ReadOnlySpan<int> positions)
    {
        var files = new ImageFile[positions.Length];
        for (int i = 0; i < files.Length; i++)
        {
            if ((uint)positions[i] >= (uint)_files.Length)
                throw new ArgumentOutOfRangeException(nameof(positions), positions[i], $"{_path}: there is no file {positions[i]} of {_files.Length}");
            files[i] = _files[positions[i]];
        }

        return With(files);
    }
}
