using System.Collections.Immutable;

namespace Numerics.Data;

/// <summary>Finds the classes and the pictures of a directory with one folder a class.</summary>
internal static class ImageDirectory
{
    /// <summary>How the names of picture files end, whatever they hold.</summary>
    public static readonly HashSet<string> Extensions =
        new([".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The classes in order: the folders' names, sorted without regard to case, or those that were asked for.</summary>
    public static ImmutableArray<string> FindClasses(string path, IReadOnlyList<string>? classNames)
    {
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"no such image directory: {path}");
        var folders = Directory.EnumerateDirectories(path).Select(folder => Path.GetFileName(folder)).Where(name => !name.StartsWith('.'));
        return ChooseClasses(path, Sorted(folders), classNames);
    }

    /// <summary>Names as labels are given: sorted without regard to case.</summary>
    public static ImmutableArray<string> Sorted(IEnumerable<string> names) =>
        [.. names.OrderBy(name => name, StringComparer.OrdinalIgnoreCase).ThenBy(name => name, StringComparer.Ordinal)];

    /// <summary>The classes that were asked for, of those that there are; else all.</summary>
    public static ImmutableArray<string> ChooseClasses(string path, ImmutableArray<string> folders, IReadOnlyList<string>? classNames)
    {
        if (folders.Length == 0)
            throw new InvalidDataException($"{path}: no class folders; expected one a class, such as Cat and Dog");
        ImmutableArray<string> classes = classNames is null ? folders : [.. classNames];
        foreach (string name in classes)
        {
            if (!folders.Contains(name))
                throw new InvalidDataException($"{path}: no folder for class '{name}'; there are {string.Join(", ", folders)}");
        }

        if (classes.Distinct().Count() != classes.Length)
            throw new ArgumentException($"a class is named twice: {string.Join(", ", classes)}", nameof(classNames));
        return classes.Length > 1 ? classes
            : throw new InvalidDataException($"{path}: only one class folder, '{classes.FirstOrDefault()}'; two or more are needed");
    }

    /// <summary>The pictures of all classes, folders within folders too, class by class and sorted by path.</summary>
    public static List<ImageFile> FindFiles(string path, ImmutableArray<string> classes)
    {
        var files = new List<ImageFile>();
        for (int label = 0; label < classes.Length; label++)
        {
            string folder = Path.Combine(path, classes[label]);
            int before = files.Count;
            files.AddRange(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => Extensions.Contains(Path.GetExtension(file)))
                .Order(StringComparer.Ordinal)
                .Select(file => new DiskImageFile(file, label)));
            if (files.Count == before)
                throw new InvalidDataException($"{folder}: no pictures ({string.Join(", ", Extensions)}) in this class folder");
        }

        return files;
    }
}
