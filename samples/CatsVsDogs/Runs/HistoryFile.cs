using System.Globalization;
using System.Text;
using Numerics.Nn;

namespace Numerics.Samples.CatsVsDogs.Runs;

/// <summary>
/// Keeps a file of separated values with a row for each epoch, counted from 1. A run that goes on has the rows of before in its
/// checkpoint, so that none is there twice or missing.
/// </summary>
/// <param name="path">The file.</param>
internal sealed class HistoryFile(string path) : Callback
{
    private readonly List<string> _rows = [];

    public override void OnTrainBegin() => _rows.Clear();

    public override void OnEpochEnd(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        if (_rows.Count == 0)
            _rows.Add(string.Join(',', ["epoch", .. logs.Keys]));
        string[] cells = [.. logs.Values.Select(value => value.ToString("R", CultureInfo.InvariantCulture))];
        _rows.Add(string.Join(',', [(epoch + 1).ToString(CultureInfo.InvariantCulture), .. cells]));
        WholeFile.Write(path, Encoding.UTF8.GetBytes(string.Concat(_rows.Select(row => row + "\n"))));
    }

    public override void SaveState(TrainingState state) => state.Set("rows", string.Join('\n', _rows));

    public override void LoadState(TrainingState state)
    {
        if (state.TryGet("rows", out string? rows) && rows.Length > 0)
            _rows.AddRange(rows.Split('\n'));
    }
}
