using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Numerics.Nn;

/// <summary>Loss and metrics of each epoch of a training, by name: <c>loss</c>, <c>accuracy</c>, <c>val_loss</c>, ...</summary>
public sealed class History
{
    private readonly List<int> _epochs = [];
    private readonly List<OrderedDictionary<string, double>> _logs = [];
    private readonly OrderedDictionary<string, List<double>> _values = [];

    /// <summary>The epochs that were run, counted from 0.</summary>
    public IReadOnlyList<int> Epoch => _epochs;

    /// <summary>The names of what was recorded.</summary>
    public IReadOnlyList<string> Names => [.. _values.Keys];

    /// <summary>One value for each epoch.</summary>
    /// <param name="name">A name, such as <c>val_loss</c>.</param>
    /// <exception cref="KeyNotFoundException">Nothing was recorded under the name; the message lists the names.</exception>
    public IReadOnlyList<double> this[string name] => TryGet(name, out IReadOnlyList<double>? values)
        ? values
        : throw new KeyNotFoundException($"the history has no '{name}'; it holds: {string.Join(", ", _values.Keys)}");

    /// <summary>One value for each epoch, if there is something under the name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out IReadOnlyList<double>? values)
    {
        bool found = _values.TryGetValue(name, out List<double>? list);
        values = list;
        return found;
    }

    /// <summary>The values of one epoch by name.</summary>
    /// <param name="epoch">An epoch of <see cref="Epoch"/>.</param>
    public IReadOnlyDictionary<string, double> Logs(int epoch)
    {
        int at = _epochs.IndexOf(epoch);
        return at >= 0
            ? _logs[at]
            : throw new KeyNotFoundException($"the history has no epoch {epoch}; it holds: {string.Join(", ", _epochs)}");
    }

    /// <summary>Notes everything.</summary>
    internal void SaveState(TrainingState state)
    {
        for (int i = 0; i < _epochs.Count; i++)
            SaveLogs(state.Part(string.Create(CultureInfo.InvariantCulture, $"{_epochs[i]}/")), _logs[i]);
    }

    /// <summary>Takes back what <see cref="SaveState"/> wrote.</summary>
    internal void LoadState(TrainingState state)
    {
        foreach (int epoch in state.Names("").Select(name => Number(name.Split('/')[0])).Distinct().Order())
            Add(epoch, LoadLogs(state.Part(string.Create(CultureInfo.InvariantCulture, $"{epoch}/"))));
    }

    /// <summary>Notes the values of an epoch, numbered, so that their names keep their order.</summary>
    internal static void SaveLogs(TrainingState state, IReadOnlyDictionary<string, double> logs)
    {
        int number = 0;
        foreach ((string name, double value) in logs)
            state.Set(string.Create(CultureInfo.InvariantCulture, $"{number++}/{name}"), value);
    }

    /// <summary>Takes back what <see cref="SaveLogs"/> wrote.</summary>
    internal static OrderedDictionary<string, double> LoadLogs(TrainingState state)
    {
        var logs = new OrderedDictionary<string, double>();
        foreach (string name in state.Names("").OrderBy(name => Number(name.Split('/')[0])))
        {
            if (state.TryGet(name, out double value))
                logs[name.Split('/', 2)[1]] = value;
        }

        return logs;
    }

    /// <summary>Notes the results of an epoch.</summary>
    internal void Add(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        _epochs.Add(epoch);
        _logs.Add(new OrderedDictionary<string, double>(logs));
        foreach ((string name, double value) in logs)
        {
            if (!_values.TryGetValue(name, out List<double>? list))
                _values.Add(name, list = []);
            list.Add(value);
        }
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
