using System.Collections.Immutable;
using System.Globalization;

namespace Numerics.Data;

/// <summary>What is known of all files of an <see cref="ImageDataset"/>.</summary>
/// <param name="files">The files, in the data set's order.</param>
/// <param name="classNames">The names of the classes.</param>
public sealed class ImageInspection(ImmutableArray<InspectedFile> files, ImmutableArray<string> classNames)
{
    private const string Header = "path\tclass\tbytes\tformat\theight\twidth\tsha256\tjfif512\tjfif4096\tdamage";

    /// <summary>The files, in the data set's order.</summary>
    public ImmutableArray<InspectedFile> Files => files;

    /// <summary>The names of the classes.</summary>
    public ImmutableArray<string> ClassNames => classNames;

    /// <summary>Files with the same content: the paths of each group, in the data set's order.</summary>
    public ImmutableArray<ImmutableArray<string>> Duplicates =>
    [
        .. files.Where(file => file.Sha256.Length > 0).GroupBy(file => file.Sha256).Where(group => group.Count() > 1)
            .Select(group => group.Select(file => file.Path).ToImmutableArray()),
    ];

    /// <summary>How many files a policy takes.</summary>
    /// <param name="policy">The policy.</param>
    public int Count(FilePolicy policy) => files.Count(file => file.IsTakenBy(policy));

    /// <summary>Writes one line a file, fields separated by tabs; an existing file is replaced when all is written.</summary>
    /// <param name="path">The file to write.</param>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = new ReplacedFile(path);
        using (var writer = new StreamWriter(file.Stream, leaveOpen: true) { NewLine = "\n" })
        {
            writer.WriteLine(Header);
            foreach (InspectedFile f in files)
            {
                writer.WriteLine(string.Join('\t', (string[])
                [
                    Clean(f.Path), Clean(classNames[f.Label]), Text(f.Length), f.Format.ToString(), Text(f.Height), Text(f.Width), f.Sha256,
                    Text(f.HasEarlyJfif ? 1 : 0), Text(f.HasJfif ? 1 : 0), Clean(f.Damage ?? ""),
                ]));
            }
        }

        file.Commit();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Clean(string text) => text.Replace('\t', ' ').Replace('\n', ' ');
}
