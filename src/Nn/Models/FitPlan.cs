namespace Numerics.Nn;

/// <summary>How long a call of Fit trains, and what happens meanwhile: its arguments that have nothing to do with the data.</summary>
/// <param name="Epochs">The number of the last epoch.</param>
/// <param name="Callbacks">What happens along the way.</param>
/// <param name="Verbose">How much is shown.</param>
/// <param name="InitialEpoch">The epochs that are done already.</param>
/// <param name="StepsPerEpoch">The steps of an epoch; all that the data yields when null.</param>
/// <param name="ValidationSteps">The steps of each evaluation; all that the validation data yields when null.</param>
/// <param name="ValidationFreq">After how many epochs each evaluation comes.</param>
/// <param name="CancellationToken">Stops between two batches.</param>
internal sealed record FitPlan(
    int Epochs, IReadOnlyList<Callback>? Callbacks, int Verbose, int InitialEpoch, int? StepsPerEpoch, int? ValidationSteps, int ValidationFreq,
    CancellationToken CancellationToken);
