using System.Globalization;
using System.Text;

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
    private FileStream? _file;
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

        // Without a buffer: what could not be written is not tried again when the file is closed.
        _file = new FileStream(_filename, append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        if (_file is null)
            return;
        if (_keys is null)
        {
            string[] names = [.. logs.Keys.Order(StringComparer.Ordinal)];
            bool validated = names.Any(name => name.StartsWith("val_", StringComparison.Ordinal));
            _keys = validated ? names : [.. names, .. names.Select(name => $"val_{name}")];
        }

        string Cell(string key) => logs.TryGetValue(key, out double value) ? value.ToString("R", CultureInfo.InvariantCulture) : "NA";
        string row = string.Join(separator, [epoch.ToString(CultureInfo.InvariantCulture), .. _keys.Select(Cell)]);
        string header = _header ? $"{string.Join(separator, ["epoch", .. _keys])}\n" : "";
        _header = false;
        _file.Write(Encoding.UTF8.GetBytes($"{header}{row}\n"));
    }

    /// <inheritdoc/>
    public override void OnTrainEnd() => Dispose();

    /// <inheritdoc/>
    public override void OnTrainInterrupted() => Dispose();

    /// <inheritdoc/>
    public override void OnTrainFailed(Exception error) => Dispose();

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    // The columns that a file has already: rows that are added fit them.
    private string[] Columns()
    {
        string first = File.ReadLines(_filename).First();
        return [.. first.Split(separator).Skip(1)];
    }
}
