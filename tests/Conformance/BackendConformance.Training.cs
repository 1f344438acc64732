using Numerics.Tensors;

namespace Numerics.Tests.Conformance;

/// <content>Loss terms and optimizer steps.</content>
public abstract partial class BackendConformance
{
    public static TheoryData<float> Gammas => [0, 0.5f, 1, 2, 5];

    [Theory]
    [MemberData(nameof(Gammas))]
    public void Focal_terms_of_probabilities(float gamma)
    {
        foreach ((int rows, int classes) in new[] { (1, 2), (33, 2), (7, 5), (3, 200) })
        {
            foreach (bool soft in new[] { false, true })
            {
                SameWithGradients($"focal {rows}x{classes} soft {soft}", Tolerances.Sum, i =>
                {
                    Tensor alpha = i.Labels(1, classes, soft: true).Reshape(classes);
                    return i.Uniform(0.02f, 0.98f, rows, classes).CategoricalFocal(i.Labels(rows, classes, soft), alpha, gamma);
                });
                SameWithGradients("focal, one alpha", Tolerances.Sum, i =>
                    i.Uniform(-0.1f, 1.1f, rows, classes).CategoricalFocal(i.Labels(rows, classes, soft), Tensor.Full(1, 0.25f, i.Backend), gamma, 1e-3f));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Gammas))]
    public void Focal_terms_of_logits(float gamma)
    {
        foreach (float scale in new[] { 1f, 12f, 80f, 1000f })
        {
            foreach (bool soft in new[] { false, true })
            {
                SameWithGradients($"focal of logits times {scale}, soft {soft}", Tolerances.Composite, i =>
                {
                    Tensor alpha = i.Labels(1, 6, soft: true).Reshape(6);
                    return i.Uniform(-scale, scale, 17, 6).SoftmaxCategoricalFocal(i.Labels(17, 6, soft), alpha, gamma);
                });
            }
        }
    }

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

    private static Tensor[] Step(Inputs i, int length, int states, Action<Backend, Tensor, Tensor, Tensor[]> update)
    {
        Tensor weights = i.Normal(length), gradient = i.Normal(length);
        Tensor[] state = [.. Enumerable.Range(0, states).Select(_ => i.Uniform(0.01f, 1, length))];
        update(i.Backend, weights, gradient, state);
        update(i.Backend, weights, gradient, state);
        return [weights, .. state];
    }
}
