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
        _lossTracker.SaveState(state.Part("metrics/loss/"));
        foreach (Metric metric in Metrics)
            metric.SaveState(state.Part($"metrics/{metric.Name}/"));
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
        _lossTracker.LoadState(state.Part("metrics/loss/"));
        foreach (Metric metric in Metrics)
            metric.LoadState(state.Part($"metrics/{metric.Name}/"));
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
