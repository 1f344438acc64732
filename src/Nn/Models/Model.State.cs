using System.Globalization;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>What a checkpoint holds of a model besides weights.</content>
public partial class Model
{
    /// <summary>Notes running means and the random numbers of layers.</summary>
    internal void SaveState(TrainingState state)
    {
        ReadLosses();
        foreach ((string name, Metric metric) in Reported)
            metric.SaveState(state.Part($"metrics/{name}/"));
        foreach ((string name, Layer layer) in AllLayers())
        {
            if (layer.OwnRandom is { } random)
                state.Set($"layers/{name}/position", random.Position.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Takes back what <see cref="SaveState"/> wrote.</summary>
    internal void LoadState(TrainingState state)
    {
        ResetMetrics();
        foreach ((string name, Metric metric) in Reported)
            metric.LoadState(state.Part($"metrics/{name}/"));
        foreach ((string name, Layer layer) in AllLayers())
        {
            if (layer.OwnRandom is { } random && state.TryGet($"layers/{name}/position", out string? text)
                && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong position))
                layer.OwnRandom = new RandomGenerator(random.Seed, position);
        }
    }

    private IEnumerable<(string Name, Layer Layer)> AllLayers()
    {
        var stack = new Stack<(string Name, Layer Layer)>();
        stack.Push(("", this));
        while (stack.TryPop(out var item))
        {
            yield return item;
            foreach (Layer layer in item.Layer.Sublayers)
                stack.Push(($"{item.Name}/{layer.Name}", layer));
        }
    }
}
