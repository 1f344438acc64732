using Numerics.Nn;
using Numerics.Tensors;

namespace Numerics.Distributed;

/// <summary>
/// The gradients of one step on their way: each is taken up when it is final, sent with others of its bucket, and handed out as the
/// sum over all parts of the batch. Buckets are filled in the reverse order of the variables and sent in that order, which is the
/// same in every process.
/// </summary>
internal sealed class GradientExchange : IDisposable
{
    // Tensors begin at multiples of what every backend aligns to, in floats.
    private const int Alignment = 64;
    private const int OwnBucket = 1 << 16;

    private readonly ProcessGroup _group;
    private readonly DataParallelOptions _options;
    private readonly ReductionOrder _order;
    private readonly IReadOnlyList<Variable> _variables;
    private readonly BatchParts? _parts;
    private readonly int _firstPart;
    private readonly int _lastPart;
    private readonly List<Bucket> _buckets = [];
    private readonly (Bucket Bucket, int Offset)[] _places;
    private readonly List<(int Level, Tensor?[] Buckets)> _partial = [];
    private int _part;
    private int _sent;

    /// <param name="group">The processes.</param>
    /// <param name="options">How to exchange.</param>
    /// <param name="variables">What gradients are of.</param>
    /// <param name="parts">The parts of the batch; null when factors cannot be sent.</param>
    /// <param name="ownParts">How many of them this process has.</param>
    public GradientExchange(ProcessGroup group, DataParallelOptions options, IReadOnlyList<Variable> variables, BatchParts? parts, int ownParts)
    {
        (_group, _options, _variables, _parts) = (group, options, variables, parts);
        _order = options.Order ?? (group.AddsInFixedOrder ? ReductionOrder.Fixed : ReductionOrder.Library);
        (_firstPart, _lastPart) = (group.Rank * ownParts, ((group.Rank + 1) * ownParts) - 1);
        _part = _firstPart;
        _places = new (Bucket, int)[variables.Count];
        Bucket? open = null;
        for (int i = variables.Count - 1; i >= 0; i--)
        {
            int size = variables[i].Shape.Size;
            Bucket bucket;
            if (size >= OwnBucket)
            {
                _buckets.Add(bucket = new Bucket());
                open = null;
            }
            else
            {
                if (open is null || (long)open.Length * sizeof(float) >= options.BucketBytes)
                    _buckets.Add(open = new Bucket());
                bucket = open;
            }

            _places[i] = (bucket, bucket.Length);
            bucket.Length += (size + Alignment - 1) / Alignment * Alignment;
            bucket.Missing++;
        }
    }

    /// <summary>Takes up a gradient of the part at hand.</summary>
    /// <param name="variable">The variable's index.</param>
    /// <param name="gradient">Its gradient, final.</param>
    public void Add(int variable, Tensor gradient)
    {
        (Bucket bucket, int offset) = _places[variable];
        if (gradient.PendingProduct is { } product && SendsFactors(product))
        {
            bucket.Factors ??= [];
            bucket.Factors.Add(product);
        }
        else
        {
            Backend backend = gradient.Backend;
            using Tensor place = Place(bucket.Sum ??= Empty(backend, bucket.Length), offset, gradient.Shape);
            if (gradient.PendingProduct is { } pending)
                backend.MatMul(pending.A, pending.TransposeA, pending.B, pending.TransposeB, place);
            else
                backend.Copy(gradient, place);
            if (_part == _lastPart)
                AddPartial(bucket, offset, place);
        }

        if (_part != _lastPart || --bucket.Missing > 0 || !_options.Overlap)
            return;
        while (_sent < _buckets.Count && _buckets[_sent].Missing == 0)
            Send(_buckets[_sent++]);
    }

    /// <summary>Notes that the gradients of a part of this process, other than its last, are complete.</summary>
    public void EndPart()
    {
        Tensor?[] sums = [.. _buckets.Select(bucket => bucket.Sum)];
        foreach (Bucket bucket in _buckets)
            bucket.Sum = null;

        // As in adding by a tree over all parts: neighbours of the same size are added at once.
        int level = 0;
        while (_partial.Count > 0 && _partial[^1].Level == level)
        {
            Tensor?[] before = _partial[^1].Buckets;
            for (int i = 0; i < sums.Length; i++)
            {
                if (sums[i] is not { } right || before[i] is not { } left)
                    continue;
                sums[i] = (left + right).Keep();
                left.Dispose();
                right.Dispose();
            }

            _partial.RemoveAt(_partial.Count - 1);
            level++;
        }

        _partial.Add((level, sums));
        _part++;
    }

    /// <summary>Sends what has not been sent yet.</summary>
    public void SendAll()
    {
        while (_sent < _buckets.Count)
            Send(_buckets[_sent++]);
    }

    /// <summary>Waits for the sums.</summary>
    /// <returns>The gradient of each variable, tensors of the innermost scope.</returns>
    public Tensor[] Finish()
    {
        SendAll();
        foreach (Bucket bucket in _buckets)
        {
            foreach (Communication communication in bucket.UnderWay)
                communication.Wait();
        }

        var results = new Tensor[_variables.Count];
        for (int i = 0; i < results.Length; i++)
        {
            (Bucket bucket, int offset) = _places[i];
            Shape shape = _variables[i].Shape;
            results[i] = bucket.Inputs is { } inputs
                ? Tensor.Deferred(inputs.Backend, inputs, true, bucket.Gradients!, false, shape)
                : TensorRows.Of(bucket.Sum!, offset, shape);
        }

        return results;
    }

    /// <summary>Gives back memory; what <see cref="Finish"/> handed out has a share in it.</summary>
    public void Dispose()
    {
        foreach (Bucket bucket in _buckets)
        {
            bucket.Sum?.Dispose();
            bucket.Inputs?.Dispose();
            bucket.Gradients?.Dispose();
        }

        foreach ((_, Tensor?[] buckets) in _partial)
        {
            foreach (Tensor? sum in buckets)
                sum?.Dispose();
        }
    }

    private static Tensor Empty(Backend backend, int length) => Tensor.Empty(backend, new Shape(length)).Keep();

    private static Tensor Place(Tensor bucket, int offset, Shape shape) => TensorRows.Of(bucket, offset, shape);

    // The same answer in every process: it depends on shapes and the whole batch alone.
    private bool SendsFactors(MatMulProduct product)
    {
        if (!_options.GatherFactors || _parts is null || product is not { TransposeA: true, TransposeB: false })
            return false;
        int inputs = product.A.Shape[1], outputs = product.B.Shape[1];

        // A part without rows stands in with one, whose gradient is zero.
        return product.A.Shape[0] == Math.Max(_parts.Count(_part), 1)
            && 4 * (long)_parts.Rows * (inputs + outputs) <= (long)inputs * outputs;
    }

    private void AddPartial(Bucket bucket, int offset, Tensor place)
    {
        int index = _buckets.IndexOf(bucket);
        for (int i = _partial.Count - 1; i >= 0; i--)
        {
            using Tensor before = Place(_partial[i].Buckets[index]!, offset, place.Shape), sum = before + place;
            place.Backend.Copy(sum, place);
        }
    }

    private void Send(Bucket bucket)
    {
        if (bucket.Factors is { } factors)
        {
            bucket.Inputs = Gather(bucket, factors.ConvertAll(product => product.A));
            bucket.Gradients = Gather(bucket, factors.ConvertAll(product => product.B));
        }
        else
        {
            bucket.UnderWay.Add(_group.AllReduceAsync(bucket.Sum!, ReduceOperation.Sum, _order, _options.Compression));
        }
    }

    private Tensor Gather(Bucket bucket, List<Tensor> own)
    {
        Tensor all = Tensor.Empty(own[0].Backend, own[0].Shape.With(0, _parts!.Rows)).Keep();
        for (int i = 0; i < own.Count; i++)
        {
            int part = _firstPart + i;
            if (_parts.Count(part) > 0)
                TensorRows.Copy(own[i], all, _parts.First(part));
        }

        bucket.UnderWay.Add(_group.AllGatherAsync(all, _parts.RowsOfRank, _options.Compression));
        return all;
    }

    private sealed class Bucket
    {
        /// <summary>Its size in floats.</summary>
        public int Length { get; set; }

        /// <summary>The gradients that are still to come in the last part.</summary>
        public int Missing { get; set; }

        /// <summary>The gradients, summed up so far.</summary>
        public Tensor? Sum { get; set; }

        /// <summary>The factors of its only gradient, one for each part, where these are sent.</summary>
        public List<MatMulProduct>? Factors { get; set; }

        /// <summary>The first factors of all processes.</summary>
        public Tensor? Inputs { get; set; }

        /// <summary>The second factors.</summary>
        public Tensor? Gradients { get; set; }

        /// <summary>What is under way.</summary>
        public List<Communication> UnderWay { get; } = [];
    }
}
