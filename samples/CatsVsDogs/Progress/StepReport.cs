namespace Numerics.Samples.CatsVsDogs.Progress;

/// <summary>How far a training is.</summary>
/// <param name="Epoch">The epoch at hand, from 1.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Step">The steps done in this epoch.</param>
/// <param name="Steps">How many an epoch has; null when not known.</param>
/// <param name="Loss">The epoch's mean loss so far.</param>
/// <param name="Accuracy">The epoch's accuracy so far, 0 to 1.</param>
/// <param name="PicturesPerSecond">The speed in this epoch; 0 before its first step.</param>
internal sealed record StepReport(int Epoch, int Epochs, int Step, int? Steps, double Loss, double Accuracy, double PicturesPerSecond)
{
    /// <summary>Loss, accuracy and speed in words.</summary>
    public string Figures =>
        $"loss {Loss:F4}  accuracy {100 * Accuracy:F1} %{(PicturesPerSecond > 0 ? $"  {PicturesPerSecond:F0} pictures/s" : "")}";
}
