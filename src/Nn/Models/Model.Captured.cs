using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>Steps that are captured once and repeated.</content>
public partial class Model
{
    // One to make what is made on first use, one more for what only the second use shows.
    private const int StepsBeforeCapture = 2;

    private CapturedStep? _captured;
    private StepSignature? _capturedSignature, _lastSignature;
    private int _stepsAlike;

    /// <summary>Whether <see cref="TrainStep"/> captures forward and backward pass and repeats them as one piece of work.</summary>
    public bool JitCompile { get; private set; }

    /// <summary>What forward and backward pass give, if they are captured for such batches, now or before.</summary>
    private StepResults? LaunchCaptured(TensorBatch batch)
    {
        if (!JitCompile)
            return null;
        IReadOnlyList<Variable> variables = TrainableVariables;
        var signature = new StepSignature(batch, Layers, variables, Optimizer!.LossScaleFactor);
        if (signature.Equals(_capturedSignature))
            return _captured?.Launch(batch);

        // The last batch of an epoch, a shorter one, is not worth it.
        _stepsAlike = signature.Equals(_lastSignature) ? _stepsAlike + 1 : 0;
        _lastSignature = signature;
        if (_stepsAlike < StepsBeforeCapture)
            return null;
        ForgetCaptured();
        try
        {
            _captured = CapturedStep.Capture(batch, like =>
            {
                using var tape = new GradientTape();
                return Differentiate(tape, like).Kept();
            });
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException($"{Title} cannot be trained with jitCompile: {error.Message}", error);
        }

        _capturedSignature = signature;
        return _captured?.Launch(batch);
    }

    /// <summary>Forward and backward pass; what they give belongs to the tape.</summary>
    private StepResults Differentiate(GradientTape tape, TensorBatch batch)
    {
        Tensor[] predictions = CallAll(batch.Inputs, training: true);
        Tensor loss = ComputeLoss(batch, predictions);
        IReadOnlyList<Variable> variables = TrainableVariables;
        IReadOnlyList<Tensor> gradients = variables.Count > 0 ? tape.Gradient(Optimizer!.ScaleLoss(loss), variables) : [];
        return new StepResults(predictions, loss, [.. _outputs.Select(output => output.TakeLast())], gradients);
    }

    private void ForgetCaptured()
    {
        _captured?.Dispose();
        (_captured, _capturedSignature, _lastSignature, _stepsAlike) = (null, null, null, 0);
    }
}
