namespace Numerics.Nn;

/// <summary>The curve whose area <see cref="AUC"/> gives.</summary>
public enum AUCCurve
{
    /// <summary>Receiver operating characteristic: the true positive rate over the false positive rate.</summary>
    ROC,

    /// <summary>Precision over recall: says more than ROC where positives are rare.</summary>
    PR,
}
