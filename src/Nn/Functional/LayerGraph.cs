using Numerics.Tensors;

namespace Numerics.Nn;

/// <summary>The calls between a model's inputs and its outputs, each after those whose outputs it takes.</summary>
internal sealed class LayerGraph
{
    private readonly KerasTensor[] _inputs;
    private readonly KerasTensor[] _outputs;
    private readonly (LayerNode First, LayerRun Run, LayerNode Last)[] _steps;

    /// <summary>Finds the calls.</summary>
    /// <exception cref="ArgumentException">An output does not come from the inputs alone, or an input is not one.</exception>
    public LayerGraph(IReadOnlyList<KerasTensor> inputs, IReadOnlyList<KerasTensor> outputs)
    {
        (_inputs, _outputs) = ([.. inputs], [.. outputs]);
        if (_inputs.Length == 0 || _outputs.Length == 0)
            throw new ArgumentException("a model needs inputs and outputs");
        if (_inputs.Distinct().Count() != _inputs.Length)
            throw new ArgumentException("an input is given twice", nameof(inputs));
        var nodes = new List<LayerNode>();
        var found = new HashSet<LayerNode>();
        foreach (KerasTensor input in _inputs)
        {
            nodes.Add(input.Node);
            _ = found.Add(input.Node);
        }

        foreach (KerasTensor output in _outputs)
            Find(output.Node, nodes, found);
        Nodes = nodes;
        _steps = [.. Plan()];
    }

    /// <summary>The calls, inputs first.</summary>
    public IReadOnlyList<LayerNode> Nodes { get; }

    /// <summary>Whether each call reads the one before it and nothing else.</summary>
    public bool IsChain => _inputs.Length == 1 && _outputs.Length == 1
        && Nodes.Skip(1).Zip(Nodes, (node, before) => node.Inputs is [var read] && read.Node == before).All(follows => follows);

    /// <summary>The outputs' shapes for the inputs'.</summary>
    public Shape[] ComputeShapes(IReadOnlyList<Shape> inputs)
    {
        CheckCount(inputs.Count);
        var shapes = new Dictionary<KerasTensor, Shape>();
        for (int i = 0; i < _inputs.Length; i++)
            shapes[_inputs[i]] = inputs[i];
        foreach (LayerNode node in Nodes.Where(node => !_inputs.Contains(node.Outputs[0])))
        {
            Shape[] made = node.Layer.ComputeOutputShapes([.. node.Inputs.Select(input => shapes[input])]);
            for (int i = 0; i < made.Length; i++)
                shapes[node.Outputs[i]] = made[i];
        }

        return [.. _outputs.Select(output => shapes[output])];
    }

    /// <summary>Runs the calls.</summary>
    public Tensor[] Run(IReadOnlyList<Tensor> inputs, bool training)
    {
        CheckCount(inputs.Count);
        var values = new Dictionary<KerasTensor, Tensor>();
        for (int i = 0; i < _inputs.Length; i++)
        {
            if (!_inputs[i].Shape.Matches(inputs[i].Shape))
            {
                throw new ShapeMismatchException(
                    $"'{_inputs[i].Layer.Name}' expected input {LayerNames.DescribeInput(_inputs[i].Shape)}, got {inputs[i].Shape}");
            }

            values[_inputs[i]] = inputs[i];
        }

        foreach ((LayerNode node, LayerRun run, LayerNode last) in _steps)
        {
            Tensor[] made = run.Call([.. node.Inputs.Select(input => values[input])], training);
            for (int i = 0; i < made.Length; i++)
                values[last.Outputs[i]] = made[i];
        }

        return [.. _outputs.Select(output => values[output])];
    }

    private void CheckCount(int count)
    {
        if (count != _inputs.Length)
            throw new ShapeMismatchException($"expected {_inputs.Length} inputs, got {count}");
    }

    // Depth first without recursion: a network may be thousands of layers deep.
    private static void Find(LayerNode output, List<LayerNode> nodes, HashSet<LayerNode> found)
    {
        var stack = new Stack<(LayerNode Node, int Next)>();
        stack.Push((output, 0));
        while (stack.TryPop(out var top))
        {
            (LayerNode node, int next) = top;
            if (found.Contains(node))
                continue;
            if (node.Inputs.Count == 0)
                throw new ArgumentException($"the outputs depend on the input '{node.Layer.Name}', which is not among the model's inputs");
            if (next < node.Inputs.Count)
            {
                stack.Push((node, next + 1));
                stack.Push((node.Inputs[next].Node, 0));
                continue;
            }

            _ = found.Add(node);
            nodes.Add(node);
        }
    }

    private IEnumerable<(LayerNode First, LayerRun Run, LayerNode Last)> Plan()
    {
        // Calls whose only output one other call reads, and reads alone.
        var readers = new Dictionary<KerasTensor, int>();
        foreach (KerasTensor tensor in Nodes.SelectMany(node => node.Inputs).Concat(_outputs))
            readers[tensor] = readers.GetValueOrDefault(tensor) + 1;
        var followers = new Dictionary<LayerNode, LayerNode>();
        foreach (LayerNode node in Nodes)
        {
            if (node.Inputs is [{ Node.Outputs.Count: 1 } read] && readers[read] == 1 && !_inputs.Contains(read))
                followers[read.Node] = node;
        }

        var done = new HashSet<LayerNode>();
        foreach (LayerNode node in Nodes)
        {
            if (_inputs.Contains(node.Outputs[0]) || !done.Add(node))
                continue;
            var chain = new List<LayerNode> { node };
            while (chain.Count < LayerRun.MostLayers && followers.TryGetValue(chain[^1], out LayerNode? follower))
                chain.Add(follower);
            var run = LayerRun.Of([.. chain.Select(call => call.Layer)]);
            for (int i = 1; i < run.Layers.Count; i++)
                _ = done.Add(chain[i]);
            yield return (node, run, chain[run.Layers.Count - 1]);
        }
    }
}
