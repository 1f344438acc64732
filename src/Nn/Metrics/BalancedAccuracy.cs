namespace Numerics.Nn;

/// <summary>
/// The mean of the classes' recalls over the classes that occur, so that each counts the same however rare; 0 when nothing was
/// taken in. Source: Brodersen, Ong, Stephan, Buhmann, "The balanced accuracy and its posterior distribution", ICPR 2010.
/// </summary>
/// <param name="threshold">A greater prediction counts as class 1, where there is a single column; use 0 for logits.</param>
/// <param name="name">The name in logs.</param>
public sealed class BalancedAccuracy(float threshold = 0.5f, string name = "balanced_accuracy") : ConfusionMatrixMetric(threshold, name)
{
    private protected override double Result(double[,] counts)
    {
        double[] labels = Totals(counts).Labels;
        double sum = 0;
        int present = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] == 0)
                continue;
            sum += counts[i, i] / labels[i];
            present++;
        }

        return present == 0 ? 0 : sum / present;
    }
}
