using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>Values by name that a run needs to go on in another process: a part of a checkpoint. Numbers keep every bit.</summary>
public sealed class TrainingState
{
    private readonly Dictionary<string, string> _texts;
    private readonly Dictionary<string, TensorContent> _tensors;
    private readonly string _prefix;

    internal TrainingState()
        : this([], [], "")
    {
    }

    internal TrainingState(Dictionary<string, string> texts, Dictionary<string, TensorContent> tensors, string prefix) =>
        (_texts, _tensors, _prefix) = (texts, tensors, prefix);

    /// <summary>All texts by full name.</summary>
    internal IReadOnlyDictionary<string, string> Texts => _texts;

    /// <summary>All tensors by full name.</summary>
    internal IReadOnlyDictionary<string, TensorContent> Tensors => _tensors;

    /// <summary>Notes a text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The text.</param>
    public void Set(string name, string value) => _texts[_prefix + name] = value;

    /// <summary>Notes a number.</summary>
    /// <inheritdoc cref="Set(string, string)"/>
    public void Set(string name, double value) => Set(name, value.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>Notes a whole number.</summary>
    /// <inheritdoc cref="Set(string, string)"/>
    public void Set(string name, long value) => Set(name, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Notes numbers.</summary>
    /// <inheritdoc cref="Set(string, string)"/>
    public void Set(string name, ReadOnlySpan<double> value)
    {
        var texts = new string[value.Length];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = value[i].ToString("R", CultureInfo.InvariantCulture);
        Set(name, string.Join(' ', texts));
    }

    /// <summary>Notes an array.</summary>
    /// <inheritdoc cref="Set(string, string)"/>
    public void Set(string name, NDArray value) => _tensors[_prefix + name] = value;

    /// <summary>Notes a variable, whose value stays as it is until the state has been written.</summary>
    internal void Set(string name, Variable variable) => _tensors[_prefix + name] = variable.Value;

    /// <summary>A text, if there is one of the name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out string? value) => _texts.TryGetValue(_prefix + name, out value);

    /// <summary>A number, if there is one of the name.</summary>
    public bool TryGet(string name, out double value)
    {
        value = 0;
        return TryGet(name, out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Numbers, if there are some of the name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out double[]? value)
    {
        value = null;
        if (!TryGet(name, out string? text))
            return false;
        string[] texts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var numbers = new double[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            if (!double.TryParse(texts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]))
                return false;
        }

        value = numbers;
        return true;
    }

    /// <summary>A whole number, if there is one of the name.</summary>
    public bool TryGet(string name, out long value)
    {
        value = 0;
        return TryGet(name, out string? text) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>An array, if there is one of the name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out NDArray? value)
    {
        value = _tensors.TryGetValue(_prefix + name, out TensorContent content) ? content.ToNDArray() : null;
        return value is not null;
    }

    /// <summary>The names of what lies under a name, such as the epochs of <c>history</c>.</summary>
    internal IEnumerable<string> Names(string part) => _texts.Keys
        .Where(name => name.StartsWith(_prefix + part, StringComparison.Ordinal))
        .Select(name => name[_prefix.Length..]);

    /// <summary>The values whose names begin in some way.</summary>
    internal TrainingState Part(string prefix) => new(_texts, _tensors, _prefix + prefix);
}
