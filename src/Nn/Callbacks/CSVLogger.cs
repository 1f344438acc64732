using System.Globalization;

namespace Numerics.Nn;

/// <summary>
/// Writes a row for each epoch to a file of separated values: the epoch, counted from 0, and the logs in the order of their names.
/// The columns are those of the first epoch, and its metrics' <c>val_</c> forms if none was there yet; NA where there is no value.
/// </summary>
/// <param name="filename">The file.</param>
/// <param name="separator">What stands between values.</param>
/// <param name="append">Whether rows are added to a file that exists, as for a resumed run; otherwise it is replaced.</param>
public sealed class CSVLogger(string filename, string separator = ",", bool append = false) : Callback, IDisposable
{
    private readonly string _filename = !string.IsNullOrEmpty(filename) ? filename : throw new ArgumentException("a file is needed", nameof(filename));
    private StreamWriter? _writer;
    private string[]? _keys;
    private bool _header;

    /// <inheritdoc/>
    public override bool RunsOnEveryProcess => false;

    /// <inheritdoc/>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public override void OnTrainBegin()
    {
        Dispose();
        _header = !append || !File.Exists(_filename) || new FileInfo(_filename).Length == 0;
        _keys = _header ? null : Columns();
        _writer = new StreamWriter(_filename, append) { NewLine = "\n" };
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (_writer is null)
            return;
        if (_keys is null)
        {
            string[] names = [.. logs.Keys.Order(StringComparer.Ordinal)];
            bool validated = names.Any(name => name.StartsWith("val_", StringComparison.Ordinal));
            _keys = validated ? names : [.. names, .. names.Select(name => $"val_{name}")];
        }

        if (_header)
            _writer.WriteLine(string.Join(separator, ["epoch", .. _keys]));
        _header = false;
        string Cell(string key) => logs.TryGetValue(key, out double value) ? value.ToString("R", CultureInfo.InvariantCulture) : "NA";
        _writer.WriteLine(string.Join(separator, [epoch.ToString(CultureInfo.InvariantCulture), .. _keys.Select(Cell)]));
        _writer.Flush();
    }

    /// <inheritdoc/>
    public override void OnTrainEnd() => Dispose();

    /// <inheritdoc/>
    public override void OnTrainInterrupted() => Dispose();

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
    }

    // The columns that a file has already: rows that are added fit them.
    private string[] Columns()
    {
        string first = File.ReadLines(_filename).First();
        return [.. first.Split(separator).Skip(1)];
    }
}
