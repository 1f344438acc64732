using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>
/// Data-parallel training: every process has the whole model and takes a part of every batch. As <see cref="Model.Strategy"/> it
/// makes Fit and Evaluate of several processes what they are in one with the whole batch; for loops of one's own there are
/// <see cref="Gradient"/>, <see cref="Broadcast(IReadOnlyList{Variable})"/> and <see cref="DistributeBatches"/>.
/// </summary>
/// <remarks>
/// <para>What Fit computes: predictions and targets of all parts are collected, and the loss is that of the whole batch, whatever
/// its reduction, penalties and weights; so are the metrics, which therefore are the same in every process. Each part's gradient is
/// taken from there back, and the sum over the parts is the gradient. Batch normalisation uses the statistics of the part; its
/// moving averages are the means over the parts. Dropout and augmentation draw each part's numbers from a stream of its own.</para>
/// <para>What holds: for one number of parts (<see cref="DataParallelOptions.Shards"/>) the weights are the same to the last bit for any
/// number of processes and any engine, as long as sums are added in the fixed order and nothing is compressed. Against training
/// without a strategy, sums are added in another order: weights agree to rounding, and not at all where layers look at
/// a part only or draw random numbers.</para>
/// </remarks>
/// <example><code>
/// using var group = new MpiProcessGroup();
/// model.Strategy = new DataParallel(group);
/// model.Fit(train, epochs: 10, validationData: test);
/// </code></example>
public sealed class DataParallel : DistributionStrategy
{
    private readonly ProcessGroup _group;
    private readonly DataParallelOptions _options;
    private readonly int _parts;
    private readonly int _ownParts;

    /// <summary>Creates the strategy.</summary>
    /// <param name="group">The processes; the caller disposes it.</param>
    /// <param name="options">How they exchange gradients.</param>
    /// <exception cref="ArgumentException">The number of parts does not fit the number of processes.</exception>
    public DataParallel(ProcessGroup group, DataParallelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(group);
        (_group, _options) = (group, options ?? new DataParallelOptions());
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.BucketBytes, 1, nameof(options));
        _parts = _options.Shards ?? group.Size;
        if (!IsPossible(_parts, group.Size))
        {
            throw new ArgumentException(
                $"{_parts} parts of a batch cannot be shared out to {group.Size} processes: each takes as many, 1, 2, 4, 8 or another power of two", nameof(options));
        }

        _ownParts = _parts / group.Size;
    }

    /// <summary>The processes.</summary>
    public ProcessGroup Group => _group;

    /// <summary>How gradients are exchanged.</summary>
    public DataParallelOptions Options => _options;

    /// <summary>Into how many parts every batch is cut.</summary>
    public int Shards => _parts;

    /// <inheritdoc/>
    public override int Rank => _group.Rank;

    /// <inheritdoc/>
    public override int Size => _group.Size;

    /// <summary>Whether a number of parts can be shared out to a number of processes.</summary>
    /// <param name="shards">The parts.</param>
    /// <param name="size">The processes.</param>
    public static bool IsPossible(int shards, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return shards >= size && shards % size == 0 && (size == 1 || int.IsPow2(shards / size));
    }

    /// <summary>The rows of each batch that this process takes.</summary>
    /// <param name="data">
    /// The batches of all processes together, in the same order in each: where a seed is drawn for them, from random numbers of the
    /// same seed. A <c>Dataset</c> that was shuffled by index makes this process's rows only.
    /// </param>
    /// <returns>As many batches; some may have no rows.</returns>
    public IDataSource DistributeBatches(IDataSource data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return ShardedDataSource.Of(data, _parts, _group.Rank * _ownParts, _ownParts);
    }

    /// <summary>Gives every process the first one's values.</summary>
    /// <param name="variables">The same variables in every process, such as a model's and its optimizer's.</param>
    public void Broadcast(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        foreach (Variable variable in variables)
            _group.Broadcast(variable.Value);
    }

    /// <summary>
    /// The gradient of the mean of every process's loss, for a training loop of one's own: what <see cref="GradientTape"/> gives, with
    /// the exchange under way while earlier layers' gradients are still computed.
    /// </summary>
    /// <param name="tape">The tape that recorded the loss; open.</param>
    /// <param name="loss">This process's loss, a scalar.</param>
    /// <param name="variables">With respect to what; the same in every process.</param>
    /// <param name="examples">
    /// How many examples the loss is the mean of, where processes may have different numbers: a process's share is then that of its
    /// examples. All count the same when null.
    /// </param>
    /// <returns>One gradient for each variable, the same in every process. They belong to the tape.</returns>
    /// <exception cref="InvalidOperationException">There are more parts than processes, which is for Fit.</exception>
    public Tensor[] Gradient(GradientTape tape, Tensor loss, IReadOnlyList<Variable> variables, int? examples = null)
    {
        ArgumentNullException.ThrowIfNull(tape);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(variables);
        if (_ownParts != 1)
            throw new InvalidOperationException($"a loop of one's own has one part for each process; Shards is {_parts} for {Size}");
        if (Size == 1)
            return tape.Gradient(loss, variables);
        int[] all = _group.AllGather(examples ?? 1);
        float share = (float)((double)all[Rank] / all.Sum(count => (long)count));
        BatchParts? rows = examples is null ? null : new BatchParts(all, _parts);
        using var exchange = new GradientExchange(_group, _options, variables, rows, 1);
        _ = tape.Gradient(loss * share, variables, exchange.Add);
        return exchange.Finish();
    }

    /// <inheritdoc/>
    protected internal override IDataSource Distribute(IDataSource data) => DistributeBatches(data);

    /// <inheritdoc/>
    protected internal override bool Any(bool flag) => Size == 1 ? flag : Array.Exists(_group.AllGather(flag ? 1 : 0), said => said != 0);

    /// <inheritdoc/>
    protected internal override byte[] Broadcast(byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (Size == 1)
            return bytes;
        int length = _group.AllGather(bytes.Length)[0];
        byte[] data = Rank == 0 ? bytes : new byte[length];
        _group.Broadcast(data);
        return data;
    }

    /// <inheritdoc/>
    protected internal override void OnError(Exception error) => _group.MarkBroken();

    /// <inheritdoc/>
    protected internal override IReadOnlyDictionary<string, double> TrainStep(Model model, TensorBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        (BatchParts parts, bool isWeighted) = Agree(batch);
        IReadOnlyList<Variable> variables = model.TrainableVariables;
        using var scope = new TensorScope();
        var own = new PartOfStep[_ownParts];
        int firstPart = Rank * _ownParts, started = 0;
        try
        {
            using var states = new StateExchange(_group, _options, model, parts, _ownParts);
            using var streams = new PartStreams(model);
            for (; started < own.Length; started++)
            {
                int part = firstPart + started;
                streams.Begin(part);
                own[started] = PartOfStep.Run(model, batch.Inputs, parts.First(part) - parts.First(firstPart), parts.Count(part));
                states.EndPart(parts.Count(part) > 0);
            }

            states.Send();
            var pieces = own.Select((part, i) => (parts.First(firstPart + i), part.IsEmpty ? null : part.Logits)).ToArray();
            double? added = own[0].AddsLoss ? own.Sum(part => (double)part.AddedLoss) / _parts : null;
            var all = Collected.Of(_group, parts, pieces, own[0].Outputs, batch, parts.First(firstPart), isWeighted, added);
            using var lossTape = new GradientTape();
            foreach (Tensor output in all.Outputs)
                _ = lossTape.Watch(output);
            Tensor[] predictions = all.Predictions();
            Tensor loss = model.LossOf(all.Batch, predictions);
            if (variables.Count > 0)
            {
                Optimizer optimizer = model.Optimizer!;
                Tensor[] outer = lossTape.Gradient(optimizer.ScaleLoss(loss), all.Outputs);
                optimizer.Apply(Gradients(own, parts, outer, variables, optimizer), variables);
            }

            states.Finish();
            return model.LogsWith(all.Batch, predictions, loss + (all.MeanAddedLoss - own[^1].AddedLoss));
        }
        finally
        {
            // Tapes end in the reverse order of their beginning.
            while (started > 0)
                own[--started].Dispose();
        }
    }

    /// <inheritdoc/>
    protected internal override IReadOnlyDictionary<string, double> TestStep(Model model, TensorBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        (BatchParts parts, bool isWeighted) = Agree(batch);
        using var scope = new TensorScope();
        int rows = batch.Inputs[0].Shape[0], first = parts.First(Rank * _ownParts);
        Tensor[] outputs = model.CallAll(rows == 0 ? [.. batch.Inputs.Select(PartOfStep.StandIn)] : batch.Inputs);
        IReadOnlyList<Tensor> losses = model.Losses;
        float added = losses.Sum(loss => loss.Item());
        (int, Tensor[]?)[] pieces = [(first, rows == 0 ? null : Array.ConvertAll(outputs, PartOfStep.LogitsOf))];
        var all = Collected.Of(_group, parts, pieces, outputs, batch, first, isWeighted, losses.Count == 0 ? null : (double)added * rows / parts.Rows);
        Tensor[] predictions = all.Predictions();
        return model.LogsWith(all.Batch, predictions, model.LossOf(all.Batch, predictions) + (all.MeanAddedLoss - added));
    }

    // What every process has to know of the others before a step.
    private (BatchParts Parts, bool IsWeighted) Agree(TensorBatch batch)
    {
        int[] all = _group.AllGather((batch.Inputs[0].Shape[0] << 1) | (batch.SampleWeight is null ? 0 : 1));
        return (new BatchParts(Array.ConvertAll(all, said => said >> 1), _parts), Array.Exists(all, said => (said & 1) != 0));
    }

    private Tensor[] Gradients(PartOfStep[] own, BatchParts parts, Tensor[] outer, IReadOnlyList<Variable> variables, Optimizer optimizer)
    {
        if (_parts == 1)
            return own[0].Gradient(outer, variables, optimizer.ScaleLoss, ready: null);
        using var exchange = new GradientExchange(_group, _options, variables, parts, _ownParts);
        for (int i = 0; i < own.Length; i++)
        {
            int part = (Rank * _ownParts) + i, step = i;
            Tensor[] seeds = [.. outer.Select((gradient, output) => own[step].IsEmpty
                ? Tensor.Zeros(own[step].Logits[output].Shape, gradient.Backend)
                : TensorRows.Of(gradient, parts.First(part), parts.Count(part)))];
            _ = own[i].Gradient(seeds, variables, added => optimizer.ScaleLoss(added / _parts), exchange.Add);
            if (i < own.Length - 1)
                exchange.EndPart();
        }

        return exchange.Finish();
    }
}
