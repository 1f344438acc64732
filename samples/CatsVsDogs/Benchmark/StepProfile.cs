using System.Diagnostics;
using Numerics.Tensors;

namespace Numerics.Samples.CatsVsDogs.Benchmark;

/// <summary>
/// Where the time of a step goes. What a part calls that is a part itself counts there alone, so that the parts add up.
/// </summary>
internal sealed class StepProfile
{
    private readonly List<Dictionary<Part, double>> _steps = [];
    private readonly List<Part> _order = [];
    private Dictionary<Part, double> _current = [];

    private StepProfile()
    {
    }

    /// <summary>A part of the step.</summary>
    /// <param name="Operation">One of the operations of <see cref="Tracing"/>, or <see cref="Rest"/>.</param>
    /// <param name="Subject">The layers, as "a + b" where one op computes several; empty for what belongs to none.</param>
    internal sealed record Part(string Operation, string Subject)
    {
        /// <summary>The time that no part accounts for.</summary>
        public const string Rest = "rest";
    }

    /// <summary>Runs steps and times their parts.</summary>
    /// <param name="steps">How many; at least 1.</param>
    /// <param name="step">The step.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <returns>The parts in the order in which they ran, with the milliseconds of each: the mean over the faster half of the
    /// steps, which other programs disturbed least. The last is <see cref="Part.Rest"/>.</returns>
    public static IReadOnlyList<(Part Part, double Milliseconds)> Measure(int steps, Action step, CancellationToken cancellationToken)
    {
        var profile = new StepProfile();
        var totals = new List<double>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = profile.Register,
            ActivityStopped = profile.Add,
        };
        ActivitySource.AddActivityListener(listener);
        for (int i = 0; i < steps; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            step();
            totals.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            profile._steps.Add(profile._current);
            profile._current = [];
        }

        return profile.Average([.. Enumerable.Range(0, steps).OrderBy(i => totals[i]).Take((steps + 1) / 2)], totals);
    }

    private static Part PartOf(Activity activity)
    {
        string subject = (string)activity.GetTagItem(Tracing.SubjectTag)!;
        return activity.OperationName switch
        {
            // A weight's name begins with its layer's.
            Tracing.Update or Tracing.GradientUpdate => new Part(activity.OperationName, subject[..subject.LastIndexOf('/')]),
            Tracing.Upload or Tracing.Metrics => new Part(activity.OperationName, ""),
            _ => new Part(activity.OperationName, subject),
        };
    }

    private void Register(Activity activity)
    {
        Part part = PartOf(activity);
        if (!_order.Contains(part))
            _order.Add(part);
    }

    private void Add(Activity activity)
    {
        double milliseconds = activity.Duration.TotalMilliseconds;
        Add(PartOf(activity), milliseconds);
        if (activity.Parent is { Source.Name: Tracing.SourceName } parent)
            Add(PartOf(parent), -milliseconds);
    }

    private void Add(Part part, double milliseconds) => _current[part] = _current.GetValueOrDefault(part) + milliseconds;

    private List<(Part Part, double Milliseconds)> Average(int[] chosen, List<double> totals)
    {
        var parts = new List<(Part Part, double Milliseconds)>();
        foreach (Part part in _order)
            parts.Add((part, chosen.Average(i => _steps[i].GetValueOrDefault(part))));
        parts.Add((new Part(Part.Rest, ""), chosen.Average(i => totals[i]) - parts.Sum(entry => entry.Milliseconds)));
        return parts;
    }
}
