using System.Diagnostics.CodeAnalysis;

namespace Numerics.Nn;

/// <summary>Loss and metrics of each epoch of a training, by name: <c>loss</c>, <c>accuracy</c>, <c>val_loss</c>, ...</summary>
public sealed class History
{
    private readonly List<int> _epochs = [];
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

    /// <summary>Notes the results of an epoch.</summary>
    internal void Add(int epoch, IReadOnlyDictionary<string, double> logs)
    {
        _epochs.Add(epoch);
        foreach ((string name, double value) in logs)
        {
            if (!_values.TryGetValue(name, out List<double>? list))
                _values.Add(name, list = []);
            list.Add(value);
        }
    }
}
