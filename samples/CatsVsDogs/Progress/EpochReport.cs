namespace Numerics.Samples.CatsVsDogs.Progress;

/// <summary>What an epoch came to.</summary>
/// <param name="Last">The report of its last step.</param>
/// <param name="HeldOut">Loss and accuracy on the held-out pictures, if there are any.</param>
/// <param name="Time">How long it took, validation included.</param>
internal sealed record EpochReport(StepReport Last, (double Loss, double Accuracy)? HeldOut, TimeSpan Time)
{
    /// <summary>All of it in a line.</summary>
    public override string ToString()
    {
        string validation = HeldOut is var (loss, accuracy) ? $"  held-out loss {loss:F4}  accuracy {100 * accuracy:F1} %" : "";
        return $"epoch {Last.Epoch}/{Last.Epochs}  {Last.Figures}{validation}  {Time.TotalSeconds:F1} s";
    }
}
