using System.Diagnostics;

namespace Numerics.Tensors;

/// <summary>
/// Records the ops that run on this thread while it is open, and gives the gradient of a scalar with respect to any tensor
/// that took part. It follows trainable <see cref="Variable"/>s by itself and other tensors after <see cref="Watch"/>.
/// A tape is also a <see cref="TensorScope"/>: disposing it returns the memory of everything made inside, the gradients too.
/// Several tapes may be open at once; each records on its own. Gradients are of first order: the ops of
/// <see cref="Gradient(Tensor, IReadOnlyList{Tensor})"/> itself are not recorded.
/// </summary>
/// <example><code>
/// using var tape = new GradientTape();
/// Tensor loss = (model.Call(x, training: true) - y).Square().Mean();
/// optimizer.Apply(tape.Gradient(loss, model.TrainableVariables), model.TrainableVariables);
/// </code></example>
public sealed class GradientTape : TensorScope
{
    private const int Unused = -1;

    [ThreadStatic]
    private static GradientTape? s_innermost;

    private readonly GradientTape? _outer;
    private readonly int _depth;
    private readonly HashSet<Tensor> _followed = [];
    private readonly HashSet<Tensor> _held = [];
    private readonly List<TapeEntry> _entries = [];
    private bool _paused;

    /// <summary>Opens a tape.</summary>
    public GradientTape()
    {
        _outer = s_innermost;
        _depth = _outer is null ? 0 : _outer._depth + 1;
        s_innermost = this;
    }

    /// <summary>The number of ops recorded so far.</summary>
    public int RecordedOps => _entries.Count;

    /// <summary>Follows a tensor that is not a trainable variable, so that its gradient can be asked for.</summary>
    /// <param name="tensor">A tensor of floats, before it is used.</param>
    /// <returns>The same tensor.</returns>
    public Tensor Watch(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.DType != DType.Float32)
            throw new ArgumentException($"only Float32 tensors have gradients, got {tensor.DType}", nameof(tensor));
        Follow(tensor);
        return tensor;
    }

    /// <summary>The gradient of a scalar with respect to variables.</summary>
    /// <param name="target">What to differentiate: a tensor with one element.</param>
    /// <param name="variables">With respect to what.</param>
    /// <returns>
    /// One gradient for each variable, of its shape, zero where the target does not depend on it. They belong to the tape.
    /// </returns>
    /// <exception cref="InvalidOperationException">The target does not depend on anything the tape follows.</exception>
    public Tensor[] Gradient(Tensor target, IReadOnlyList<Variable> variables) => Gradient(target, Values(variables), ready: null);

    /// <summary>The gradient of a scalar with respect to variables, and a word as soon as each is final.</summary>
    /// <param name="target">What to differentiate: a tensor with one element.</param>
    /// <param name="variables">With respect to what.</param>
    /// <param name="ready">
    /// Called with a variable's index and its gradient once nothing more will be added to it, while those of variables that were
    /// used earlier are still being computed: in the reverse order of the variables' first uses. What it does is not recorded, and
    /// tensors that it makes and does not keep live until all gradients are there. It must leave the gradient as it is.
    /// </param>
    /// <inheritdoc cref="Gradient(Tensor, IReadOnlyList{Variable})"/>
    public Tensor[] Gradient(Tensor target, IReadOnlyList<Variable> variables, Action<int, Tensor> ready)
    {
        ArgumentNullException.ThrowIfNull(ready);
        return Gradient(target, Values(variables), ready);
    }

    /// <summary>The gradient of a scalar with respect to one tensor.</summary>
    /// <inheritdoc cref="Gradient(Tensor, IReadOnlyList{Tensor})"/>
    public Tensor Gradient(Tensor target, Tensor source) => Gradient(target, [source])[0];

    /// <summary>The gradient of a scalar with respect to tensors.</summary>
    /// <param name="target">What to differentiate: a tensor with one element.</param>
    /// <param name="sources">With respect to what: watched tensors, or results recorded on the way to the target.</param>
    /// <returns>One gradient for each source, of its shape, zero where the target does not depend on it. They belong to the tape.</returns>
    /// <exception cref="InvalidOperationException">The target does not depend on anything the tape follows.</exception>
    public Tensor[] Gradient(Tensor target, IReadOnlyList<Tensor> sources) => Gradient(target, sources, ready: null);

    /// <summary>Computes a value without recording it on any tape.</summary>
    /// <param name="compute">What to compute; its result counts as a constant.</param>
    public static T StopRecording<T>(Func<T> compute)
    {
        ArgumentNullException.ThrowIfNull(compute);
        using var pause = new PausedTapes();
        return compute();
    }

    /// <summary>
    /// Notes an op on every open tape that follows one of its inputs. This is how an op, built in or a user's own, gets a
    /// gradient that is not composed of other ops.
    /// </summary>
    /// <param name="output">The op's result.</param>
    /// <param name="inputs">The op's arguments.</param>
    /// <param name="saved">Further tensors that the rule reads.</param>
    /// <param name="rule">The gradient rule.</param>
    public static void Record(Tensor output, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> saved, GradientRule rule)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(rule);
        TapeEntry? entry = null;
        for (GradientTape? tape = s_innermost; tape is not null; tape = tape._outer)
        {
            if (tape._paused || !tape.FollowsAny(inputs))
                continue;
            entry ??= new TapeEntry(output, inputs.ToArray(), rule, Tracing.CurrentSubject);
            tape._entries.Add(entry);
            tape.Follow(output);
            foreach (Tensor input in inputs)
                tape.Hold(input);
            foreach (Tensor tensor in saved)
                tape.Hold(tensor);
        }
    }

    /// <summary>Records an op whose rule reads nothing but its inputs and output.</summary>
    /// <inheritdoc cref="Record(Tensor, ReadOnlySpan{Tensor}, ReadOnlySpan{Tensor}, GradientRule)"/>
    public static void Record(Tensor output, ReadOnlySpan<Tensor> inputs, GradientRule rule) => Record(output, inputs, [], rule);

    private protected override void OnEnding()
    {
        s_innermost = _outer;
        foreach (Tensor tensor in _held)
        {
            if (tensor.Tape == this)
                tensor.Tape = null;
        }

        _held.Clear();
        _followed.Clear();
        _entries.Clear();
    }

    private Tensor[] Gradient(Tensor target, IReadOnlyList<Tensor> sources, Action<int, Tensor>? ready)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(sources);
        if (target.Count != 1)
            throw new ShapeMismatchException($"a gradient is taken of a scalar, the target is {target.Shape}; reduce it with Sum() or Mean()");
        if (!Follows(target))
            throw new InvalidOperationException("the target does not depend on a watched tensor or a trainable variable: was it computed inside the tape?");

        using var pause = new PausedTapes();
        using var scope = new TensorScope();
        var wanted = new HashSet<Tensor>(sources);
        var gradients = new Dictionary<Tensor, Tensor> { [target] = Tensor.Ones(target.Shape, target.Backend) };
        var results = new Tensor?[sources.Count];
        Tensor Final(int source) => results[source] ??=
            gradients.TryGetValue(sources[source], out Tensor? found) ? found : Tensor.Zeros(sources[source].Shape, sources[source].Backend);
        Dictionary<int, List<int>>? finished = ready is null ? null : FirstUses(sources);
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            TapeEntry entry = _entries[i];
            bool keep = wanted.Contains(entry.Output);
            if (keep ? gradients.TryGetValue(entry.Output, out Tensor? outer) : gradients.Remove(entry.Output, out outer))
            {
                Propagate(entry, outer!, gradients, scope);
                if (!keep)
                    outer!.Dispose();
            }

            if (finished?.Remove(i, out List<int>? final) == true)
            {
                foreach (int source in final)
                    ready!(source, Final(source));
            }
        }

        for (int i = 0; i < results.Length; i++)
            Final(i).MoveTo(this);
        if (finished?.TryGetValue(Unused, out List<int>? unused) == true)
        {
            foreach (int source in unused)
                ready!(source, results[source]!);
        }

        return results!;
    }

    // By the number of the entry after which nothing more is added to a source's gradient, the sources.
    private Dictionary<int, List<int>> FirstUses(IReadOnlyList<Tensor> sources)
    {
        var first = new Dictionary<Tensor, int>();
        foreach (Tensor source in sources)
            first[source] = Unused;
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            foreach (Tensor input in _entries[i].Inputs)
            {
                if (first.ContainsKey(input))
                    first[input] = i;
            }
        }

        var uses = new Dictionary<int, List<int>>();
        for (int i = 0; i < sources.Count; i++)
        {
            int use = first[sources[i]];
            if (!uses.TryGetValue(use, out List<int>? list))
                uses.Add(use, list = []);
            list.Add(i);
        }

        return uses;
    }

    private void Propagate(TapeEntry entry, Tensor outer, Dictionary<Tensor, Tensor> gradients, TensorScope scope)
    {
        using Activity? activity = entry.Subject is { } subject ? Tracing.Start(Tracing.Backward, subject) : null;
        var needed = new bool[entry.Inputs.Length];
        for (int k = 0; k < needed.Length; k++)
            needed[k] = Follows(entry.Inputs[k]);
        Tensor?[] inner = entry.Rule(outer, needed);
        for (int k = 0; k < needed.Length; k++)
        {
            if (!needed[k] || inner[k] is not { } gradient)
                continue;
            Tensor input = entry.Inputs[k];
            if (gradient.Shape != input.Shape)
                throw new ShapeMismatchException($"a gradient rule gave {gradient.Shape} for an input of shape {input.Shape}");

            // A rule may pass its argument or a saved tensor through, or one tensor to several inputs; the sum below owns what it holds.
            if (gradient == outer || gradient.Owner != scope || Array.IndexOf(inner, gradient, k + 1) >= 0)
                gradient = gradient.Share(gradient.Shape);
            if (!gradients.TryGetValue(input, out Tensor? sum))
            {
                gradients[input] = gradient;
                continue;
            }

            gradients[input] = sum + gradient;
            sum.Dispose();
            gradient.Dispose();
        }
    }

    private static Tensor[] Values(IReadOnlyList<Variable> variables)
    {
        ArgumentNullException.ThrowIfNull(variables);
        var values = new Tensor[variables.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = variables[i].Value;
        return values;
    }

    private bool Follows(Tensor tensor) => tensor.IsTrainable || _followed.Contains(tensor);

    private bool FollowsAny(ReadOnlySpan<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
        {
            if (Follows(tensor))
                return true;
        }

        return false;
    }

    private void Follow(Tensor tensor)
    {
        _ = _followed.Add(tensor);
        Hold(tensor);
    }

    // Marks the tensor so that a scope inside this tape hands it over instead of disposing it. Of several tapes the
    // outermost one has the mark: it lives the longest. The scopes of another thread know nothing of this one's tapes.
    private void Hold(Tensor tensor)
    {
        if (tensor.Owner is not { IsOfThisThread: true } || (tensor.Tape is { } tape && tape._depth <= _depth))
            return;
        tensor.Tape = this;
        _ = _held.Add(tensor);
    }

    private sealed record TapeEntry(Tensor Output, Tensor[] Inputs, GradientRule Rule, string? Subject);

    /// <summary>Stops every open tape of the thread from recording until it is disposed.</summary>
    private readonly ref struct PausedTapes
    {
        private readonly List<GradientTape> _stopped = [];

        public PausedTapes()
        {
            for (GradientTape? tape = s_innermost; tape is not null; tape = tape._outer)
            {
                if (!tape._paused)
                    _stopped.Add(tape);
                tape._paused = true;
            }
        }

        public void Dispose()
        {
            foreach (GradientTape tape in _stopped)
                tape._paused = false;
        }
    }
}
