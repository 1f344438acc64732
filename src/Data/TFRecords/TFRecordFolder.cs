using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Numerics.Data;

/// <summary>A data set as TensorFlow Datasets keeps it on disk: shards of TFRecords and what describes them.</summary>
internal static partial class TFRecordFolder
{
    /// <summary>The files of a split in the order of their numbers, all of them.</summary>
    /// <param name="path">One file; a folder with shards in it; or a folder above, of which the newest version is taken.</param>
    /// <param name="split">The split's name, such as <c>train</c>.</param>
    public static List<string> FindShards(string path, string split)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"no such file or folder of TFRecords: {path}");
        var shards = new List<(string Path, int Number, int Count)>();
        foreach (string file in Directory.EnumerateFiles(path, "*.tfrecord-*", SearchOption.AllDirectories))
        {
            Match name = ShardName().Match(Path.GetFileName(file));
            if (name.Success && (name.Groups["split"].Value == split || name.Groups["split"].Value.EndsWith($"-{split}", StringComparison.Ordinal)))
                shards.Add((file, Parse(name.Groups["number"]), Parse(name.Groups["count"])));
        }

        if (shards.Count == 0)
            throw new InvalidDataException($"{path}: no shards of the split '{split}', such as cats_vs_dogs-{split}.tfrecord-00000-of-00008");
        var newest = shards.GroupBy(shard => Path.GetDirectoryName(shard.Path)!).OrderByDescending(group => Version(group.Key)).ToList();
        if (newest.Count > 1 && Version(newest[0].Key) == Version(newest[1].Key))
        {
            throw new InvalidDataException(
                $"{path}: holds more than one data set ({newest[0].Key}, {newest[1].Key}); name the folder of the one that is meant");
        }

        var found = newest[0].OrderBy(shard => shard.Number).ToList();
        int count = found[0].Count;
        for (int i = 0; i < Math.Max(count, found.Count); i++)
        {
            if (i >= found.Count || found[i].Number != i || found[i].Count != count)
                throw new InvalidDataException($"{newest[0].Key}: of {count} shards of '{split}', that with the number {i} is missing, or there are others beside them");
        }

        return [.. found.Select(shard => shard.Path)];
    }

    /// <summary>The pictures of some shards.</summary>
    /// <param name="shards">The files.</param>
    /// <param name="imageKey">The feature that holds the encoded picture.</param>
    /// <param name="labelKey">The feature that holds the class.</param>
    public static List<ImageFile> FindFiles(IReadOnlyList<string> shards, string imageKey, string labelKey)
    {
        long[]? expected = ShardLengths(shards);
        int threads = Math.Min(Environment.ProcessorCount, shards.Count);
        using var lists = new ParallelEnumerator<string, List<ImageFile>>(
            shards.GetEnumerator(), shard => ReadShard(shard, imageKey, labelKey), threads, capacity: threads);
        var files = new List<ImageFile>();
        for (int i = 0; lists.MoveNext(); i++)
        {
            if (expected is not null && lists.Current.Count != expected[i])
                throw new InvalidDataException($"{shards[i]}: {lists.Current.Count} records, but dataset_info.json says {expected[i]}");
            files.AddRange(lists.Current);
        }

        return files;
    }

    /// <summary>The names of the classes: those that were asked for, those of <c>label.labels.txt</c>, or the numbers.</summary>
    public static ImmutableArray<string> FindClasses(IReadOnlyList<string> shards, IReadOnlyList<string>? classNames, string labelKey, List<ImageFile> files)
    {
        int count = files.Count == 0 ? 0 : files.Max(file => file.Label) + 1;
        string list = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(shards[0]))!, $"{labelKey}.labels.txt");
        ImmutableArray<string> names = classNames is not null ? [.. classNames]
            : File.Exists(list) ? [.. File.ReadLines(list).Where(line => line.Length > 0)]
            : [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        return count <= names.Length ? names
            : throw new InvalidDataException($"{shards[0]}: labels up to {count - 1}, but only {names.Length} classes are named: {string.Join(", ", names)}");
    }

    private static List<ImageFile> ReadShard(string path, string imageKey, string labelKey)
    {
        var files = new List<ImageFile>();
        using var shard = new ArchiveFile(path);
        long offset = 0;
        byte[] buffer = [];
        for (int number = 0; TFRecordFile.Next(shard, number, ref offset) is { } place; number++)
        {
            if (buffer.Length < place.Length)
                buffer = GC.AllocateUninitializedArray<byte>(Math.Max(place.Length, buffer.Length * 2));
            Memory<byte> record = buffer.AsMemory(0, place.Length);
            TFRecordFile.ReadData(shard, number, place, record.Span);
            TFExample example;
            try
            {
                example = TFExample.ParseRecord(record);
            }
            catch (ProtobufException error)
            {
                throw shard.Corrupt(place.Offset + error.Offset, $"record {number} is not a tf.train.Example: {error.Message}", error);
            }

            if (example.Features.GetValueOrDefault(imageKey) is not TFFeature.Bytes { Values: [var image] })
                throw shard.Corrupt(place.Offset, $"record {number} has no feature '{imageKey}' of one byte string");
            if (example.Features.GetValueOrDefault(labelKey) is not TFFeature.Integers { Values: [var label] } || label is < 0 or > ushort.MaxValue)
                throw shard.Corrupt(place.Offset, $"record {number} has no feature '{labelKey}' of one number from 0 to {ushort.MaxValue}");
            string name = example.Features.GetValueOrDefault($"{imageKey}/filename") is TFFeature.Bytes { Values: [var bytes] }
                ? $"{path}#{number}/{Encoding.UTF8.GetString(bytes.Span).Replace('\\', '/')}" : $"{path}#{number}";
            _ = MemoryMarshal.TryGetArray(image, out ArraySegment<byte> segment);
            files.Add(new TFRecordImageFile(
                path, name, number, place, segment.Offset, image.Length, MaskedCrc32C.Compute(record.Span), (int)label));
        }

        return files;
    }

    // dataset_info.json: {"splits": [{"name": "train", "shardLengths": ["2908", ...]}]}; 64-bit numbers are strings there.
    private static long[]? ShardLengths(IReadOnlyList<string> shards)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(shards[0]))!, "dataset_info.json");
        Match name = ShardName().Match(Path.GetFileName(shards[0]));
        if (!name.Success || !File.Exists(path))
            return null;
        try
        {
            using JsonDocument info = JsonDocument.Parse(File.ReadAllBytes(path));
            if (!info.RootElement.TryGetProperty("splits", out JsonElement splits))
                return null;
            foreach (JsonElement split in splits.EnumerateArray())
            {
                string title = split.GetProperty("name").GetString()!, file = name.Groups["split"].Value;
                if ((file == title || file.EndsWith($"-{title}", StringComparison.Ordinal)) && split.TryGetProperty("shardLengths", out JsonElement lengths))
                {
                    long[] numbers = [.. lengths.EnumerateArray().Select(Number)];
                    return numbers.Length == shards.Count ? numbers
                        : throw new InvalidDataException($"{path}: lists {numbers.Length} shards of '{title}', there are {shards.Count}");
                }
            }

            return null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path}: not what TensorFlow Datasets writes: {error.Message}", error);
        }
    }

    private static long Number(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? long.Parse(element.GetString()!, CultureInfo.InvariantCulture)
        : element.GetInt64();

    private static Version Version(string folder) =>
        System.Version.TryParse(Path.GetFileName(folder), out Version? version) ? version : new Version(0, 0);

    private static int Parse(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<split>.+)\.tfrecord-(?<number>\d{5,9})-of-(?<count>\d{5,9})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ShardName();
}
