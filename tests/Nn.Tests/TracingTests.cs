using System.Diagnostics;
using Numerics.Losses;
using Numerics.Tensors;

namespace Numerics.Nn.Tests;

/// <summary>What a listener hears of a training step.</summary>
public sealed class TracingTests
{
    [Fact]
    public void A_listener_hears_every_part_of_a_step_in_order()
    {
        using var model = new Sequential
        {
            new Conv2D(4, 3, activation: Activation.Relu), new MaxPooling2D(2), new Flatten(), new Dense(2, activation: Activation.Softmax),
        };
        model.Compile(new SGD(), new CategoricalCrossentropy());
        NDArray x = new((2, 8, 8, 3)), y = new((2, 2));
        y.AsSpan<float>()[0] = y.AsSpan<float>()[3] = 1;
        _ = model.TrainOnBatch(x, y);

        using var mine = new Activity("mine").Start();
        var heard = new List<string>();
        using (Listen(heard, mine.TraceId))
            _ = model.TrainOnBatch(x, y);
        string[] expected =
        [
            "upload sequential", "forward sequential", "forward conv2d + max_pooling2d", "forward flatten", "forward dense",
            "loss categorical_crossentropy",
        ];
        Assert.Equal(expected, heard.Take(6));
        Assert.Equal(
            ["backward categorical_crossentropy", "backward dense", "backward flatten", "backward conv2d + max_pooling2d"],
            heard.Where(part => part.StartsWith("backward", StringComparison.Ordinal)).Distinct());
        Assert.Equal(
            ["update conv2d/kernel", "update conv2d/bias", "update dense/kernel", "update dense/bias", "metrics sequential"],
            heard.TakeLast(5));

        int before = heard.Count;
        _ = model.TrainOnBatch(x, y);
        Assert.Equal(before, heard.Count);
        Assert.Null(Tracing.Start(Tracing.Forward, "nobody listens"));
    }

    // Other tests train at the same time; only what runs inside the test's own activity is taken.
    private static ActivityListener Listen(List<string> heard, ActivityTraceId trace)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId == trace ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStarted = activity => heard.Add($"{activity.OperationName} {activity.GetTagItem(Tracing.SubjectTag)}"),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
