using Numerics.Tensors;

namespace Numerics.Nn;

/// <content>Predictions for data sets, arrays and tensors.</content>
public partial class Model
{
    /// <summary>The model's outputs for a data set; targets are not looked at.</summary>
    /// <param name="data">Batches of inputs.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="steps">The steps to take; all that the data yields when null.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>The outputs of all examples, in order.</returns>
    /// <exception cref="ArgumentException">The data is empty.</exception>
    public NDArray Predict(
        IDataSource data, IReadOnlyList<Callback>? callbacks = null, int? steps = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckSteps(steps, nameof(steps));
        return Single(PredictEach(InputBatches(data), callbacks, steps, cancellationToken));
    }

    /// <summary>The model's outputs for an array of inputs.</summary>
    /// <param name="x">The inputs [examples, ..].</param>
    /// <param name="batchSize">The examples that are computed at once.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <inheritdoc cref="Predict(IDataSource, IReadOnlyList{Callback}?, int?, CancellationToken)"/>
    public NDArray Predict(
        NDArray x, int batchSize = 32, IReadOnlyList<Callback>? callbacks = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Single(PredictEach(InputBatches([x], batchSize), callbacks, steps: null, cancellationToken));
    }

    /// <summary>The model's outputs for a tensor of inputs, which stays on its backend.</summary>
    /// <inheritdoc cref="Predict(NDArray, int, IReadOnlyList{Callback}?, CancellationToken)"/>
    public NDArray Predict(
        Tensor x, int batchSize = 32, IReadOnlyList<Callback>? callbacks = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Single(PredictEach(InputBatches([x.Shape], batchSize, (first, count) => [x.Slice(0, first, count)]), callbacks, steps: null, cancellationToken));
    }

    /// <summary>All outputs of a model of several inputs or outputs for arrays.</summary>
    /// <param name="x">The inputs [examples, ..], in the order of the model's.</param>
    /// <param name="batchSize">The examples that are computed at once.</param>
    /// <param name="callbacks">What happens along the way.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <inheritdoc cref="Predict(IDataSource, IReadOnlyList{Callback}?, int?, CancellationToken)"/>
    /// <returns>The outputs of all examples, one array for each output.</returns>
    public NDArray[] PredictAll(
        IReadOnlyList<NDArray> x, int batchSize = 32, IReadOnlyList<Callback>? callbacks = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Joined(PredictEach(InputBatches(x, batchSize), callbacks, steps: null, cancellationToken));
    }

    /// <summary>The outputs for one batch after the other, of data of any size: an output is made when it is asked for.</summary>
    /// <inheritdoc cref="Predict(IDataSource, IReadOnlyList{Callback}?, int?, CancellationToken)"/>
    /// <returns>The outputs of each batch, in order.</returns>
    public IEnumerable<NDArray> PredictBatches(
        IDataSource data, IReadOnlyList<Callback>? callbacks = null, int? steps = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckSteps(steps, nameof(steps));
        return PredictEach(InputBatches(data), callbacks, steps, cancellationToken).Select(Single);
    }

    /// <summary>The outputs for one batch.</summary>
    /// <param name="x">The inputs [batch, ..].</param>
    public NDArray PredictOnBatch(NDArray x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = new TensorScope();
        NDArray outputs = Call(x).ToNDArray();
        ClearLosses();
        return outputs;
    }

    // One batch of outputs, or those of all batches, of a model with one output.
    private NDArray Single(IReadOnlyList<NDArray> outputs) => outputs is [var only]
        ? only
        : throw new InvalidOperationException($"{Title} has {outputs.Count} outputs; PredictAll gives all of them");

    private NDArray Single(IEnumerable<NDArray[]> outputs) => Single(Joined(outputs));

    private NDArray[] Joined(IEnumerable<NDArray[]> outputs)
    {
        NDArray[][] all = [.. outputs];
        return all.Length > 0
            ? [.. all[0].Select((_, i) => ArrayRows.Concat([.. all.Select(batch => batch[i])]))]
            : throw new ArgumentException($"{Title}: there is no data to predict");
    }

    private static IEnumerable<Func<IReadOnlyList<Tensor>>> InputBatches(IDataSource data) =>
        data.Select(batch => (Func<IReadOnlyList<Tensor>>)(() => [.. batch.Inputs.Select(x => (Tensor)x)]));

    private IEnumerable<Func<IReadOnlyList<Tensor>>> InputBatches(IReadOnlyList<NDArray> x, int batchSize) => InputBatches(
        [.. x.Select(array => array.Shape)], batchSize, (first, count) => [.. x.Select(array => (Tensor)array.Slice(first, count))]);

    private IEnumerable<Func<IReadOnlyList<Tensor>>> InputBatches(Shape[] x, int batchSize, Func<int, int, IReadOnlyList<Tensor>> rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (x.Any(shape => shape.Rank == 0))
            throw new ShapeMismatchException($"{Title}: expected inputs [examples, ..], got a scalar");
        int examples = ExampleCount.Of(x, [], null);
        return Enumerable.Range(0, (examples + batchSize - 1) / batchSize).Select(batch =>
            (Func<IReadOnlyList<Tensor>>)(() => rows(batch * batchSize, Math.Min(batchSize, examples - (batch * batchSize)))));
    }

    private IEnumerable<NDArray[]> PredictEach(
        IEnumerable<Func<IReadOnlyList<Tensor>>> batches, IReadOnlyList<Callback>? callbacks, int? steps, CancellationToken cancellationToken)
    {
        var all = new CallbackList(this, callbacks ?? []);
        all.Each(callback => callback.OnPredictBegin());
        int step = 0;
        foreach (Func<IReadOnlyList<Tensor>> batch in steps is { } count ? batches.Take(count) : batches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            all.Each(callback => callback.OnPredictBatchBegin(step));
            NDArray[] outputs;
            using (new TensorScope())
                outputs = [.. CallAll(batch()).Select(output => output.ToNDArray())];

            // Nobody asks for them, and the thread may not come back.
            ClearLosses();
            all.Each(callback => callback.OnPredictBatchEnd(step, outputs));
            step++;
            yield return outputs;
        }

        all.Each(callback => callback.OnPredictEnd());
    }
}
