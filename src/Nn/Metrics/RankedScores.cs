using System.Runtime.InteropServices;
using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>
/// Scores in ascending order, with weights where any differs from 1: four or eight bytes a score. New ones wait at the end until
/// <see cref="Sort"/> merges them in, so that a value after each batch costs time linear in the number of scores.
/// </summary>
internal sealed class RankedScores
{
    private readonly List<float> _scores = [];
    private List<float>? _weights;
    private int _sorted;

    /// <summary>The scores; in order after <see cref="Sort"/>.</summary>
    public ReadOnlySpan<float> Scores => CollectionsMarshal.AsSpan(_scores);

    /// <summary>The scores' weights; empty when all are 1.</summary>
    public ReadOnlySpan<float> Weights => CollectionsMarshal.AsSpan(_weights);

    /// <summary>Takes in a score.</summary>
    public void Add(float score, float weight)
    {
        if (_weights is null && weight != 1)
        {
            _weights = new List<float>(_scores.Capacity);
            CollectionsMarshal.SetCount(_weights, _scores.Count);
            CollectionsMarshal.AsSpan(_weights).Fill(1);
        }

        _scores.Add(score);
        _weights?.Add(weight);
    }

    /// <summary>Notes scores and weights in the order that they have now: sums of weights are taken in it.</summary>
    public void SaveState(TrainingState state)
    {
        state.Set("sorted", (long)_sorted);
        state.Set("scores", NDArray.From(_scores.Count, Scores));
        if (_weights is not null)
            state.Set("weights", NDArray.From(_weights.Count, Weights));
    }

    /// <summary>Takes back what <see cref="SaveState"/> wrote.</summary>
    public void LoadState(TrainingState state)
    {
        if (!state.TryGet("scores", out NDArray? scores) || !state.TryGet("sorted", out long sorted))
            return;
        _scores.Clear();
        _scores.AddRange(scores.AsSpan<float>());
        _weights = state.TryGet("weights", out NDArray? weights) ? [.. weights.ToFloats()] : null;
        _sorted = (int)sorted;
    }

    /// <summary>Puts the scores in order.</summary>
    public void Sort()
    {
        if (_sorted == _scores.Count)
            return;
        Span<float> scores = CollectionsMarshal.AsSpan(_scores), weights = CollectionsMarshal.AsSpan(_weights);
        Span<float> fresh = scores[_sorted..];
        if (_weights is null)
            fresh.Sort();
        else
            fresh.Sort(weights[_sorted..]);
        if (_sorted > 0)
            Merge(scores, weights, _sorted);
        _sorted = scores.Length;
    }

    // From the end: what is new is copied, and the old ones move up past it.
    private static void Merge(Span<float> scores, Span<float> weights, int sorted)
    {
        float[] fresh = scores[sorted..].ToArray(), freshWeights = weights.IsEmpty ? [] : weights[sorted..].ToArray();
        int old = sorted - 1, next = fresh.Length - 1;
        for (int to = scores.Length - 1; next >= 0; to--)
        {
            bool fromOld = old >= 0 && scores[old] > fresh[next];
            scores[to] = fromOld ? scores[old] : fresh[next];
            if (!weights.IsEmpty)
                weights[to] = fromOld ? weights[old] : freshWeights[next];
            if (fromOld)
                old--;
            else
                next--;
        }
    }
}
