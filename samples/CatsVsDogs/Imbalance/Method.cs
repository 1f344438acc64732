using System.Globalization;
using Numerics.Losses;
using Numerics.Nn;

namespace Numerics.Samples.CatsVsDogs.Imbalance;

/// <summary>A way to train where one class is rare.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Gamma">The focusing exponent of the focal loss; 0 makes it the cross-entropy.</param>
/// <param name="BalancesClasses">Whether both classes weigh the same in the loss.</param>
/// <param name="Oversamples">Whether pictures of the rare class are shown as often as the others.</param>
/// <param name="StartsFromPrior">Whether the network begins by predicting the classes' shares.</param>
internal sealed record Method(
    string Name, float Gamma = 0, bool BalancesClasses = false, bool Oversamples = false, bool StartsFromPrior = false)
{
    /// <summary>
    /// The cross-entropy, the focal loss with the exponents of table 1b of "Focal loss for dense object detection" (Lin et al.,
    /// ICCV 2017), and the usual other remedies.
    /// </summary>
    public static readonly Method[] All =
    [
        new("cross-entropy (gamma 0)"),
        .. new[] { 0.1f, 0.5f, 1, 2, 5 }.Select(gamma => new Method(string.Create(CultureInfo.InvariantCulture, $"focal, gamma {gamma}"), gamma)),
        new("cross-entropy, class weights", BalancesClasses: true),
        new("focal, gamma 2, class weights", 2, BalancesClasses: true),
        new("cross-entropy, oversampling", Oversamples: true),
        new("cross-entropy, bias of the prior", StartsFromPrior: true),
    ];

    /// <summary>What is made small. The weight is 1: one weight for both classes only scales the loss, and Adam's steps do not
    /// depend on its scale.</summary>
    public Loss Loss => new CategoricalFocalLoss(alpha: 1, gamma: Gamma);

    /// <summary>The bias that the last layer begins with; null for zeros.</summary>
    public Initializer? Bias(int[] counts) => StartsFromPrior ? new Constant(ClassWeights.InitialBias(counts)) : null;

    /// <summary>The weights of the classes; null when each picture counts the same.</summary>
    public IReadOnlyDictionary<int, float>? Weights(int[] counts) => BalancesClasses ? ClassWeights.Balanced(counts) : null;
}
