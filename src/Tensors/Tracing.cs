using System.Diagnostics;

namespace Numerics.Tensors;

/// <summary>
/// Says where a program's time goes, through .NET's own <see cref="ActivitySource"/>: who listens to the source
/// <see cref="SourceName"/> (an <see cref="ActivityListener"/>, OpenTelemetry) gets an <see cref="Activity"/> for every part of
/// a training step. Its operation is one of the constants here, its tag <see cref="SubjectTag"/> names the layer, loss, weight
/// or model. While nobody listens a part costs one test. On a backend that works asynchronously the times are those of handing
/// the work over.
/// </summary>
public static class Tracing
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Numerics";

    /// <summary>The tag that says what an activity is about, by name.</summary>
    public const string SubjectTag = "numerics.subject";

    /// <summary>A batch goes to the backend; the subject is the model.</summary>
    public const string Upload = "upload";

    /// <summary>The forward pass of a layer, or of several that are one op; a model's own encloses those of its layers.</summary>
    public const string Forward = "forward";

    /// <summary>The value of a loss.</summary>
    public const string Loss = "loss";

    /// <summary>The gradient of one recorded op; the subject is that of the part during which it was recorded.</summary>
    public const string Backward = "backward";

    /// <summary>An optimizer's step for one weight.</summary>
    public const string Update = "update";

    /// <summary>An optimizer's step for one weight whose gradient is computed only now, in the same pass or just before.</summary>
    public const string GradientUpdate = "gradient+update";

    /// <summary>A batch goes into a model's metrics.</summary>
    public const string Metrics = "metrics";

    private static readonly ActivitySource s_source = new(SourceName);

    /// <summary>The subject of the part that is under way on this thread; null when there is none or nobody listens.</summary>
    internal static string? CurrentSubject =>
        s_source.HasListeners() && Activity.Current is { } activity && activity.Source == s_source
            ? activity.GetTagItem(SubjectTag) as string
            : null;

    /// <summary>Begins a part; for layers and training loops of one's own, too.</summary>
    /// <param name="operation">What is done, such as <see cref="Forward"/>.</param>
    /// <param name="subject">To what, by name.</param>
    /// <returns>To be disposed at the part's end; null when nobody listens, which <c>using</c> takes as well.</returns>
    public static Activity? Start(string operation, string subject)
    {
        // The tag is given at once, so that listeners see it when the part begins.
        return s_source.HasListeners()
            ? s_source.StartActivity(operation, ActivityKind.Internal, default(ActivityContext), [new(SubjectTag, subject)])
            : null;
    }
}
