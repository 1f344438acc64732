using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>Optimizer steps.</content>
public abstract partial class BackendConformance
{
    [Fact]
    public void Optimizer_steps()
    {
        foreach (int length in new[] { 1, 7, 8, 33, 50_001 })
        {
            SameAll($"sgd {length}", Tolerances.Sum, i => Step(i, length, 0, (b, w, g, s) => b.SgdUpdate(w, g, null, new SgdStep(0.1f, 0, false))));
            SameAll($"sgd with momentum {length}", Tolerances.Sum, i => Step(i, length, 1, (b, w, g, s) => b.SgdUpdate(w, g, s[0], new SgdStep(0.1f, 0.9f, false))));
            SameAll($"sgd with Nesterov's {length}", Tolerances.Sum, i => Step(i, length, 1, (b, w, g, s) => b.SgdUpdate(w, g, s[0], new SgdStep(0.1f, 0.9f, true))));
            SameAll($"adam {length}", Tolerances.Sum, i => Step(i, length, 2, (b, w, g, s) => b.AdamUpdate(w, g, s[0], s[1], new AdamStep(0.01f, 0.9f, 0.999f, 1e-7f, 0))));
            SameAll($"adamw {length}", Tolerances.Sum, i => Step(i, length, 2, (b, w, g, s) => b.AdamUpdate(w, g, s[0], s[1], new AdamStep(0.01f, 0.9f, 0.999f, 1e-7f, 0.04f))));
            SameAll($"rmsprop {length}", Tolerances.Sum, i => Step(i, length, 1, (b, w, g, s) => b.RmspropUpdate(w, g, s[0], null, new RmspropStep(0.01f, 0.9f, 0, 1e-7f))));
            SameAll($"rmsprop with momentum {length}", Tolerances.Sum, i => Step(i, length, 2, (b, w, g, s) => b.RmspropUpdate(w, g, s[0], s[1], new RmspropStep(0.01f, 0.9f, 0.5f, 1e-7f))));
        }
    }

    // Few elements: each may have a sum so near 0 that its sign depends on the precision.
    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(257)]
    public void Lion_steps(int length) => SameAll($"lion {length}", Tolerances.Sum, i =>
        Step(i, length, 1, (b, w, g, s) => b.LionUpdate(w, g, s[0], new LionStep(0.01f, 0.9f, 0.99f, 0.04f))));

    // The gradient of a large kernel is a product that the optimizer may compute piece by piece.
    [Theory]
    [InlineData(32, 1_031, 64)]
    [InlineData(7, 6_600, 10)]
    [InlineData(1, 257, 256)]
    [InlineData(3, 150, 513)]
    [InlineData(300, 300, 250)]
    public void Optimizer_steps_with_the_gradient_of_a_large_kernel(int batch, int from, int to)
    {
        SameAll($"sgd [{batch}, {from}, {to}]", Tolerances.Sum, i => KernelStep(i, batch, from, to, 0, (b, w, g, s) => b.SgdUpdate(w, g, null, new SgdStep(0.1f, 0, false))));
        SameAll($"adam [{batch}, {from}, {to}]", Tolerances.Composite, i => KernelStep(i, batch, from, to, 2, (b, w, g, s) => b.AdamUpdate(w, g, s[0], s[1], new AdamStep(0.01f, 0.9f, 0.999f, 1e-7f, 0.04f))));
        SameAll($"rmsprop [{batch}, {from}, {to}]", Tolerances.Composite, i => KernelStep(i, batch, from, to, 1, (b, w, g, s) => b.RmspropUpdate(w, g, s[0], null, new RmspropStep(0.01f, 0.9f, 0, 1e-7f))));
    }

    private static Tensor[] KernelStep(Inputs i, int batch, int from, int to, int states, Action<Backend, Tensor, Tensor, Tensor[]> update)
    {
        using var tape = new GradientTape();
        Tensor kernel = tape.Watch(i.Normal(from, to)), bias = i.Normal(to);
        Tensor y = i.Normal(batch, from).Dense(kernel, bias);
        Tensor gradient = tape.Gradient((y * i.Normal(batch, to)).Sum(), kernel);
        Assert.NotNull(gradient.PendingProduct);
        Tensor[] state = [.. Enumerable.Range(0, states).Select(_ => i.Uniform(0.01f, 1, from, to))];
        update(i.Backend, kernel, gradient, state);
        return [tape.Return(kernel), .. state.Select(tape.Return)];
    }

    private static Tensor[] Step(Inputs i, int length, int states, Action<Backend, Tensor, Tensor, Tensor[]> update)
    {
        Tensor weights = i.Normal(length), gradient = i.Normal(length);
        Tensor[] state = [.. Enumerable.Range(0, states).Select(_ => i.Uniform(0.01f, 1, length))];
        update(i.Backend, weights, gradient, state);
        update(i.Backend, weights, gradient, state);
        return [weights, .. state];
    }
}
