using System.Collections.Immutable;

namespace Numerics.Data;

/// <summary>Finds the classes of an archive's pictures: the folders within one folder, which may be any in it.</summary>
internal static class ArchiveClasses
{
    /// <summary>Which entries are pictures, and of which class.</summary>
    /// <param name="archive">The archive's path, for messages.</param>
    /// <param name="names">The entries' names.</param>
    /// <param name="folder">The folder that holds the classes' folders; null finds it.</param>
    /// <param name="classNames">The classes' folders, in the order of their labels; null takes all, sorted without regard to case.</param>
    /// <returns>The classes, and the pictures as indices into the names with their labels: class by class, sorted by name.</returns>
    public static (ImmutableArray<string> Classes, List<(int Index, int Label)> Pictures) Find(
        string archive, IReadOnlyList<string> names, string? folder, IReadOnlyList<string>? classNames)
    {
        int[] pictures = [.. Enumerable.Range(0, names.Count).Where(i => IsPicture(names[i]))];
        if (pictures.Length == 0)
            throw new InvalidDataException($"{archive}: no pictures in it ({string.Join(", ", ImageDirectory.Extensions)})");
        string root = folder is not null ? folder.Replace('\\', '/').Trim('/')
            : classNames is null ? CommonFolder(pictures.Select(i => names[i])) : FolderOf(archive, pictures.Select(i => names[i]), classNames);
        string prefix = root.Length > 0 ? root + '/' : "";
        var byClass = pictures.Where(i => names[i].StartsWith(prefix, StringComparison.Ordinal))
            .Select(i => (Index: i, Class: ClassOf(names[i], prefix))).Where(picture => picture.Class.Length > 0)
            .ToLookup(picture => picture.Class, picture => picture.Index);
        ImmutableArray<string> classes = ImageDirectory.ChooseClasses(
            $"{archive}/{root}".TrimEnd('/'), ImageDirectory.Sorted(byClass.Select(group => group.Key)), classNames);
        var found = new List<(int, int)>();
        for (int label = 0; label < classes.Length; label++)
            found.AddRange(byClass[classes[label]].OrderBy(i => names[i], StringComparer.Ordinal).Select(i => (i, label)));
        return (classes, found);
    }

    // Archives made on a Mac hold a second tree of attributes under the same names.
    private static bool IsPicture(string name) =>
        ImageDirectory.Extensions.Contains(Path.GetExtension(name))
        && !name.Split('/').Any(part => part.StartsWith('.') || part == "__MACOSX");

    private static string ClassOf(string name, string prefix)
    {
        int end = name.IndexOf('/', prefix.Length);
        return end < 0 ? "" : name[prefix.Length..end];
    }

    private static string CommonFolder(IEnumerable<string> names)
    {
        string[]? common = null;
        foreach (string name in names)
        {
            string[] parts = name.Split('/')[..^1];
            common = common is null ? parts : [.. common.Zip(parts).TakeWhile(pair => pair.First == pair.Second).Select(pair => pair.First)];
        }

        return string.Join('/', common!);
    }

    private static string FolderOf(string archive, IEnumerable<string> names, IReadOnlyList<string> classNames)
    {
        var children = new Dictionary<string, HashSet<string>>();
        foreach (string name in names)
        {
            string[] parts = name.Split('/');
            for (int depth = 0; depth < parts.Length - 1; depth++)
            {
                string parent = string.Join('/', parts[..depth]);
                if (!children.TryGetValue(parent, out HashSet<string>? within))
                    children[parent] = within = [];
                _ = within.Add(parts[depth]);
            }
        }

        string[] holders = [.. children.Where(pair => classNames.All(pair.Value.Contains)).Select(pair => pair.Key).Order(StringComparer.Ordinal)];
        string wanted = string.Join(", ", classNames);
        return holders.Length switch
        {
            1 => holders[0],
            0 => throw new InvalidDataException($"{archive}: no folder in it holds pictures of all of {wanted}"),
            _ => throw new InvalidDataException($"{archive}: more than one folder in it holds {wanted}: {string.Join(", ", holders)}; name the one that is meant"),
        };
    }
}
